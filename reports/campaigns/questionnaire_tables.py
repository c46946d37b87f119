"""What the sheets of a questionnaire's workbook hold: their columns, how many rows, what each cell may be."""

from __future__ import annotations

from decimal import Decimal

from surveys.reference.questionnaire_logic import MOST_QUESTIONS, TOO_MANY_WORDS
from surveys.spreadsheets.columns import Code, Fraction, Text, Whole, YesNo
from surveys.spreadsheets.tables import Column, Table

GRAMMAR = "Mã gồm chữ thường không dấu, chữ số, gạch dưới, bắt đầu bằng chữ; tối đa 20."
CODE = Code(20, "[a-z][a-z0-9_]{0,19}", GRAMMAR)
LEVEL = Whole(most=99, what="giá trị của mức", example="4")
WEIGHT = Fraction(3)
LEVELS_OF_A_SCALE = (2, 3, 5, 11)
HEAD, SECTIONS, QUESTIONS, TEXTS, SCALES = "mau_phieu", "phan", "cau_hoi", "cau_hoi_mo", "thang_do"
TABLES = (
    Table(
        (
            Column("ma", Code(30), empty="Chưa có mã."),
            Column("ten", Text(160), empty="Chưa có tên."),
            Column("cau_hoi_chung", Text(160), empty="Chưa có câu hỏi chung."),
            Column("cau_hoi_chung_en", Text(160), needed=False),
        ),
        HEAD,
        most_rows=1,
        too_many="Trang này phải có đúng một dòng.",
    ),
    Table(
        (
            Column("ma", CODE, empty="Chưa có mã.", unique=True),
            Column("ten", Text(160), empty="Chưa có tên."),
            Column("ten_en", Text(160), needed=False),
            Column("trong_so", WEIGHT, empty="Chưa có trọng số."),
        ),
        SECTIONS,
        may_be_empty=True,
    ),
    Table(
        (
            Column("ma", CODE, empty="Chưa có mã.", unique=True),
            Column("phan", CODE),
            Column("cau_hoi", Text(300), empty="Chưa có câu hỏi."),
            Column("cau_hoi_en", Text(300), needed=False),
            Column("ten_gon", Text(60), needed=False),
            Column("thang_do", Code(40), empty="Chưa có thang đo."),
            Column("trong_so", WEIGHT),
            Column("khong_ap_dung", YesNo()),
            Column("hoi_sau", CODE),
            Column("khi_muc", LEVEL),
        ),
        QUESTIONS,
        most_rows=MOST_QUESTIONS,
        too_many=TOO_MANY_WORDS,
    ),
    Table(
        (
            Column("ma", CODE, empty="Chưa có mã.", unique=True),
            Column("phan", CODE),
            Column("cau_hoi", Text(300), empty="Chưa có câu hỏi."),
            Column("cau_hoi_en", Text(300), needed=False),
        ),
        TEXTS,
        may_be_empty=True,
    ),
    Table(
        (
            Column("thang_do", Code(40), empty="Chưa có mã thang đo."),
            Column("ten", Text(80), empty="Chưa có tên."),
            Column("gia_tri", LEVEL, empty="Chưa có giá trị."),
            Column("nhan", Text(60), empty="Chưa có nhãn."),
            Column("nhan_en", Text(60), needed=False),
            Column("hai_long", YesNo()),
            Column("diem", Fraction(2, most=Decimal(100))),
        ),
        SCALES,
    ),
)
HEADINGS = {
    HEAD: "Mẫu phiếu", SECTIONS: "Phần", QUESTIONS: "Câu hỏi", TEXTS: "Câu hỏi mở", SCALES: "Thang đo",
}  # fmt: skip
