"""A campaign wherever a respondent meets it: by the open link of a unit, or by an invitation's code.

Nothing is kept on the way: a page's answers travel to the next in the page itself, and nothing is stored before the
last button. So the page knows no cookie and needs no script, and leaving it leaves nothing behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.utils import timezone, translation
from django.utils.formats import date_format

from surveys.box import signed_form
from surveys.box.casting import FORM_FIELD, take_on_slip
from surveys.box.errors import NotWhole, PageIsOld
from surveys.campaigns.forms import GROUP_FIELD, CampaignForm
from surveys.choices import CampaignState, SlipChannel
from surveys.crypto import codes
from surveys.customer.cached_pages import filled_page
from surveys.customer.forms import PAGE_IS_OLD
from surveys.customer.rendering import address_of, page, with_language
from surveys.customer.skeleton import hole_for
from surveys.models import Campaign, CampaignExtension, CampaignUnit, Office, RespondentGroup, Slip
from surveys.reference.questionnaires import QuestionnaireFacts, Words, questionnaire_of

STEP_FIELD, GO_FIELD = "_step", "_go"
ALL = "all"  # every section on one page
FORM = "surveys/campaign/form.html"


@dataclass(frozen=True)
class Asked:
    """What is asked, of which unit. ``is_preview``: staff look at it; there is no way to send."""

    campaign: Campaign
    office: Office
    groups: tuple[tuple[str, Words], ...]
    is_preview: bool = False

    @property
    def questionnaire(self) -> QuestionnaireFacts:
        return questionnaire_of(self.campaign.questionnaire_id)

    def form(self, sent: QueryDict | None = None) -> CampaignForm:
        return CampaignForm(self.questionnaire, self.groups, sent, has_comment=self.campaign.is_ranked)


def asked_of(campaign: Campaign, office: Office, *, is_preview: bool = False) -> Asked:
    """No query but the first time: groups of an open campaign are frozen."""
    groups = _groups_of(campaign.pk) if campaign.state != CampaignState.DRAFT else _read_groups(campaign.pk)
    return Asked(campaign, office, groups, is_preview)


def _read_groups(campaign_id: int) -> tuple[tuple[str, Words], ...]:
    rows = RespondentGroup.objects.filter(campaign=campaign_id)
    return tuple((row.code, Words(row.label, row.label_en)) for row in rows)


_groups_of = lru_cache(maxsize=64)(_read_groups)


def forget() -> None:
    """For tests, whose rows vanish under the same numbers."""
    _groups_of.cache_clear()


def asked_by(slip: Slip) -> Asked:
    """What an invitation asks; three queries."""
    unit = CampaignUnit.objects.select_related("campaign", "office").get(
        campaign__slug=slip.period, office=slip.office_id
    )
    return asked_of(unit.campaign, unit.office)


def blank_page(
    asked: Asked, *, field: str, action: str, other_lang_url: str, step: str = "0"
) -> HttpResponse:
    """The first page, nothing chosen. The same for everybody but for three holes."""

    def context() -> dict:
        return form_context(asked, asked.form(), step=step, field=hole_for("field"))

    return filled_page(
        FORM,
        key=(
            asked.campaign.pk,
            asked.campaign.state,
            asked.campaign.ends_on,
            asked.office.pk,
            step,
            asked.is_preview,
        ),
        context=context,
        holes={"action": action, "other_lang_url": other_lang_url, "field": field},
    )


def form_context(
    asked: Asked, form: CampaignForm, *, step: str, field: str, error: str = "", with_errors: bool = False
) -> dict:
    """Everything of the form's template but the address that it is posted to and the other language."""
    is_all = step == ALL
    index = 0 if is_all else min(int(step), len(form.parts) - 1)
    on_page = form.parts if is_all else form.parts[index : index + 1]
    parts = [form.shown(part, with_errors=with_errors) for part in on_page]
    is_first, is_last = is_all or index == 0, is_all or index == len(form.parts) - 1
    names = {name for part in on_page for name in form.names_of(part)}
    names |= {GROUP_FIELD} if is_first else set()
    names |= {"comment"} if is_last and form.has_comment else set()
    return campaign_context(asked.campaign) | {
        "title": asked.questionnaire.title.in_(translation.get_language()),
        "office_name": name_of(asked.office),
        "parts": parts,
        "missing": [c["number"] for part in parts for c in part["criteria"] if c["error"]],
        "groups": _groups(asked, form) if is_first else [],
        "is_first": is_first,
        "is_last": is_last,
        "step": ALL if is_all else index,
        "number": index + 1,
        "of": 1 if is_all else len(form.parts),
        "has_comment": form.has_comment,
        "comment": form.data.get("comment", "") if form.is_bound else "",
        "comment_error": next(iter(form.errors.get("comment", [])), "") if with_errors else "",
        "form_error": error,
        "hidden": [(FORM_FIELD, field), (STEP_FIELD, step if is_all else str(index)), *_carried(form, names)],
        "is_preview": asked.is_preview,
        "promise_group": settings.MIX_GROUP,
    }


