"""`manage.py verify_ledger`: whatever the owner of the database does to what was signed is found."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reports import ledger
from reports.ledger import alarms, checkpoints
from reports.models import ClusterSum, MonthCell, MonthSum, Seal, SlipSum, SlipTotal, TransactionSum
from reports.month.partition import FLAGS
from reports.publication import folder
from reports.schedule.rounds import run_round
from surveys import evidence
from surveys.audit import Action
from surveys.box import mixing
from surveys.choices import Role, SlipChannel, SlipState
from surveys.crypto import keys
from surveys.database import triggers
from surveys.models import (
    AuditEntry,
    Ballot,
    Batch,
    BoxedBallot,
    Receipt,
    Redaction,
    Slip,
    Spent,
    VoidMark,
)
from surveys.periods import Month
from tests import make
from tests.reports.ledger.owner import as_owner

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

NOVEMBER = Month(2026, 11)


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def seal(counter, kind):
    """A sealed month of two mixes, 12 and 23 ballots, three of them dissatisfied, and one slip that never came back."""
    make.ballots(12, at=counter, kind=kind)
    mixing.mix(office=counter.box_office, period=NOVEMBER, now=make.at(11, 19))
    make.ballots(20, at=counter, kind=kind, now=make.at(17))
    make.ballots(3, at=counter, kind=kind, now=make.at(17), attitude=0, comment="chờ lâu")
    make.issued(at=counter, kind=kind)
    return make.sealed(counter)


def findings(**more) -> list[str]:
    return [str(finding) for finding in ledger.examine(**more)]


def relabel(ballot: Ballot, **changes) -> None:
    """Change a ballot and give it the leaf that fits, as somebody who has read the source would."""
    Ballot.objects.filter(pk=ballot.pk).update(**changes)
    ballot.refresh_from_db()
    leaf = evidence.ballot_leaf(
        id=ballot.pk,
        answers=json.loads(ballot.answers),
        period=ballot.period,
        office=ballot.office.code,
        x=ballot.x,
    )
    Ballot.objects.filter(pk=ballot.pk).update(leaf=leaf.hex())


def two_that_differ():
    return Ballot.objects.filter(answers__contains='"attitude":0').first(), Ballot.objects.filter(
        answers__contains='"attitude":1'
    ).first()


# ── Nothing is found where nothing was done ────────────────────────────────────────────


@pytest.mark.both_engines
def test_an_honest_database_has_no_findings(seal, counter, kind):
    make.ballots(11, at=counter, kind=kind, now=make.at(9, month=12))
    mixing.mix(office=counter.box_office, period=Month(2026, 12), now=make.at(9, 19, month=12))
    make.ballots(3, at=counter, kind=kind, now=make.at(10, month=12))
    make.issued(at=counter, kind=kind, now=make.at(10, month=12), channel=SlipChannel.PAPER)
    folder.publish(folder.default_root())
    checkpoints.keep_all()
    assert findings(against=checkpoints.kept()) == []


@pytest.mark.both_engines
def test_a_correction_is_no_finding_before_and_after_its_seal(counter, kind):
    make.ballots(31, at=counter, kind=kind)
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER)
    make.sealed(counter)
    assert findings() == []
    make.corrected(counter, handed)
    assert Seal.objects.count() == 2
    assert findings() == []
    folder.publish(folder.default_root())
    assert findings(against=checkpoints.kept()) == []


def test_a_redacted_ballot_is_checked_by_its_commitment(seal):
    ballot, _other = two_that_differ()
    two = make.team(seal.office)
    Redaction.objects.create(
        ballot=ballot, reason="nêu tên cán bộ", first=two[0], second=two[1], redacted_on=make.NOW.date()
    )
    Ballot.objects.filter(pk=ballot.pk).update(extra=None, salt=None)
    assert findings() == []


# ── What the owner does ────────────────────────────────────────────────────────────────


@pytest.mark.both_engines
def test_an_edit_behind_disabled_triggers_is_found_by_the_leaf(seal):
    ballot, _other = two_that_differ()
    with as_owner:
        Ballot.objects.filter(pk=ballot.pk).update(answers='{"attitude":1,"time":1}')
    assert triggers.missing() == []
    assert any(f"phiếu {ballot.pk} không khớp lá" in finding for finding in findings())


@pytest.mark.both_engines
def test_two_swapped_ballots_are_found_by_the_checkpoint_even_with_fitting_leaves(seal):
    one, other = two_that_differ()
    with as_owner:
        answers = one.answers, other.answers
        relabel(one, answers=answers[1])
        relabel(other, answers=answers[0])
    found = findings()
    assert not any("không khớp lá" in finding for finding in found)
    assert any("không khớp điểm kiểm của lần trộn" in finding for finding in found)
    assert any("niêm phong bản 1" in finding for finding in found)


@pytest.mark.parametrize(
    "change", [{"extra": "{}"}, {"salt": "00" * 32}, {"x": "00" * 32}, {"counter": "Q7"}, {"procedure": "P7"}]
)
def test_changed_words_counter_or_procedure_are_found_by_the_commitment(seal, change):
    with as_owner:
        Ballot.objects.filter(pk=Ballot.objects.first().pk).update(**change)
    assert any("không khớp cam kết" in finding for finding in findings())


def test_words_erased_without_a_redaction_are_found(seal):
    with as_owner:
        Ballot.objects.filter(pk=Ballot.objects.first().pk).update(extra=None, salt=None)
    assert any("mà không có biên bản xoá" in finding for finding in findings())


def drop_last_batch(period=NOVEMBER):
    last = Batch.objects.filter(period=str(period)).order_by("-number").first()
    known = Ballot.objects.filter(batch=last)
    Receipt.objects.filter(
        pk__in=Receipt.objects.filter(period=str(period)).values("pk")[: known.count()]
    ).delete()
    n = known.delete()[0]
    last.delete()
    return n


def test_a_dropped_last_batch_is_found_by_the_register(counter, kind):
    make.ballots(12, at=counter, kind=kind)
    mixing.mix(office=counter.box_office, period=NOVEMBER, now=make.at(11, 19))
    with as_owner:
        drop_last_batch()
    assert [
        "phiếu đã dùng 12, dòng đã thu 12, phiếu trong hòm và đã mở 0: phải bằng nhau" in finding
        for finding in findings()
    ] == [True]


def test_a_dropped_last_batch_with_a_doctored_register_is_found_by_the_file_kept_elsewhere(
    counter, kind, data
):
    make.ballots(12, at=counter, kind=kind)
    mixing.mix(office=counter.box_office, period=NOVEMBER, now=make.at(11, 19))
    checkpoints.keep_all()
    with as_owner:
        drop_last_batch()
        Spent.objects.all().delete()
        Slip.objects.update(state=SlipState.EXPIRED)
    assert findings() == []
    found = findings(against=checkpoints.kept())
    assert len(found) == 1
    assert "đưa về bản cũ hoặc bị viết lại" in found[0]
    with pytest.raises(CommandError, match="đưa về bản cũ"):
        call_command("verify_ledger", against=[data / "checkpoints"])


@pytest.mark.parametrize("column", ["id", "sealed", "period", "receipt_hash", "tag"])
@pytest.mark.both_engines
def test_an_edited_box_is_found_by_its_tag(counter, kind, column):
    make.ballots(3, at=counter, kind=kind)
    changed = {"id": "0" * 32, "sealed": b"{}", "period": "2026-10"}.get(column, "{}")
    BoxedBallot.objects.filter(pk=BoxedBallot.objects.first().pk).update(**{column: changed})
    assert any("phiếu sai dấu kiểm" in finding for finding in findings())


def test_a_ballot_taken_out_of_the_box_is_found_by_the_register(counter, kind):
    make.ballots(3, at=counter, kind=kind)
    BoxedBallot.objects.filter(pk=BoxedBallot.objects.first().pk).delete()
    assert any("phiếu trong hòm và đã mở 2" in finding for finding in findings())


@pytest.mark.both_engines
def test_a_ballot_stuffed_into_the_box_is_found_by_the_register(counter, kind):
    make.ballots(3, at=counter, kind=kind)
    Slip.objects.filter(pk=Slip.objects.first().pk).update(state=SlipState.CANCELLED)
    assert any("phải bằng nhau" in finding for finding in findings())


def test_a_missing_receipt_and_a_foreign_one_are_found(seal):
    with as_owner:
        Receipt.objects.first().delete()
    assert any("các biên nhận không khớp điểm kiểm cuối" in finding for finding in findings())
    Receipt.objects.create(office=seal.office, period=seal.period, hash="ab" * 32)
    found = findings()
    assert any("các biên nhận không khớp điểm kiểm cuối" in finding for finding in found)
    assert any("receipts_root" in finding for finding in found)


def test_a_digital_ballot_that_somebody_voided_is_found(seal):
    ballot, _other = two_that_differ()
    two = make.team(seal.office)
    VoidMark.objects.create(ballot=ballot, reason="MARKED", first=two[0], second=two[1])
    found = findings()
    assert any("các phiếu không hợp lệ không khớp điểm kiểm cuối" in finding for finding in found)
    assert any("voids_root" in finding and "dissatisfied" in finding for finding in found)


@pytest.mark.both_engines
def test_a_removed_trigger_is_named(seal):
    if connection.vendor == "sqlite":
        statement = "DROP TRIGGER kbnn_keep_surveys_ballot_d"
    else:
        statement = "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE surveys_ballot DISABLE TRIGGER kbnn_keep_surveys_ballot_r"
    with connection.cursor() as cursor:
        cursor.execute(statement)
    assert any("khoá chỉ-ghi-thêm kbnn_keep_surveys_ballot" in finding for finding in findings())
    triggers.install()


@pytest.mark.sqlite_only
@pytest.mark.both_engines
def test_a_box_that_keeps_the_order_of_its_rows_is_named():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE surveys_boxedballot RENAME TO before")
        cursor.execute("CREATE TABLE surveys_boxedballot AS SELECT * FROM before")
    assert findings() == ["bảng surveys_boxedballot giữ số thứ tự dòng"]


def sign(text: str, private: bytes = b"\x05" * 32) -> str:
    return evidence.sign_note(text, keys.seal_key_name(), private)


def test_a_checkpoint_signed_with_another_key_is_found(seal):
    batch = Batch.objects.order_by("pk").first()
    with as_owner:
        Batch.objects.filter(pk=batch.pk).update(
            checkpoint=sign(batch.checkpoint.partition("\n\n")[0] + "\n")
        )
    assert any("lần trộn 1: chữ ký của điểm kiểm không đúng" in finding for finding in findings())


def test_checkpoints_in_another_order_do_not_hang_together(seal):
    first, second = Batch.objects.order_by("pk")
    with as_owner:
        Batch.objects.filter(pk=first.pk).update(checkpoint=second.checkpoint)
        Batch.objects.filter(pk=second.pk).update(checkpoint=first.checkpoint)
    assert any("không nối tiếp lần trước" in finding for finding in findings())


def test_an_edited_seal_is_found_by_its_signature_and_by_its_row(seal):
    text = seal.text.replace("dissatisfied: 3", "dissatisfied: 0")
    with as_owner:
        Seal.objects.update(text=text)
    assert any("chữ ký của niêm phong không đúng" in finding for finding in findings())
    with as_owner:
        Seal.objects.update(text=seal.text, code="0" * 16)
    assert any("niêm phong không nối tiếp" in finding for finding in findings())


def test_a_slip_that_vanished_from_a_sealed_month_is_found(seal):
    with as_owner:
        slip = Slip.objects.get(state=SlipState.EXPIRED)
        slip.events.all().delete()
        slip.delete()
    assert any("niêm phong bản 1 khác số đếm lại: issued, expired" in finding for finding in findings())


@pytest.mark.parametrize(
    ("model", "change"),
    [(MonthCell, {"satisfied": 35}), (MonthCell, {"counter": "Q7"}), (MonthSum, {"n": 34})],
)
def test_figures_that_pages_print_are_counted_again(seal, model, change):
    model.objects.filter(pk=model.objects.order_by("pk").first().pk).update(**change)
    assert any("số cộng dồn khác số đếm lại" in finding for finding in findings())


@pytest.mark.parametrize("model", [SlipSum, SlipTotal])
@pytest.mark.parametrize("change", [{"issued": 99, "expired": 64}, {"cancelled": 1, "expired": 0}])
def test_slips_that_pages_print_are_held_against_the_seal(seal, model, change):
    assert findings() == []
    with as_owner:
        model.objects.update(**change)
    said = f"niêm phong bản 1 khác số phiếu đã cộng kèm theo: {', '.join(change)}"
    assert any(said in finding for finding in findings())


@pytest.fixture
def corrected(counter, kind):
    """A counter of four hides the one of twelve along, and no procedure's verdict is told: the correction goes on so."""
    other, beside = make.procedure("P9"), [make.counter(code, of=counter.office) for code in ("Q8", "Q9")]
    make.ballots(40, at=counter, kind=kind)
    make.ballots(12, at=beside[0], kind=other)
    mixing.mix(office=counter.box_office, period=NOVEMBER, now=make.at(11, 19))
    make.ballots(4, at=beside[1], kind=kind, now=make.at(17))
    handed = make.issued(at=counter, kind=kind, channel=SlipChannel.PAPER)
    make.sealed(counter)
    make.corrected(counter, handed)
    return MonthCell.objects.all()


