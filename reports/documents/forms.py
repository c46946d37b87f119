"""What an office's administrator types about its papers: how each kind looks, who signs, and number and date once signed."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.models import PaperForm, PaperKind, PaperPerson, Seal, SignedPaper
from surveys.periods import local_day

SHARED = ("parent", "issuer", "issuer_name", "symbol", "place", "bases", "recipients")
OWN = {
    PaperKind.MINUTES: ("decision", "room", "copies"),
    PaperKind.REPORT: ("sent_to", "authority", "signer"),
    PaperKind.SUMMARY: ("sent_to", "authority", "signer"),
}
#: Minutes bear no place and quote no bases but the decision on the team; Nghị định 30/2020/NĐ-CP, Mẫu 1.9.
NOT_ON_MINUTES = {"place", "bases"}
FEW_LINES = 3


class PaperSettingsForm(forms.ModelForm):
    """``instance`` says of which kind; what is left blank follows from the office's name and place in the tree."""

    class Meta:
        model = PaperForm
        fields = (*SHARED, *dict.fromkeys(name for names in OWN.values() for name in names))
        widgets: ClassVar = {
            name: forms.Textarea({"rows": FEW_LINES})
            for name in ("parent", "issuer", "bases", "recipients", "authority")
        }

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        kind = PaperKind(self.instance.kind)
        wanted = {*SHARED, *OWN[kind]} - (NOT_ON_MINUTES if kind == PaperKind.MINUTES else set())
        for name in set(self.fields) - wanted:
            del self.fields[name]

    def clean_copies(self) -> int:
        """No minutes are drawn up in no copy."""
        if not self.cleaned_data["copies"]:
            raise forms.ValidationError(_("Biên bản lập ít nhất một bản."))
        return self.cleaned_data["copies"]


class PersonForm(forms.ModelForm):
    class Meta:
        model = PaperPerson
        fields = ("part", "address", "name", "title")


PeopleFormSet = forms.inlineformset_factory(
    PaperForm, PaperPerson, form=PersonForm, extra=2, can_delete=True, max_num=20
)


class SignedPaperForm(forms.ModelForm):
    """Number and date, which a paper gets at signing; and the words of its own. ``seal``: the version it speaks of."""

    class Meta:
        model = SignedPaper
        fields = ("number", "dated_on", "began_at", "ended_at", "boxes", "opinions", "tasks")
        widgets: ClassVar = {
            "dated_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "began_at": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "ended_at": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            **{name: forms.Textarea({"rows": FEW_LINES}) for name in ("boxes", "opinions", "tasks")},
        }

    def __init__(self, *args, seal: Seal, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.seal = seal
        is_minutes = self.instance.kind == PaperKind.MINUTES
        for name in ("tasks",) if is_minutes else ("began_at", "ended_at", "boxes", "opinions"):
            del self.fields[name]

    def clean_dated_on(self):
        day = self.cleaned_data["dated_on"]
        if day and day < local_day(self.seal.sealed_at):
            raise forms.ValidationError(_("Văn bản không thể ban hành trước ngày niêm phong."))
        return day
