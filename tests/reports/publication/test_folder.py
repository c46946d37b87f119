"""What is laid out for everybody: the folder, its files, the verifier beside it, the static tree."""

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reports import atomic_files
from reports.publication import folder as publication_folder
from reports.publication import verify
from surveys.crypto import keys
from surveys.database import triggers
from surveys.models import Ballot
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@pytest.fixture(autouse=True)
def root(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path / "published"


def sealed_month(counter, n=30, month=11, **answers):
    now = make.at(11, month=month)
    make.ballots(n, at=counter, kind=make.procedure(), now=now, **answers)
    return make.sealed(counter, now=now)


def folder(root, seal):
    return root / seal.office.code / seal.period


def tree(root):
    return {
        str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
    }


def make_own_keys(settings, tmp_path):
    settings.KEYS_DIR, settings.MIX_KEYS_DIR = tmp_path / "keys", tmp_path / "mixer"
    keys.make_keys(settings.KEYS_DIR, name="kbnn-2026")
    keys.make_own_mixer_keys(name="kbnn-mix-2026", on=make.NOW.date())


def public_key():
    return ",".join(line.public.hex() for line in keys.public_keys())


@pytest.mark.both_engines
def test_a_sealed_month_is_laid_out_with_its_version_keys_and_verifier(root, counter):
    seal = sealed_month(counter)
    call_command("publish")
    assert {path.name for path in folder(root, seal).iterdir()} == {*publication_folder.FILES, "v1"}
    assert (folder(root, seal) / "seal.txt").read_text("utf-8") == seal.note
    for name in publication_folder.FILES:
        assert (folder(root, seal) / "v1" / name).read_bytes() == (folder(root, seal) / name).read_bytes()
    assert (root / "verify.py").read_bytes() == Path(verify.__file__).read_bytes()
    mixer, seals = [line.split() for line in (root / "keys.txt").read_text("ascii").splitlines()]
    name, public, since, until = seals
    assert (name, until) == (keys.seal_key_name(), "-")
    assert public_key() == f"{mixer[1]},{public}"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", since)


def test_the_verifier_passes_every_month_and_the_chain(root, counter, capsys):
    seals = [
        sealed_month(counter, month=9),
        sealed_month(counter, 31, month=10, attitude=0),
        sealed_month(counter, 12),
    ]
    call_command("publish")
    for seal in seals:
        assert verify.main([str(folder(root, seal)), public_key()]) == 0
    assert verify.main([str(root), public_key()]) == 0
    assert "không thiếu niêm phong nào ở đầu" in capsys.readouterr().out


def test_a_receipt_is_found_in_the_published_month(root, counter):
    receipts = make.ballots(30, at=counter, kind=make.procedure())
    make.sealed(counter)
    call_command("publish")
    assert verify.main([str(root), public_key(), receipts[7]]) == 0
    assert verify.main([str(root), public_key(), "0000-0000-0000-0000"]) == 1


def test_a_month_under_thirty_ballots_publishes_one_signed_line(root, counter):
    seal = sealed_month(counter, 29)
    call_command("publish")
    assert [path.name for path in (folder(root, seal) / "v1").iterdir()] == ["seal.txt"]
    line, gap, _signature = (folder(root, seal) / "seal.txt").read_text("utf-8").split("\n", 2)
    assert (line, gap) == (f"kbnn-small-v1 {seal.office.code} {seal.period} {seal.code}", "")
    assert verify.main([str(root), public_key()]) == 0


def test_what_lies_there_is_left_alone_and_an_unsealed_month_is_not_laid_out(root, counter):
    sealed_month(counter)
    make.ballots(30, at=counter, kind=make.procedure(), now=make.at(3, month=12))
    assert len(publication_folder.publish(root).written) == 1
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    again = publication_folder.publish(root)
    assert (again.written, len(again.standing)) == ([], 1)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
    assert not list(root.rglob("2026-12"))


@pytest.mark.parametrize("break_it", ["missing", "changed", "foreign"])
def test_a_folder_that_is_not_whole_is_laid_out_anew(root, counter, break_it):
    seal = sealed_month(counter)
    publication_folder.publish(root)
    whole = tree(root)
    if break_it == "missing":
        (folder(root, seal) / "v1" / "receipts.csv").unlink()
    elif break_it == "changed":
        (folder(root, seal) / "ballots.csv").write_bytes(b"id,attitude,time,x\n")
    else:
        (folder(root, seal) / "seal.txt").write_text("kbnn-seal-v1\n")
    assert publication_folder.publish(root).written == [seal]
    assert tree(root) == whole


def test_a_run_that_broke_off_leaves_no_half_folder_and_the_next_one_tidies_up(root, counter, monkeypatch):
    seal = sealed_month(counter)
    usual, written = atomic_files._write, []

    def pull_the_plug(path, content):
        if len(written) == 5:
            raise OSError("no space left")
        written.append(path)
        usual(path, content)

    monkeypatch.setattr(atomic_files, "_write", pull_the_plug)
    with pytest.raises(OSError, match="no space"):
        publication_folder.publish(root)
    assert not folder(root, seal).exists()
    monkeypatch.undo()
    publication_folder.publish(root)
    assert [path.name for path in folder(root, seal).parent.iterdir()] == [seal.period]


@pytest.mark.both_engines
def test_a_month_whose_rows_were_changed_is_refused_and_the_others_are_laid_out(root, counter):
    seal, other = sealed_month(counter), sealed_month(make.counter("Q1"))
    triggers.remove()
    Ballot.objects.filter(pk=Ballot.objects.of(seal.office).first().pk).update(
        answers='{"attitude":0,"time":1}'
    )
    triggers.install()
    with pytest.raises(CommandError, match=r"ballots\.csv"):
        call_command("publish")
    assert not folder(root, seal).exists()
    assert folder(root, other).exists()


def test_a_small_line_is_not_signed_anew_after_a_rotation_and_keys_txt_tells_both_keys(
    root, counter, settings, tmp_path
):
    make_own_keys(settings, tmp_path)
    seal = sealed_month(counter, 12)
    publication_folder.publish(root)
    before = (folder(root, seal) / "seal.txt").read_bytes()
    keys.rotate_seal_key(settings.KEYS_DIR, name="kbnn-2027", on=make.NOW.date())
    publication_folder.publish(root)
    assert (folder(root, seal) / "seal.txt").read_bytes() == before
    rows = [line.split() for line in (root / "keys.txt").read_text("ascii").splitlines()]
    assert [(row[0], row[3]) for row in rows] == [
        ("kbnn-mix-2026", "-"),
        ("kbnn-2026", "2026-11-11"),
        ("kbnn-2027", "-"),
    ]


def test_the_first_seal_after_a_rotation_carries_both_signatures_and_the_next_one(
    root, counter, settings, tmp_path
):
    make_own_keys(settings, tmp_path)
    sealed_month(counter, month=9)
    call_command("rotate_key", "kbnn-2027")
    for name in ("kbnn-2028", "kbnn-2026"):
        with pytest.raises(CommandError, match="Không thay được khoá"):
            call_command("rotate_key", name)
    signers = [re.findall("^— (\\S+)", sealed_month(counter, month=month).note, re.M) for month in (10, 11)]
    assert signers == [["kbnn-2027", "kbnn-2026"], ["kbnn-2027"]]
    assert keys.former_seal_key() is None
    publication_folder.publish(root)
    assert verify.main([str(root), public_key()]) == 0


# ── The static tree ────────────────────────────────────────────────────────────────────


def test_the_static_tree_links_only_to_what_lies_in_it(root, counter, tmp_path):
    sealed_month(counter, month=9)
    sealed_month(counter, 12, month=10)
    target = tmp_path / "web"
    call_command("publish", to=target)
    pages = sorted(target.rglob("*.html"))
    assert len(pages) == 6  # the whole, the office, and of each month its page and where it is counted again
    for page in pages:
        for link in re.findall('(?:href|src|action)="([^"#]*)"', page.read_text("utf-8")):
            assert not link.startswith(("/", "http")), (page, link)
            there = (page.parent / link).resolve()
            assert there.exists(), (page, link)
            assert (there / "index.html").exists() or there.is_file(), (page, link)
    assert verify.main([str(target), public_key()]) == 0


def test_the_style_of_the_static_tree_finds_its_fonts(root, counter, tmp_path):
    sealed_month(counter)
    target = tmp_path / "web"
    call_command("publish", to=target)
    for sheet in (target / "style/css").iterdir():
        for address in re.findall(r'url\("(?!data:)([^"]+)"\)', sheet.read_text("utf-8")):
            assert (sheet.parent / address).resolve().is_file(), address


@pytest.mark.both_engines
def test_no_row_is_written_by_publishing(root, counter, django_assert_max_num_queries):
    sealed_month(counter)
    with django_assert_max_num_queries(5) as seen:
        publication_folder.publish(root)
    reading = ("SELECT", "DECLARE")  # PostgreSQL reads many rows through a cursor it declares
    assert all(query["sql"].startswith(reading) for query in seen.captured_queries)
    assert connection.in_atomic_block