@pytest.mark.both_engines
def test_what_a_correction_goes_on_hiding_is_worked_out_again(corrected):
    assert {flag: set(corrected.values_list(flag, flat=True)) for flag in FLAGS} == {
        "hides_counter": {True, False},
        "hides_procedure": {True, False},
        "hides_verdict": {True},
    }
    assert findings() == []


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("marked", [True, False])
def test_a_mark_that_somebody_set_or_took_is_found(corrected, flag, marked):
    changed = corrected.filter(**{flag: not marked}).update(**{flag: marked})
    assert any("ẩn tiếp" in finding for finding in findings()) is bool(changed)


def test_a_correction_of_an_older_release_is_not_accused(corrected):
    corrected.update(**dict.fromkeys(FLAGS, False))
    with as_owner:
        Seal.objects.update(marks_hidden=False)
    assert findings() == []


def test_a_mark_on_a_month_without_a_correction_is_found(seal):
    MonthCell.objects.update(hides_verdict=True)
    where = f"{seal.office.code} 2026-11"
    assert findings() == [f"{where}: nhóm được ẩn tiếp từ bản trước khác kết quả tính lại"]


def test_a_period_moved_to_another_batch_is_found(seal, counter, kind):
    make.ballots(12, at=counter, kind=kind, now=make.at(9, month=12))
    other = mixing.mix(office=counter.box_office, period=Month(2026, 12), now=make.at(9, 19, month=12))
    with as_owner:
        Ballot.objects.filter(pk=Ballot.objects.filter(period="2026-11").first().pk).update(batch=other)
    assert any("có phiếu thuộc lần trộn của kỳ khác" in finding for finding in findings())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"number": 3}, "các lần trộn không liền số"),
        ({"ballots": 99}, "lần trộn 2 ghi 99 phiếu, tìm thấy 23"),
    ],
)
def test_a_batch_that_was_renumbered_or_resized_is_found(seal, change, sentence):
    with as_owner:
        Batch.objects.filter(number=2).update(**change)
    assert any(sentence in finding for finding in findings())


