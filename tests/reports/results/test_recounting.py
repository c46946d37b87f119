"""Counting a published month again: in the reader's browser, and from one file on the reader's machine."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import playwright
import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.documents.catalogue import EXPORTS
from reports.models import Seal
from reports.month import snapshot
from reports.publication import bundle, folder
from surveys.choices import Role
from surveys.models import Office, Receipt
from surveys.periods import Month
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

ROOT = Path(__file__).resolve().parent.parent.parent.parent
NODE = Path(playwright.__file__).parent / "driver" / "node"
MONTH = "/results/HB/2026-11/"
RUN = """
const { checks, sha256, hex } = require(process.argv[1]);
const files = JSON.parse(require("fs").readFileSync(0, "utf8"));
if (files.hash !== undefined) console.log(hex(sha256(new TextEncoder().encode(files.hash))));
else (async () => {
  const told = {};
  const found = await checks(files, async (check, holds) => { told[check] = holds; });
  console.log(JSON.stringify({ told, found }));
})();
"""


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    """A sealed and published month: 31 ballots, three of them dissatisfied with the time."""
    settings.DATA_DIR = tmp_path
    counter, kind = make.counter("Q1", of=make.department(of=make.office("HB"))), make.procedure("P1")
    make.ballots(28, at=counter, kind=kind)
    make.ballots(3, at=counter, kind=kind, time=0)
    make.sealed(counter)
    folder.publish(folder.default_root())
    return folder.default_root()


def in_node(files: dict[str, str]) -> str:
    script = str(ROOT / "static" / "js" / "recount.js")
    command = [str(NODE), "-e", RUN, script]
    return subprocess.run(command, input=json.dumps(files), capture_output=True, text=True, check=True).stdout


def evidence_of(root: Path) -> dict[str, str]:
    here = root / "HB" / "2026-11"
    files = {name.split(".")[0]: (here / name).read_text() for name in folder.FILES}
    return files | {"keys": (root / "keys.txt").read_text(), "previous": ""}


def counted_again(files: dict[str, str]) -> tuple[dict, dict]:
    answer = json.loads(in_node(files))
    return answer["told"], answer["found"]


@pytest.mark.both_engines
def test_the_browsers_count_agrees_with_the_seal_in_all_seven_checks(root):
    told, found = counted_again(evidence_of(root))
    assert set(told.values()) == {True}
    assert len(told) == 7
    assert (found["valid"], found["satisfied"], found["dissatisfied"]) == (31, 28, 3)


@pytest.mark.parametrize(
    ("name", "old", "new", "failing"),
    [
        ("ballots", ",1,0,", ",1,1,", {"answers", "tree"}),
        ("seal", "issued: 31", "issued: 32", {"issued", "signature"}),
        ("seal", "satisfied: 28", "satisfied: 29", {"answers", "signature"}),
        ("keys", " ", " 00", {"signature"}),
    ],
)
def test_one_changed_sign_fails_the_checks_that_rest_on_it(root, name, old, new, failing):
    files = evidence_of(root)
    assert old in files[name]
    files[name] = files[name].replace(old, new, -1 if name == "keys" else 1)
    told, _found = counted_again(files)
    assert {check for check, holds in told.items() if not holds} == failing


@pytest.mark.parametrize("text", ["", "abc", "ố" * 21, "a" * 55, "a" * 56, "a" * 64, "a" * 119])
def test_the_scripts_own_hash_is_sha_256(text):
    assert in_node({"hash": text}).strip() == sha256(text.encode()).hexdigest()


def test_the_page_names_the_seven_checks_of_the_script_and_leads_to_the_files(root):
    page = Client().get(f"{MONTH}recount").content.decode()
    told, _found = counted_again(evidence_of(root))
    assert [name for name in told if f'data-check="{name}"' in page] == list(told)
    assert 'href="evidence.zip"' in page
    assert "python kiem.py" in page
    assert 'href="recount"' in Client().get(MONTH).content.decode()
    assert "Check on this page" in Client().get(f"{MONTH}recount?lang=en").content.decode()


def test_the_zip_is_checked_by_one_command_without_an_argument_and_is_the_same_every_time(root, tmp_path):
    content = Client().get(f"{MONTH}evidence.zip").content
    assert content == Client().get(f"{MONTH}evidence.zip").content
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path / "zip")
    here = tmp_path / "zip" / "HB-2026-11"
    done = subprocess.run([sys.executable, "kiem.py"], cwd=here, capture_output=True, encoding="utf-8")
    assert done.returncode == 0
    assert "hài lòng 28, không hài lòng 3" in done.stdout
    assert done.stdout.rstrip().endswith("ĐẠT")
    (here / "2026-11" / "voids.csv").write_text("id,reason\n\n")
    assert subprocess.run([sys.executable, "kiem.py"], cwd=here, capture_output=True).returncode == 1


def attachments_of(pdf: bytes) -> dict[str, bytes]:
    held = pypdf.PdfReader(io.BytesIO(pdf)).attachments
    return {name: contents[0] for name, contents in held.items()}


def test_the_report_s_pdf_carries_what_proves_it_and_its_own_script_takes_it(root, tmp_path):
    office = Office.objects.get(code="HB")
    leader = make.user(Role.LEADERSHIP, of=office)
    client = Client()
    client.force_login(leader)
    pdf = client.get("/reports/HB/2026-11/report.pdf").content
    held = attachments_of(pdf)
    here = root / "HB" / "2026-11"
    assert {name: held[name] for name in folder.FILES} == {
        name: (here / name).read_bytes() for name in folder.FILES
    }
    for name in ("kiem.py", "verify.py"):
        (tmp_path / name).write_bytes(held[name])
    (tmp_path / "bao-cao.pdf").write_bytes(pdf)
    command = [sys.executable, "kiem.py", "bao-cao.pdf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout
    assert "hài lòng 28, không hài lòng 3" in done.stdout
    other = subprocess.run([*command, "0" * 64], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert (other.returncode, "không thuộc khóa đã cho" in other.stdout) == (1, True)
    (tmp_path / "bao-cao.pdf").write_bytes(b"%PDF-1.7 none")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == 1


def test_the_report_as_word_leads_to_the_lists_and_reads_none_of_them(root):
    month = snapshot.take(office=Office.objects.get(code="HB"), stretch=Month(2026, 11), now=make.NOW)
    with CaptureQueriesContext(connection) as seen:
        paper = EXPORTS["report.docx"].content(month)
    assert not [each for each in seen if f'"{Receipt._meta.db_table}"' in each["sql"]]
    assert paper.attached == ()
    assert "Bản PDF của báo cáo đính kèm" in paper.seal.after


@pytest.mark.both_engines
def test_a_report_carries_nothing_where_the_rows_are_not_what_was_sealed(root):
    seal = Seal.objects.get()
    assert set(bundle.carried(seal)) >= set(folder.FILES)
    seal.text = seal.text.replace("sha256_voids: ", "sha256_voids: 0")
    with pytest.raises(folder.NotAsSealed):
        bundle.carried(seal)


def test_a_small_month_offers_its_signed_line_and_nothing_to_count(root):
    counter = make.counter("Q2", of=make.department(of=make.office("HN")))
    make.ballots(12, at=counter, kind=make.procedure("P2"))
    make.sealed(counter)
    folder.publish(root)
    page = Client().get("/results/HN/2026-11/recount").content.decode()
    assert "data-recount" not in page
    names = zipfile.ZipFile(io.BytesIO(Client().get("/results/HN/2026-11/evidence.zip").content)).namelist()
    assert [name for name in names if "/2026-11/" in name] == ["HN-2026-11/2026-11/seal.txt"]


def test_what_is_not_published_has_neither_page_nor_zip():
    for name in ("recount", "evidence.zip"):
        assert Client().get(f"/results/HB/2026-10/{name}").status_code == 404
