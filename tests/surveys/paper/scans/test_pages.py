"""Files as they come: whatever is in them, a reason is told and nothing large is ever decoded."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from surveys.paper.scans.errors import FileProblem, FileRefused, PageProblem, PageRefused
from surveys.paper.scans.pages import LONGEST, MOST_BYTES, open_pages

GRAY = Image.fromarray(np.tile(np.arange(255, dtype=np.uint8), (1000, 4)))


def saved(picture: Image.Image, kind: str, **facts) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **facts)
    return out.getvalue()


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, the first being the catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    ends = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + ends


def pdf_with_picture(wide: int, high: int, stream: bytes, filters: bytes) -> bytes:
    drawn = b"q 595 0 0 842 0 0 cm /P Do Q"
    picture = (
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter %s"
        b" /Length %d >>\nstream\n%s\nendstream" % (wide, high, filters, len(stream), stream)
    )
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        picture,
    )


def refusal(data: bytes) -> FileProblem:
    with pytest.raises(FileRefused) as refused:
        open_pages(data)
    return refused.value.problem


def page_refusal(data: bytes) -> PageProblem:
    with pytest.raises(PageRefused) as refused:
        open_pages(data).page(0)
    return refused.value.problem


@pytest.mark.parametrize("data", [b"", b"xin chao", b"PK\x03\x04 a document", b"GIF89a", b"<svg/>"])
def test_what_is_neither_pdf_nor_picture_is_refused_by_its_first_bytes(data):
    assert refusal(data) is FileProblem.NOT_A_SCAN


def test_a_file_that_is_too_big_is_not_even_looked_at():
    assert refusal(b"%PDF-" + bytes(MOST_BYTES)) is FileProblem.TOO_BIG


def test_an_encrypted_pdf_is_told_from_a_broken_one():
    writer = PdfWriter(clone_from=PdfReader(BytesIO(saved(GRAY, "PDF"))))
    writer.encrypt("mat khau", algorithm="AES-256")
    locked = BytesIO()
    writer.write(locked)
    assert refusal(locked.getvalue()) is FileProblem.ENCRYPTED
    assert refusal(b"%PDF-1.7\nnothing follows") is FileProblem.BROKEN


def test_twenty_thousand_pages_are_counted_and_refused():
    kids = b"3 0 R " * 20_000
    data = pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count 20000 >>" % kids,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    )
    assert refusal(data) is FileProblem.TOO_MANY_PAGES


def test_six_hundred_and_one_frames_of_a_tiff_are_refused():
    frames = [Image.new("1", (8, 8))] * 601
    out = BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    assert refusal(out.getvalue()) is FileProblem.TOO_MANY_PAGES


def test_a_picture_of_sixty_thousand_pixels_a_side_is_refused_by_its_declared_size():
    bomb = pdf_with_picture(60_000, 60_000, zlib.compress(bytes(1000)), b"/FlateDecode")
    assert page_refusal(bomb) is PageProblem.TOO_MANY_PIXELS


def test_a_png_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    data = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(99)))
        + chunk(b"IEND", b"")
    )
    assert refusal(data) is FileProblem.TOO_BIG


def test_a_page_whose_picture_does_not_decode_is_unreadable_though_it_comes_out_white():
    assert (
        page_refusal(pdf_with_picture(1654, 2339, b"no picture at all", b"/DCTDecode"))
        is PageProblem.UNREADABLE
    )


def test_a_jpeg_that_was_cut_off_is_unreadable():
    whole = saved(GRAY, "JPEG")
    assert page_refusal(whole[: len(whole) // 2]) is PageProblem.UNREADABLE


def test_a_thumbnail_is_too_small_to_be_a_ballot():
    assert page_refusal(saved(GRAY.resize((200, 300)), "PNG")) is PageProblem.TOO_SMALL


@pytest.mark.parametrize("kind", ["PDF", "TIFF", "PNG", "JPEG"])
def test_a_large_page_is_reduced_and_keeps_its_shape(kind):
    page = open_pages(saved(Image.new("L", (3000, 6000), 200), kind)).page(0)
    assert page.gray.shape == (LONGEST, LONGEST // 2)
    assert abs(int(page.gray.mean()) - 200) <= 1


def test_a_camera_picture_is_turned_as_the_camera_says():
    facts = Image.Exif()
    facts[0x0112] = 6  # a quarter to the right
    half_black = Image.new("L", (800, 600), 255)
    half_black.paste(0, (0, 0, 400, 600))
    page = open_pages(saved(half_black, "JPEG", exif=facts)).page(0)
    assert page.gray.shape == (800, 600)
    assert page.gray[:300].mean() < 20 < 235 < page.gray[500:].mean()


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGBA", (700, 700), (0, 0, 0, 0)),
        Image.new("LA", (700, 700), (0, 0)),
        Image.fromarray(np.full((700, 700), 65_000, np.uint16)),
        Image.new("RGB", (700, 700), "white").convert("P"),
        Image.new("1", (700, 700), 1),
    ],
    ids=["clear", "clear gray", "16 bits", "palette", "1 bit"],
)
def test_white_paper_is_white_however_it_is_stored(picture):
    assert open_pages(saved(picture, "PNG")).page(0).gray.min() > 245


@pytest.mark.parametrize("kind", ["PDF", "TIFF", "PNG"])
def test_a_black_and_white_scan_is_known_as_one(kind):
    spots = np.random.default_rng(1).random((900, 700)) > 0.9
    assert open_pages(saved(Image.fromarray(spots), kind)).page(0).bilevel
    assert not open_pages(saved(GRAY, kind)).page(0).bilevel