def test_a_sealed_month_that_lost_its_last_batch_is_found_by_the_seal(seal):
    with as_owner:
        drop_last_batch()
    assert any("niêm phong bản 1 đếm 35 phiếu, còn 12" in finding for finding in findings())


def test_a_receipt_of_a_period_that_was_never_mixed_is_found(seal):
    Receipt.objects.create(office=seal.office, period="2026-10", hash="ab" * 32)
    assert any("mà không có lần trộn nào" in finding for finding in findings())


# ── Against what was kept elsewhere ────────────────────────────────────────────────────


def test_an_unsigned_or_forged_note_kept_elsewhere_is_told_and_proves_nothing(seal, tmp_path):
    batch = Batch.objects.first()
    (tmp_path / "forged.txt").write_text(sign(batch.checkpoint.partition("\n\n")[0] + "\n"), "utf-8")
    (tmp_path / "garbled.txt").write_bytes(batch.checkpoint.encode()[:100] + b"\xff\xfe")
    found = findings(against=checkpoints.notes_in(tmp_path))
    assert [finding.partition(": ")[0] for finding in found] == ["forged.txt", "garbled.txt"]
    assert all("không phải điểm kiểm" in finding for finding in found)


def test_a_saved_letter_is_read_as_the_note_inside_it(seal, tmp_path):
    letter = (
        "From: kbnn\r\nSubject: x\r\n\r\nXin giữ thư này.\r\n\r\n"
        + Batch.objects.last().checkpoint.replace("\n", "\r\n")
    )
    (tmp_path / "letter.txt").write_text(letter + "\n-- \nhết\n", "utf-8", newline="")
    notes = list(checkpoints.notes_in(tmp_path / "letter.txt"))
    assert [note for _name, note in notes] == [Batch.objects.last().checkpoint]
    assert findings(against=notes) == []


