"""Words that whoever guesses passwords of an office tries first (ASVS 6.1.2 and 6.2.11)."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from surveys.vietnamese import fold

#: The house, its work and its roles, as one types them; of an account's own words Django's validator knows.
WORDS = (
    "khobacnhanuoc", "khobac", "nhanuoc", "kbnn", "kbhb", "treasury", "tabmis", "phieuhailong", "phieu", "hailong", "khaosat",
    "hoabinh", "phutho", "vietnam", "giaodichvien", "giaodich", "kiemphieu", "lanhdao", "giamdoc", "thanhtra", "quantri", "quanly",
    "admin", "ketoan", "matkhau", "password", "tinh", "quan", "huyen",
)  # fmt: skip
LEAST = 6  # letters and digits that must be left without them and without a year
_YEAR = re.compile(r"(?:19|20)\d\d")


class NotOfTheHouse:
    """Refuses a password of which little is left without the house's words and a year."""

    def validate(self, password: str, user: object = None) -> None:
        typed = "".join(sign for sign in fold(password) if sign.isalnum())
        left = _YEAR.sub("", typed)
        for word in WORDS:
            left = left.replace(word, "")
        if left != typed and len(left) < LEAST:
            raise ValidationError(
                _("Mật khẩu này chỉ gồm những từ ai cũng đoán: tên cơ quan, tên công việc, năm."),
                code="password_of_the_house",
            )

    def get_help_text(self) -> str:
        return _("Đừng dùng tên cơ quan, tên công việc kèm năm hay vài chữ số.")
