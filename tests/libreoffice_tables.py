"""Makes tests/files/libreoffice anew: tables typed as people type them, saved by a real LibreOffice.

Run by hand: ``python -m tests.libreoffice_tables``; needs ``soffice``. What it wrote is kept, so that no test needs it.
"""

from __future__ import annotations

import subprocess
import tempfile
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Border, Font, Side
from openpyxl.worksheet.worksheet import Worksheet

TARGET = Path(__file__).parent / "files" / "libreoffice"
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
        "scale-yes-no": book("thang_do", ["thang_do", "gia_tri", "nhan", "hai_long", "diem"], ["s", 1, "Không", False, 0.1 + 0.2], ["s", 2, "Có", True, 100]),
    }  # fmt: skip
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


CONVERSIONS = {
    "": ("xlsx:Calc MS Excel 2007 XML",),
    "organisations-leading-zeros": (
        "xls:MS Excel 97",
        "ods:calc8",
        "csv:Text - txt - csv (StarCalc):59,34,UNICODE,1",
    ),
    "past-thousands": ("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true",),
    "past-errors": ("csv:Text - txt - csv (StarCalc):9,34,76,1",),
}


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, made in tables().items():
            made.save(Path(folder) / f"{name}.xlsx")
        _convert(folder, [f"{name}.xlsx" for name in tables()], CONVERSIONS[""][0])
        for name, targets in CONVERSIONS.items():
            for target in targets if name else ():
                _convert(folder, [f"{name}.xlsx"], target)


def _convert(folder: str, names: list[str], target: str) -> None:
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(TARGET), *names]
    subprocess.run(command, cwd=folder, check=True, timeout=300)


if __name__ == "__main__":
    main()
