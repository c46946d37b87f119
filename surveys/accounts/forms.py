"""The login, and the forms of the second factor, in our words; a code that let somebody in does so once."""

from __future__ import annotations

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from surveys.accounts import second_factor

CODE = _("Mã xác thực")


def _in_our_words(field, help_text="") -> None:
    field.label = CODE
    field.help_text = help_text
    field.max_length = 32
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "maxlength": 32}
    field.widget.attrs = attrs


class StaffLoginForm(LoginForm):
    """No phone corrects or capitalises a name; where one did all the same, `name_of` finds it."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {
            "autocapitalize": "none",
            "autocorrect": "off",
            "spellcheck": "false",
        }


class OwnPasswordForm(ChangePasswordForm):
    """Another password than the standing one: what a letter says does not become one's own by being typed twice."""

    def clean_password1(self) -> str:
        typed = self.cleaned_data["password1"]
        if typed == self.cleaned_data.get("oldpassword"):
            raise ValidationError(_("Mật khẩu mới phải khác mật khẩu đang dùng."))
        return typed


class Once(BaseAuthenticateForm):
    """The account app remembers a code for one period, but with drifting clocks it is good for three."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields["code"], _("6 chữ số trong ứng dụng, hoặc một mã dự phòng 10 chữ số."))

    def clean_code(self) -> str:
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            life = (2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD
            digits = "".join(filter(str.isdigit, code))
            if not cache.add(f"second-factor-used:{self.user.pk}:{digits}", 1, timeout=life):
                raise get_adapter().validation_error("incorrect_code")
        return code

    def save(self) -> None:
        super().save()
        second_factor.mark(context.request, self.user)


class CodeForm(Once, AuthenticateForm):
    """After the password."""


class AgainForm(Once, ReauthenticateForm):
    """In a session that has not shown a code yet, or long ago."""


class EnrolForm(ActivateTOTPForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _in_our_words(self.fields["code"], _("6 chữ số mà ứng dụng đang hiện."))
