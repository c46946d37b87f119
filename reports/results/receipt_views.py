"""What anybody may ask of the counted: the receipt. Public views import no staff view."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase

from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.formats import number_format

from reports.follow_up import replies as follow_up_replies
from reports.models import Seal
from reports.publication import folder as publication_folder
from surveys import audit, evidence
from surveys.audit import Action
from surveys.box import receipts
from surveys.box.receipts import ReceiptState
from surveys.crypto import codes
from surveys.customer.cached_pages import filled_page
from surveys.customer.decorators import customer_page, is_too_large, too_large
from surveys.customer.rendering import page, period_label, with_language
from surveys.customer.skeleton import hole_for
from surveys.database import after_restore, revision
from surveys.models import AuditEntry, Receipt
from surveys.reference import counters
from surveys.vietnamese import clean_text

#: The inspector's alarm: a receipt of ours whose ballot is nowhere.
#: That counted receipts of a period were looked up on a day; neither which, nor how often, nor when.
TEMPLATE = "reports/public/receipt.html"


@customer_page("GET", "HEAD", "POST")
def receipt(request: HttpRequest) -> HttpResponse:
    """Where the ballot of a typed receipt is; never how it was answered."""
    if request.method != "POST":
        return filled_page(TEMPLATE, key=("empty",), context=lambda: {"state": ""}, holes={})
    if is_too_large(request):
        return too_large()
    typed = request.POST.get("receipt", "")
    facts = receipts.receipt_state(typed=typed)
    if facts.state is ReceiptState.COUNTED and facts.counted is not None:
        with revision.steady():
            note_look_up(facts.counted)
            return counted_page(facts.counted)
    if facts.state is ReceiptState.MISTYPED:
        return page(TEMPLATE, {"state": "mistyped", "typed": clean_text(typed)[:60]}, status=422)
    if facts.state is ReceiptState.MISSING:
        raise_alarm(typed=typed)
        return page(TEMPLATE, {"state": "missing", "gaps": gaps()})
    return page(TEMPLATE, {"state": "unread" if facts.state is ReceiptState.UNREAD else "in_the_box"})


@dataclass(frozen=True)
class Told:
    """What everybody with a genuine receipt of one office and period is shown: the same, so the page proves nothing about one
    person's answer. ``code``: of the seal, where the sealed list may be shown, else ''."""

    words: dict
    code: str


def counted_page(found: Receipt) -> HttpResponse:
    """That the receipt was counted, and that it is among those that two persons sealed: all of it public, but for which of
    them was typed. Of a period with fewer than 30 ballots only the seal's code is told, since its lists are not published."""
    state = publication_folder.state_of(
        publication_folder.default_root(), counters.office_code(found.office_id)
    )
    key = ("receipt", translation.get_language(), found.office_id, found.period, *state)
    told = revision.kept(key, lambda: told_of(found))
    proof = proof_of(found, told.code) if told.code else {}
    marks = {name: hole_for(name) for name in proof}
    shown = {**marks, "siblings": [mark for name, mark in marks.items() if name.startswith("sibling_")]}
    return filled_page(
        TEMPLATE,
        key=(*key, revision.current(), len(proof)),
        context=lambda: {"state": "counted", **told.words, **({"proof": shown} if proof else {})},
        holes=proof,
    )


def told_of(found: Receipt) -> Told:
    office, language = found.office, translation.get_language()
    seal = Seal.objects.standing(office, found.period)
    words: dict = {
        "office": office.name_en if language == "en" and office.name_en else office.short_name,
        "period_label": period_label(found.period),
        "replies": follow_up_replies.published_replies(office=office, period=found.period),
    }
    if seal is None:
        return Told(words, "")
    words |= {
        "seal_code": grouped(seal.code.upper(), 4),
        "sealed_on": seal.sealed_at,
        "results_at": published_at(seal),
    }
    return Told(words, "" if publication_folder.is_small(seal) else seal.code)


def proof_of(found: Receipt, seal_code: str) -> dict[str, str]:
    """Place, hash, siblings and root as they are printed, by the names of the page's holes."""
    tree = receipts_sealed(seal_code, found.office_id, found.period)
    place = tree.index(evidence.receipt_leaf(found.hash))
    siblings = zip(ascii_lowercase, tree.inclusion_proof(place), strict=False)  # 26: of 67 million receipts
    return {
        "position": number_format(place + 1, use_l10n=True, force_grouping=True),
        "receipts": number_format(tree.size, use_l10n=True, force_grouping=True),
        "receipt_hash": grouped(found.hash),
        "root": grouped(tree.root().hex()),
        **{f"sibling_{letter}": grouped(each.hex()) for letter, each in siblings},
    }


@lru_cache(maxsize=16)
def receipts_sealed(seal_code: str, office: int, period: str) -> evidence.StandingTree:
    """The receipts of a sealed period, to which nothing is ever added; the code names the seal, and so the very list.

    Kept, since a busy month's tree takes longer to make than the whole page.
    """
    hashes = sorted(Receipt.objects.filter(office=office, period=period).values_list("hash", flat=True))
    return evidence.StandingTree([evidence.receipt_leaf(each) for each in hashes])


def published_at(seal: Seal) -> str:
    """The page of the period, once it lies published."""
    folder = publication_folder.folder_of(publication_folder.default_root(), seal)
    if not (folder / publication_folder.SEAL_FILE).is_file():
        return ""
    try:
        address = reverse("reports:results_period", args=[seal.office.code, seal.period])
    except NoReverseMatch:  # a campaign, whose results are told with its standings
        return ""
    return with_language(address)


def grouped(digits: str, size: int = 8) -> str:
    """Hex digits in groups, so that they break on a narrow screen and can be compared by eye."""
    return " ".join(digits[at : at + size] for at in range(0, len(digits), size))


def gaps() -> list[dict]:
    """The stretches that a restored backup lost, latest first: what was sent then may be missing."""
    return [{"since": gap.since, "until": gap.until} for gap in after_restore.gaps()[:3]]


def note_look_up(found: Receipt) -> None:
    """One line an office, period and day, dated at midnight: a line a look-up would tell when somebody stood here, and
    anybody could fill the trail. A receipt that still waits in the box leaves none: its holder has only just answered."""
    day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    said = {
        "action": Action.RECEIPT_LOOKED_UP,
        "office_id": found.office_id,
        "subject": found.period,
        "at": day,
    }
    if tuple(said.values()) in _noted:
        return
    if not AuditEntry.objects.filter(**said).exists():
        audit.record(action=Action.RECEIPT_LOOKED_UP, office=found.office, subject=found.period, now=day)
        return  # known once it is committed, by whoever asks next
    if len(_noted) >= MOST_NOTED:
        _noted.clear()
    _noted.add(tuple(said.values()))


#: Lines of the trail that this process has seen; none ever goes.
_noted: set[tuple[object, ...]] = set()
MOST_NOTED = 10_000


def forget() -> None:
    """For tests, whose rows vanish under the same numbers."""
    _noted.clear()


@atomic
def raise_alarm(*, typed: str) -> None:
    """Tell the inspector once that a receipt of ours has no ballot: what is told is the receipt's public hash."""
    receipt_hash = codes.receipt_hash(codes.normalise_receipt(typed))
    if not AuditEntry.objects.filter(action=Action.RECEIPT_MISSING, subject=receipt_hash).exists():
        audit.record(
            action=Action.RECEIPT_MISSING, now=timezone.now(), subject=receipt_hash, receipt_hash=receipt_hash
        )
