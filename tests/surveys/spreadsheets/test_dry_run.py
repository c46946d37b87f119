"""The dry run shows everything that will be stored, and names it, so that nothing else can be stored."""

from __future__ import annotations

import pytest

from surveys.spreadsheets.dry_run import Change, DryRun, DryRunChanged, confirm, digest_of, dry_run_of
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import read_table
from tests.workbooks import PAST, csv_of

HEAD = "Từ tháng;Đến tháng;Phát ra;Thu về;Không hợp lệ;Hài lòng mọi tiêu chí"


def planned(*lines: str, standing=None, head: str = HEAD) -> DryRun:
    filled = read_table(read(csv_of(head, *lines)), PAST)
    return dry_run_of(filled, title="HB", key=lambda row: str(row["Từ tháng"]), standing=standing)


def test_every_row_is_shown_as_it_will_be_stored_with_totals_at_the_foot():
    plan = planned("5/2021;;3.317;268;3;260", "6/2021;8/2021;300;250;;")
    assert [row.cells for row in plan.rows] == [
        ("5/2021", "", "3.317", "268", "3", "260"),
        ("6/2021", "8/2021", "300", "250", "", ""),
    ]
    assert plan.totals == ("", "", "3.617", "518", "3", "260")
    assert plan.headings == tuple(HEAD.split(";"))


def test_what_stands_is_shown_beside_what_differs():
    standing = {
        "2021-05": ("5/2021", "", "317", "268", "", ""),
        "2021-06": ("6/2021", "", "300", "249", "", "1"),
    }
    plan = planned("5/2021;;317;268;;", "6/2021;;300;250;;", "7/2021;;10;8;;", standing=standing)
    assert [row.change for row in plan.rows] == [Change.SAME, Change.CHANGED, Change.ADDED]
    assert (plan.same, plan.changed, plan.added) == (1, 1, 1)
    assert plan.rows[1].differing == [
        ("6/2021", ""),
        ("", ""),
        ("300", ""),
        ("250", "249"),
        ("", ""),
        ("", "1"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        ["5/2021;;317;268;;267"],
        ["5/2021;;317;268;0;268"],
        ["5/2021;5/2021;317;268;;268"],
        ["5/2021;;317;268;;268", "6/2021;;1;1;;"],
        ["", "5/2021;;317;268;;268"],
        [],
    ],
)
def test_the_digest_is_another_for_whatever_else_would_be_stored(other):
    shown = planned("5/2021;;317;268;;268")
    assert shown.digest == planned("5/2021;;317;268;;268").digest
    if not other:
        changed = planned(
            "5/2021;;317;268;;268", standing={"2021-05": ("5/2021", "", "317", "268", "", "267")}
        )
    else:
        changed = planned(*other)
    assert changed.digest != shown.digest
    with pytest.raises(DryRunChanged) as fact:
        confirm([changed], digest_of([shown]))
    assert fact.value.now == [changed]
    confirm([shown], digest_of([shown]))


def test_a_column_that_is_not_there_is_shown_empty():
    assert planned("5/2021;317;268", head="Từ tháng;Phát ra;Thu về").rows[0].cells == (
        "5/2021",
        "",
        "317",
        "268",
        "",
        "",
    )


def test_what_was_passed_over_is_shown_too():
    plan = planned("1;5/2021;317;268", head="STT;Từ tháng;Phát ra;Thu về")
    assert plan.remarks == ("Không đọc cột không có trong mẫu: “STT”.",)
