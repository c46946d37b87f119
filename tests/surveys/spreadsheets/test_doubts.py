"""What is doubtful only beside other rows: asked about, and read once it is confirmed."""

from __future__ import annotations

import pytest

from surveys.spreadsheets.columns import CODES_ARE_NUMBERS
from surveys.spreadsheets.doubts import STOPS_ARE_THOUSANDS, lost_zeros
from surveys.spreadsheets.reading import read
from surveys.spreadsheets.tables import read_table
from tests.workbooks import ORGANISATIONS, PAST, csv_of, workbook

MEND = "Hãy sửa mã, hoặc xác nhận mã đúng như đang hiện."


@pytest.mark.parametrize(
    ("codes", "doubtful"),
    [
        (["100109106", "0100109107"], {0: "cột này có mã như “0100109107”"}),
        (["0100109107", "KH1", "7"], {2: "cột này có mã như “0100109107”"}),
        (["5400123456", "100109106"], {1: "mã này có 9 chữ số, mã số thuế có 10"}),
        (["100109106"], {0: "mã này có 9 chữ số, mã số thuế có 10"}),
        (["17088012345"], {0: "mã này có 11 chữ số, số định danh cá nhân có 12"}),
        (["1054321", "1054322", "54323"], {}),
        (["1054321", "1054322", "554323"], {2: "mã này có 6 chữ số, các mã khác có 7"}),
        (["1", "2", "10", "100"], {}),
        (["01", "02", "10"], {}),
        (["001", "002", "10"], {2: "cột này có mã như “001”"}),
        (["KH001", "KH2", "100109106-001"], {}),
    ],
)
def test_a_code_that_may_have_lost_its_noughts_is_asked_about(codes, doubtful):
    assert lost_zeros(codes) == {
        at: f"Mã có thể đã mất số 0 ở đầu: {why}. {MEND}" for at, why in doubtful.items()
    }


def test_a_code_that_may_have_full_stops_between_its_thousands_is_asked_about():
    assert lost_zeros(["1.001", "KH1.001", "0.001", "12.34", "1.005.429"]) == {
        0: f"Mã có thể có dấu phân cách hàng nghìn. {MEND}"
    }
    assert lost_zeros(["1.001"], ["1.001"]) == {}


def test_a_code_that_differs_from_a_known_one_by_noughts_alone_is_asked_about():
    assert lost_zeros(["1001", "0007", "12", "KH5"], ["01001", "7", "12", "KH05"]) == {
        0: f"Đã có mã “01001”, chỉ khác số 0 ở đầu. {MEND}",
        1: f"Đã có mã “7”, chỉ khác số 0 ở đầu. {MEND}",
    }


@pytest.mark.parametrize("raw", [
    csv_of("Mã;Tên tổ chức", "100109106;Một", "0100109107;Hai"),
    workbook(["Mã", "Tên tổ chức"], ["100109106", "Một"], ["0100109107", "Hai"]),
], ids=["csv", "xlsx"])  # fmt: skip
def test_a_confirmed_code_is_stored_as_it_is_shown(rows, refused, raw):
    (said,) = refused(raw, ORGANISATIONS)
    assert said.endswith(
        f"A2: Mã (“100109106”): Mã có thể đã mất số 0 ở đầu: cột này có mã như “0100109107”. {MEND}"
    )
    assert read_table(read(raw), ORGANISATIONS).complaints[0].question == CODES_ARE_NUMBERS
    assert rows(raw, ORGANISATIONS, [CODES_ARE_NUMBERS]) == [("100109106", "Một"), ("0100109107", "Hai")]


def test_whole_numbers_with_three_decimals_are_asked_about_and_grouped_ones_are_not(rows, refused):
    head = "Từ tháng;Phát ra;Thu về"
    doubtful = csv_of(head, "5/2021;500.000;317.000", "6/2021;412.000;99")
    words = "Hãy gõ lại liền các chữ số, hoặc xác nhận."
    assert refused(doubtful, PAST) == [
        f"ô B2: Phát ra (“500.000”): Là 500.000 hay 500 có ba chữ số lẻ? {words}",
        f"ô C2: Thu về (“317.000”): Là 317.000 hay 317 có ba chữ số lẻ? {words}",
        f"ô B3: Phát ra (“412.000”): Là 412.000 hay 412 có ba chữ số lẻ? {words}",
    ]
    confirmed = rows(doubtful, PAST, [STOPS_ARE_THOUSANDS])
    assert [row[2:4] for row in confirmed] == [(500_000, 317_000), (412_000, 99)]
    for proof in ("5/2021;3.809;3.000", "5/2021;1.000.000;3.000", "5/2021;500 000;317 000"):
        assert len(rows(csv_of(head, proof), PAST)) == 1