def test_a_published_month_that_the_database_forgot_is_found(counter, kind):
    make.ballots(12, at=counter, kind=kind)
    make.sealed(counter)
    folder.publish(folder.default_root())
    with as_owner:
        for model in (ClusterSum, SlipSum, SlipTotal, TransactionSum, Seal):
            model.objects.all().delete()
    assert (
        sum("đưa về bản cũ" in finding for finding in findings(against=checkpoints.kept())) == 2
    )  # the folder, and v1


# ── The command, the night and the banner ──────────────────────────────────────────────


def test_the_command_says_that_all_holds_and_how_much_it_compared(seal, capsys):
    checkpoints.keep_all()
    call_command("verify_ledger")
    assert "đã so với 2 điểm kiểm" in capsys.readouterr().out
    assert alarms.last_outcome().holds


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="Không thấy"):
        call_command("verify_ledger", against=[tmp_path / "none.txt"])


def test_what_the_night_finds_stands_on_the_inspector_s_pages_until_it_holds_again(seal, client):
    with as_owner:
        original = Ballot.objects.first()
        Ballot.objects.filter(pk=original.pk).update(counter="Q7")
    assert run_round(now=make.at(9, 21, month=12)) is False
    assert AuditEntry.objects.filter(action=Action.LEDGER_BROKEN).count() == 1
    inspector, teller = make.user(Role.INSPECTOR, of=seal.office), make.user(Role.LEADERSHIP, of=seal.office)
    address = f"/reports/{seal.office.code}/"
    client.force_login(inspector)
    page = client.get(address).content.decode()
    assert "Sổ phiếu không khớp với những gì đã ký" in page
    assert "không khớp cam kết" in page
    client.force_login(teller)
    assert "Sổ phiếu không khớp" not in client.get(address).content.decode()
    with as_owner:
        Ballot.objects.filter(pk=original.pk).update(counter=original.counter)
    assert run_round(now=make.at(10, 21, month=12)) is True
    client.force_login(inspector)
    assert "Sổ phiếu không khớp" not in client.get(address).content.decode()


@pytest.mark.both_engines
def test_the_ledger_is_examined_once_a_night_after_the_mixes(seal):
    run_round(now=make.at(9, 20, 59, month=12))
    assert alarms.last_outcome() is None
    run_round(now=make.at(9, 21, month=12))
    run_round(now=make.at(9, 22, month=12))
    assert AuditEntry.objects.filter(action=Action.LEDGER_HOLDS).count() == 1
