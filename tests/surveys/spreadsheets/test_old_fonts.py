"""Vietnamese of before Unicode, and letters that were lost on the way: recognised in most words, found in no right one."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from surveys.spreadsheets.book import Damage
from surveys.spreadsheets.legacy import damage_of
from tests.workbooks import ORGANISATIONS, Styled, csv_of, workbook

SPECIMENS = {
    Damage.TCVN3: ["Kho b¹c Nhµ n­íc Hßa B×nh", "Tr­êng THCS Lª Quý §«n", "Phßng KÕ to\u00b8n", "C«ng ty TNHH An Phó", "Së Gi\u00b8o dôc"],
    Damage.VNI: ["Kho baïc Nhaø nöôùc Hoøa Bình", "Tröôøng THCS Leâ Quyù Ñoân", "TRÖÔØNG TIEÅU HOÏC", "Coâng ty TNHH An Phuù", "Phoøng Keá toaùn"],
    Damage.TWICE_ENCODED: ["Tr\u00c6\u00b0\u00e1\u00bb\u009dng THCS", "Ho\u00c3\u00a0 B\u00c3\u00acnh", "C\u00c3\u00b4ng ty"],
    Damage.HTML: ["Tr&#432;ng", "A &amp; B"],
    Damage.LOST: [
        *("Tr??ng THCS L? Qu? ?ôn", "Tr\ufffdng THCS", "C?ng ty", "S? Y t?", "?y ban", "B? ch? huy", "Xã ?à B?c"),
        *("TR??NG THCS", "Th? xã", "Ban k? toán", "Phòng K? toán", "Ông/bà có hài lòng v? ch?t l??ng?"),
    ],
}  # fmt: skip
SENTENCES = {
    Damage.HTML: "Chữ còn mã của trang web (như &#7901;). Hãy xuất lại từ tệp gốc thành “.xlsx”.",
    Damage.TCVN3: "Chữ gõ bằng phông TCVN3 (ABC, .VnTime). Hãy chuyển sang Unicode rồi gửi lại.",
    Damage.VNI: "Chữ gõ bằng phông VNI. Hãy chuyển sang Unicode rồi gửi lại.",
    Damage.TWICE_ENCODED: "Chữ bị hỏng mã (UTF-8 đọc nhầm thành mã khác). Hãy xuất lại từ tệp gốc thành “.xlsx”.",
    Damage.LOST: "Chữ có dấu đã mất khi lưu tệp. Hãy mở tệp gốc, lưu thành “.xlsx” hoặc “CSV UTF-8” rồi gửi lại.",
}


@pytest.mark.parametrize(
    ("damage", "text"), [(damage, text) for damage, texts in SPECIMENS.items() for text in texts]
)
def test_a_damaged_name_is_refused_with_the_advice_for_its_damage(refused, damage, text):
    for content in (
        csv_of("Mã;Tên tổ chức", f'KH1;"{text}"'),
        workbook(["Mã", "Tên tổ chức"], ["KH1", text]),
    ):
        (said,) = refused(content, ORGANISATIONS)
        assert said.endswith(SENTENCES[damage])


@pytest.mark.parametrize(
    ("font", "damage"), [(".VnTime", Damage.TCVN3), (".VnArialH", Damage.TCVN3), ("VNI-Times", Damage.VNI)]
)
def test_the_font_tells_where_the_letters_alone_do_not(refused, rows, font, damage):
    (said,) = refused(workbook(["Mã", "Tên tổ chức"], ["KH1", Styled("tê", font=font)]), ORGANISATIONS)
    assert said.endswith(SENTENCES[damage])
    unicode = workbook(
        ["Mã", "Tên tổ chức"], ["KH1", Styled("Trường", font=font)], ["KH2", Styled("ABC", font=font)]
    )
    assert rows(unicode, ORGANISATIONS) == [("KH1", "Trường"), ("KH2", "ABC")]


def test_a_table_whose_headings_are_damaged_is_told_so_and_not_that_they_are_missing(refused):
    assert refused(csv_of("M·;Tªn tæ chøc", "KH1;Tr­êng"), ORGANISATIONS) == [
        f"ô A1 (“M·”): {SENTENCES[Damage.TCVN3]}"
    ]
    assert refused(csv_of("Maõ;Teân toå chöùc", "KH1;Tröôøng"), ORGANISATIONS) == [
        f"ô B1 (“Teân toå chöùc”): {SENTENCES[Damage.VNI]}"
    ]


def test_bytes_of_an_old_font_are_told_from_another_code_page(refused):
    raw = "M·;Tªn tæ chøc\r\nKH1;Tr­êng THCS Lª Quý §«n".encode("latin-1")
    assert refused(raw, ORGANISATIONS) == [SENTENCES[Damage.TCVN3]]


@pytest.mark.parametrize(
    "text",
    [
        "Müller & Söhne", "Công ty Citroën", "Café Noël", "10 µm", "5 µg/l", "35 m²", "Oracle®", "«Sao Mai»", "Peña",
        "São Paulo", "A·B", "Curaçao", "naïve", "Ørsted", "35°C", "Nestlé", "Häagen-Dazs", "Köln", "L’Oréal", "Malmö",
        "Krông Nô", "Réunion", "Ångström", "Pà Cò", "½ ngày", "Gì?", "http://x?y=1", "Số 5·6", "Có? Không", "Éric André",
        "Séo Mý Tỷ", "Ê ke", "ủy ban", "giếng", "khuỷu", "quý", "uý", "yêu", "Hòa Bình", "Hoà Bình",
        "?", "???", "Hay lam? Vì sao?", "Chon A hay B?", "hài lòng?Vì sao", "Mã KH?", "Bao nhieu?", "la gi? co khong?", "Nhanh (?)", "A & B", "R&D; X",
    ],
)  # fmt: skip
def test_right_words_of_whatever_language_are_left_alone(text):
    assert damage_of(text) is Damage.NONE


def test_no_name_of_the_products_own_lists_is_taken_for_damaged():
    data = Path(__file__).parents[3] / "surveys" / "data"
    texts = []
    for path in sorted(data.rglob("*.csv")):
        with path.open(encoding="utf-8-sig") as file:
            texts += [cell for line in csv.reader(file) for cell in line]
    words = {word for text in texts for word in re.findall(r"[^\W\d_]+", text)}
    assert len(words) > 200
    assert [each for each in (*texts, *words) if damage_of(each)] == []
