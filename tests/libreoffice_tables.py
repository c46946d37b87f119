"""Makes tests/files/libreoffice anew: tables typed as people type them, saved by a real LibreOffice.

Run by hand: ``python -m tests.libreoffice_tables [NAME …]``; needs ``soffice``. What it wrote is kept, so that no test needs it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

TARGET = Path(__file__).parent / "files" / "libreoffice"
CASES = Path(__file__).parent / "files" / "cases"
PAST = ["Từ tháng", "Đến tháng", "Phát ra", "Thu về", "Không hợp lệ", "Hài lòng mọi tiêu chí"]
ORGANISATIONS = ["Mã", "Tên tổ chức"]


def past(*lines: list[object]) -> Workbook:
    return book("So", PAST, *lines)


def book(name: str, *lines: list[object]) -> Workbook:
    made = Workbook()
    sheet(made).title = name
    for line in lines:
        sheet(made).append(line)
    return made


def sheet(made: Workbook) -> Worksheet:
    return made.worksheets[0]


def formatted(made: Workbook, **codes: str) -> Workbook:
    for place, code in codes.items():
        sheet(made)[place].number_format = code
    return made


def tables() -> dict[str, Workbook]:
    made = {
        "past-errors": past(["5/2021", None, 317, 268, "=1/0", "=NA()"]),
        "past-reference-error": past(["5/2021", None, 317, "=INDIRECT(\"x!A1\")", 0, "=LOG(-1)"]),
        "past-formulas": past(["5/2021", None, 317, 268, "=C2-D2-49", "=D2"], ["6/2021", None, 300, 250, '=IF(C3>1,"","")', None]),
        "past-shares": formatted(past(["5/2021", None, 1000, 0.853, 0, 0.999]), D2="0.0%"),
        "past-thousands": formatted(past(["5/2021", None, 3.125, 3, 0, 2]), D2="0.000", F2="#,##0.000"),
        "past-day": formatted(past([date(2025, 12, 5), date(2021, 6, 1), 317, 268]), A2="d-mmm", B2="mmm-yy"),
        "past-months": formatted(past([date(2021, 5, 1), date(2021, 7, 20), 317, 268]), A2="mm/yyyy", B2="mmm-yy"),
        "past-hidden-first": book("cũ", PAST, ["5/2021", None, 317, 268, 0, 268]),
        "past-bordered": past(["5/2021", None, 317, 268, 0, 268]),
        "past-two-sheets": past(["5/2021", None, 317, 268]),
        "organisations-long-codes": book("Sheet1", ORGANISATIONS, [37130123456789012345, "Tài khoản dài"], ["37130123456789012345", "Giữ đủ"]),
        "organisations-leading-zeros": formatted(
            book("Sheet1", ORGANISATIONS, [100109106, "An Phú"], [100109107, "An Bình"], ["0100109108", "An Hòa"]), A2="0000000000"
        ),
        "organisations-foreign-columns": book("Sheet1", ["STT", *ORGANISATIONS, "Ghi chú"], [1, "KH1", "Trường A", "x"], [2, "KH2", "Trường B", None]),
        "organisations-invisible": book("Sheet1", ORGANISATIONS, ["KH1\u200b", "Trường\u00a0A\u2060"], ["\ufeffKH2", "Trường\nB"]),
        "organisations-vntime": book("Sheet1", ORGANISATIONS, ["KH1", "Tr\u00adêng THCS L\u00aa Quý"], ["KH2", "tê"]),
        "past-merged-months": past(["Năm 2021", None, 317, 268, 0, 268], ["6/2021", None, 300, 250, 0, 250]),
        "past-units-in-headings": book(
            "So", ["Từ tháng", "Đến tháng", "Phát ra (phiếu)", "Thu về (phiếu)", "Không hợp lệ", "Hài lòng mọi tiêu chí"], ["5/2021", None, 317, 268, 0, 268]
        ),
        "past-numbered-columns": past(["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"], ["5/2021", None, 317, 268, 0, 268]),
        "invitations-running-numbers": book(
            "Mời", ["STT", "Tên đơn vị", "Email"], [1, "Trường THCS Lê Quý Đôn", "lqd@example.vn"], [2, "Trung tâm Y tế huyện Đà Bắc", None]
        ),
        "scale-yes-no": book("thang_do", ["thang_do", "gia_tri", "nhan", "hai_long", "diem"], ["s", 1, "Không", False, 0.1 + 0.2], ["s", 2, "Có", True, 100]),
    }  # fmt: skip
    sheet(made["past-merged-months"]).merge_cells("A2:A3")
    old = made["past-hidden-first"]
    old.create_sheet("Sổ 2021").append(PAST)
    old.worksheets[1].append(["5/2021", None, 417, 368, 0, 367])
    old.active = 1
    sheet(old).sheet_state = "hidden"
    made["past-two-sheets"].create_sheet("2022").append(PAST)
    made["past-two-sheets"].worksheets[1].append(["5/2022", None, 1, 1])
    thin = Side(style="thin")
    for row in sheet(made["past-bordered"])["A3:F60"]:
        for cell in row:
            cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
    for cell in sheet(made["organisations-vntime"])["B"][1:]:
        cell.font = Font(name=".VnTime")
    return made


def more_tables() -> dict[str, Workbook]:
    """A second one of each kind of case."""
    made = {
        "past-day-second": formatted(past(["12/2020", date(2025, 12, 5), 317, 268]), B2="d/m"),
        "past-hidden-only": book("Sổ", PAST, ["5/2021", None, 317, 268, 0, 268]),
        "past-shares-typed": formatted(past(["5/2021", None, 1000, "85,3%", 0, 0.5]), F2="0%"),
        "past-invisible": past(["5/2021\u200b", None, "317\u2060", "\ufeff268", "0\u200d", 268]),
        "past-blank-below": past(["5/2021", None, 317, 268, 0, 268]),
        "past-separator": book("So", ["sep=;"], PAST, ["5/2021", None, 317, 268, 0, 268]),
        "organisations-numbered": book("Sheet1", ["TT", *ORGANISATIONS], [1, "KH1", "Trường A"], [2, "KH2", "Trường B"]),
        "organisations-twice": book("Sheet1", ORGANISATIONS, ["KH901", "Trường A"], ["KH901\u200b", "Trường A"], ["kh901", "Trường A"]),
        "invite-names": book("Mời", *([f"Trường {n}, cơ sở {n % 3}", f"truong{n}@hoabinh.edu.vn"] for n in range(600))),
        "invite-twice": book("Mời", ["Công ty A", "a@x.vn"], ["Công ty A ", "A@x.vn"], ["Cong ty B", None], ["Công ty B", None]),
        "invite-addresses": book("Mời", ["Đơn vị 0", "u0@x.vn"], ["Đơn vị 1", "u1 x.vn"], ["Đơn vị 2", "u2@x"]),
    }  # fmt: skip
    made["past-hidden-only"].create_sheet("Ghi chú")["A1"] = "Xem trang sau"
    sheet(made["past-hidden-only"]).sheet_state, made["past-hidden-only"].active = "hidden", 1
    sheet(made["past-blank-below"])["A3000"].font = Font(name="Arial")
    sheet(made["past-blank-below"])["F3000"] = " "
    return made


def questionnaires() -> dict[str, Workbook]:
    """The product's own questionnaire with one thing changed, by sheet and cell."""
    changes: dict[str, dict[str, object]] = {
        "q-error-weight": {"phan!D3": "=NA()"},
        "q-error-points": {"thang_do!G2": "=1/0"},
        "q-yes-words": {"thang_do!F2": "Không", "thang_do!F3": "không", "thang_do!F5": "Có", "thang_do!F6": "CÓ"},
        "q-yes-formulas": {"thang_do!F2": "=1=2", "thang_do!F3": "=FALSE()", "thang_do!F5": "=1=1", "thang_do!F6": "=2-1"},
        "q-yes-half": {"thang_do!F4": 0.5},
        "q-level-six": {"cau_hoi!J11": 6},
        "q-level-of-text": {"cau_hoi!J11": "Đã từng"},
        "q-points-last-missing": {f"thang_do!G{row}": points for row, points in zip(range(2, 6), (0, 25, 50, 75), strict=True)},
        "q-points-falling": {f"thang_do!G{row}": points for row, points in zip(range(2, 7), (0, 50, 25, 75, 100), strict=True)},
        "q-weight-of-sum": {"phan!D2": "=0.1+0.2", "phan!D3": 2.2000000000000002},
        "q-weight-of-third": {"phan!D2": "=1/3"},
        "q-line-break": {"cau_hoi!C2": "Nơi tiếp nhận dễ tìm\nchỗ ngồi đủ dùng", "cau_hoi!C3": "Nộp\u00a0hồ sơ \u200btrực tuyến"},
        "q-written-break": {"cau_hoi!C2": "Nơi tiếp nhận_x000D_ dễ tìm"},
        "q-no-satisfied": {f"thang_do!F{row}": 0 for row in range(2, 7)},
    }  # fmt: skip
    made = {name: changed(cells) for name, cells in changes.items()}
    for name, questions in (("q-200-questions", 200), ("q-201-with-gaps", 201)):
        made[name] = changed({})
        for n in range(questions - 10):
            row = [f"more{n}", "staff", f"Câu hỏi thêm số {n}", "One more", f"Câu {n}", "sipas-5", 1]
            made[name]["cau_hoi"].append(row if name == "q-200-questions" or n % 10 else [*row, None])
    return made