def campaign_context(campaign: Campaign) -> dict:
    """Name, days, extensions and the note that every page of a campaign bears."""
    language = translation.get_language()
    return {
        "campaign_name": Words(campaign.name, campaign.name_en).in_(language),
        "notice": Words(campaign.notice, campaign.notice_en).in_(language),
        "first_day": campaign.opens_on,
        "last_day": campaign.ends_on,
        "extensions": list(CampaignExtension.objects.filter(campaign=campaign)),
        "is_ranked": campaign.is_ranked,
    }


def turn(asked: Asked, sent: QueryDict) -> tuple[CampaignForm, dict | None]:
    """What a sent page asks for: the form, and the context of the page to show next, or None when all is to be sent.

    Back never complains; on goes only what is answered; nothing is stored either way.
    """
    form = asked.form(sent)
    step, go, field = sent.get(STEP_FIELD, "0"), sent.get(GO_FIELD, ""), sent.get(FORM_FIELD, "")
    if step == ALL:
        return form, None
    index = min(int(step), len(form.parts) - 1) if step.isdecimal() and len(step) < 4 else 0
    if go == "back":
        return form, form_context(asked, form, step=str(max(0, index - 1)), field=field)
    if go == "next" or index < len(form.parts) - 1:
        wrong = form.wrong_in(form.parts[index])
        onward = index if wrong else min(index + 1, len(form.parts) - 1)
        return form, form_context(asked, form, step=str(onward), field=field, with_errors=wrong) | {
            "wrong": wrong
        }
    return form, None


def wrong_page(asked: Asked, form: CampaignForm, sent: QueryDict) -> dict:
    """The context of the page with the first mistake of what was sent whole."""
    step = ALL if sent.get(STEP_FIELD) == ALL else str(form.first_wrong())
    return form_context(asked, form, step=step, field=sent.get(FORM_FIELD, ""), with_errors=True)


def stale_page(asked: Asked, form: CampaignForm, sent: QueryDict, *, field: str) -> dict:
    """The context of the last page with a fresh hidden field, answers kept."""
    step = ALL if sent.get(STEP_FIELD) == ALL else str(len(form.parts) - 1)
    return form_context(asked, form, step=step, field=field, error=str(PAGE_IS_OLD))


def receipt_page(asked: Asked, receipt: str) -> HttpResponse:
    """The thanks of a cast: one page a campaign and unit, but for the receipt."""

    def context() -> dict:
        return campaign_context(asked.campaign) | {
            "office_name": name_of(asked.office),
            "ends": date_format(asked.campaign.ends_on, "j/n/Y"),
            "fewest": settings.MIX_GROUP,
            "receipt_url": with_language(address_of("reports:receipt")),
            "other_lang_url": "",
        }

    return filled_page(
        "surveys/campaign/receipt.html",
        key=(asked.campaign.pk, asked.campaign.ends_on, asked.office.pk),
        context=context,
        holes={"receipt": codes.format_receipt(receipt)},
    )


def take_invited(*, slip: Slip, sent: QueryDict, addresses: dict[str, str]) -> HttpResponse:
    """A page sent under an invitation's code: turned, or cast at the end. Raises `errors.SlipNotUsable`."""
    asked = asked_by(slip)
    form, onward = turn(asked, sent)
    if onward is not None:
        return page(FORM, onward | addresses, status=422 if onward.get("wrong") else 200)
    try:
        receipt = take_on_slip(slip=slip, form=form, sent=sent, via=SlipChannel.LINK, now=timezone.now())
    except NotWhole:
        return page(FORM, wrong_page(asked, form, sent) | addresses, status=422)
    except PageIsOld:
        field = signed_form.open_form(slip=slip, now=timezone.now())
        return page(FORM, stale_page(asked, form, sent, field=field) | addresses, status=422)
    return receipt_page(asked, receipt)


def invited_page(slip: Slip, addresses: dict[str, str]) -> HttpResponse:
    field = signed_form.open_form(slip=slip, now=timezone.now())
    return blank_page(asked_by(slip), field=field, **addresses)


def name_of(office: Office) -> str:
    return Words(office.short_name, office.name_en).in_(translation.get_language())


def _groups(asked: Asked, form: CampaignForm) -> list[dict]:
    language, sent = translation.get_language(), form.sent(GROUP_FIELD)
    return [
        {"code": code, "label": words.in_(language), "checked": sent == [code]}
        for code, words in asked.groups
    ]


def _carried(form: CampaignForm, on_page: set[str]) -> list[tuple[str, str]]:
    """What earlier and later pages answered, on its way through this one."""
    if not form.is_bound:
        return []
    return [(name, text) for name in form.fields if name not in on_page for text in form.sent(name)]