def changed(cells: dict[str, object]) -> Workbook:
    made = load_workbook(CASES / "q-x000D.xlsx")
    made["cau_hoi"]["C2"] = "Nơi tiếp nhận dễ tìm"
    for place, value in cells.items():
        name, _sign, cell = place.partition("!")
        made[name][cell] = value
    return made


def spoilt_tables() -> dict[str, Workbook]:
    """What a cell does not show as it is, what stands around a table, and what a code page swallowed."""
    made = {
        "past-format-noughts": formatted(past(["5/2021", None, 317, 268, 0, 268]), C2='0"000"', D2="#,##0,"),
        "past-quarters": past(["Quý I/2021", None, 317, 268], ["Tháng 5/2021", None, 317, 268], ["Cộng quý II", None, 634, 536]),
        "organisations-lost-noughts": formatted(
            book("Sheet1", ORGANISATIONS, ["0100109106", "An Phú"], [100109107, "An Bình"]), A3="0"
        ),
        "organisations-lost-letters": book("Sheet1", ORGANISATIONS, ["KH1", "Sở Y tế"], ["KH2", "Ủy ban"], ["KH3", "Hội?"]),
        "organisations-no-width": book("Sheet1", ORGANISATIONS, ["KH1", "Trường A"], ["KH2", "Trường B"]),
        "invite-titled": book(
            "Mời", ["SỞ GIÁO DỤC"], ["DANH SÁCH MỜI"], [1, "Trường A", "0912345678", "a@x.vn"], [3, "Trường B", "0218385123", "b@x.vn"],
            [None, "Tổng cộng: 2"], [None, "Người lập biểu"],
        ),
    }  # fmt: skip
    sheet(made["organisations-no-width"]).column_dimensions["B"].width = 0.05
    made["invite-titled"].create_sheet("Ghi chú").append(["đã gọi điện"])
    return made


CONVERSIONS = {
    "": ("xlsx:Calc MS Excel 2007 XML",),
    "organisations-leading-zeros": (
        "xls:MS Excel 97",
        "ods:calc8",
        "csv:Text - txt - csv (StarCalc):59,34,UNICODE,1",
    ),
    "past-thousands": ("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true",),
    "past-errors": ("csv:Text - txt - csv (StarCalc):9,34,76,1",),
    "past-blank-below": ("csv:Text - txt - csv (StarCalc):59,34,76,1",),
    "past-separator": ("csv:Text - txt - csv (StarCalc):59,34,76,1",),
    "past-invisible": ("csv:Text - txt - csv (StarCalc):59,34,65535,1",),
    "organisations-long-codes": ("csv:Text - txt - csv (StarCalc):59,34,76,1",),
    "organisations-numbered": ("csv:Text - txt - csv (StarCalc):44,34,76,1",),
    "organisations-twice": ("csv:Text - txt - csv (StarCalc):9,34,76,1",),
    "invite-names": ("csv:Text - txt - csv (StarCalc):44,34,76,1",),
    "invite-twice": ("csv:Text - txt - csv (StarCalc):9,34,76,1",),
    "organisations-lost-noughts": ("csv:Text - txt - csv (StarCalc):59,34,76,1",),
    "organisations-lost-letters": ("csv:Text - txt - csv (StarCalc):59,34,11,1",),  # US-ASCII
    "invite-titled": ("csv:Text - txt - csv (StarCalc):59,34,76,1",),
    "invite-addresses": ("csv:Text - txt - csv (StarCalc):59,34,76,1",),
}


def main(wanted: list[str]) -> None:
    """Makes the files whose names are given, or all of them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    every = tables() | more_tables() | spoilt_tables() | questionnaires()
    chosen = {name: made for name, made in every.items() if not wanted or name in wanted}
    with tempfile.TemporaryDirectory() as folder:
        for name, made in chosen.items():
            made.save(Path(folder) / f"{name}.xlsx")
        _convert(folder, [f"{name}.xlsx" for name in chosen], CONVERSIONS[""][0])
        for name, targets in CONVERSIONS.items():
            for target in targets if name in chosen else ():
                _convert(folder, [f"{name}.xlsx"], target)


def _convert(folder: str, names: list[str], target: str) -> None:
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(TARGET), *names]
    subprocess.run(command, cwd=folder, check=True, timeout=300)


if __name__ == "__main__":
    main(sys.argv[1:])
