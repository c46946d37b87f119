"""Where a period stands between the counter and the public: its steps, and the one thing to do next.

Nothing of it is stored: the state follows from slips, batches, piles, notes and seals (docs/spec/trust.md §4).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from reports import sealing
from reports.closing import (
    Reconciliation,
    closes_from,
    is_closed,
    periods_of,
    reconcile,
    unsealed_before,
    waiting_in,
)
from reports.counting_room.decisions import stumbled_over
from reports.models import FirstSignature, Proposal, Seal, SignatureEnd
from reports.month.snapshot import CLOSING, OPEN, SEALED
from reports.sealing.drafting import damage
from surveys import evidence, paper
from surveys.box import jobs
from surveys.database import revision
from surveys.models import Batch, BoxJob, Office
from surveys.periods import Period, local_day
from surveys.vietnamese import count, group, short_date

PERIODS_SHOWN = 15
#: Steps in the order of docs/spec/trust.md §4.
PAPER, EXPIRY, LAST_MIX, RECONCILING, SIGNING, SEALING, PUBLISHING = range(7)


@dataclass(frozen=True)
class Step:
    """One named step. ``state`` is "done", "now" or "later"; ``words`` say how far it is, '' for nothing to say."""

    name: str
    state: str
    words: str = ""


@dataclass(frozen=True)
class NextStep:
    """What is to be done next, what is missing before it, who may do it. ``act`` names the button; '' for none."""

    title: str
    who: str
    missing: str = ""
    act: str = ""


@dataclass(frozen=True)
class Room:
    """One office and period at an instant. ``is_correcting``: sealed, and something has come to it since."""

    office: Office
    period: Period
    state: str
    closes_from: datetime
    is_closed: bool
    is_correcting: bool
    unsettled: paper.Unsettled
    waiting: int
    reconciliation: Reconciliation
    signature: FirstSignature | None  # the office's one that waits, maybe for another period
    fate: SignatureEnd | None
    voided: tuple[FirstSignature, SignatureEnd] | None  # this period's last, when it came to nothing
    seals: Sequence[Seal]
    earlier: Sequence[Period]
    damaged: int
    damage: Sequence[Proposal]
    is_published: bool
    job: BoxJob | None  # the last that the mixer was asked for

    @property
    def seal(self) -> Seal | None:
        return self.seals[-1] if self.seals else None

    @property
    def is_mixing(self) -> bool:
        """Whether the mixer was asked for something and has not said yet that it is over."""
        return self.job is not None and self.job.ended_at is None

    @property
    def next_version(self) -> int:
        """The number that the next seal of the period will bear."""
        return self.seal.version + 1 if self.seal else 1

    @property
    def few_added(self) -> int:
        """Sheets that a correction would show as the difference of two versions, while they are fewer than a mix holds."""
        added = self.reconciliation.total.returned - stated(self.seal, "returned") if self.seal else 0
        return added if added < settings.MIX_GROUP else 0

    @property
    def signed(self) -> FirstSignature | None:
        """The first signature of this period while it stands."""
        mine = self.signature and self.signature.period == str(self.period)
        return self.signature if mine and self.fate is None else None

    @property
    def state_label(self) -> str:
        if self.is_correcting:
            return _("Đã niêm phong, đang đính chính")
        return {OPEN: _("Đang thu phiếu"), CLOSING: _("Đang kiểm phiếu"), SEALED: _("Đã niêm phong")}[
            self.state
        ]

    @property
    def steps(self) -> list[Step]:
        """The seven steps; the first that is not done is the present one."""
        done, names = self._done(), self._names()
        now = next((place for place, is_done in enumerate(done) if not is_done), len(done))
        states = ["now" if place == now else "done" if place < now else "later" for place in range(len(done))]
        return [Step(name, state, words) for (name, words), state in zip(names, states, strict=True)]

    def _done(self) -> list[bool]:
        found, sealed = self.reconciliation, bool(self.seals) and not self.is_correcting
        is_agreed = not found.broken and not found.without_note
        return [
            not self.unsettled.open_piles
            and (self.is_closed or not self.unsettled.outstanding)
            and self.state != OPEN,
            self.is_closed,
            self.is_closed and not self.waiting,
            self.is_closed and is_agreed,
            sealed,
            sealed,
            self.is_published and sealed,
        ]

    def _names(self) -> list[tuple[str, str]]:
        total, out = self.reconciliation.total, self.unsettled.outstanding
        signed = _("01 người đã ký") if self.signed else ""
        return [
            (_("Phiếu giấy"), _("còn %(n)s phiếu") % {"n": count(out)} if out else ""),
            (_("Hết hạn phiếu"), _("%(n)s phiếu") % {"n": count(total.expired)} if self.is_closed else ""),
            (_("Trộn lần cuối"), _("còn %(n)s phiếu") % {"n": count(self.waiting)} if self.waiting else ""),
            (_("Đối chiếu"), self._reconciling() if self.is_closed else ""),
            (_("Hai người ký"), signed if not self.seals or self.is_correcting else ""),
            (_("Niêm phong"), _("bản %(n)s") % {"n": self.seal.version} if self.seal else ""),
            (_("Công bố"), ""),
        ]

    def _reconciling(self) -> str:
        found = len(self.reconciliation.differences)
        return _("%(n)s chỗ lệch") % {"n": count(found)} if found else _("khớp")

    @property
    def next(self) -> NextStep | None:
        """The one thing to do; None when everything of the period is done."""
        team = _("thành viên Tổ kiểm phiếu")
        if self.is_mixing and self.job is not None:
            return self._at_mixing(self.job)
        for step in (self._before_closing, self._at_closing, self._at_reconciling, self._at_signing):
            if found := step(team):
                return found
        if self.is_published:
            return None
        return NextStep(_("Công bố %(period)s.") % self._named, who=team, act="publish")

    def _at_mixing(self, job: BoxJob) -> NextStep:
        told = {"opened": group(job.opened), "of": group(job.of)}
        said = _("đã mở %(opened)s trong %(of)s phong bì") % told if job.of else job.get_step_display()
        return NextStep(
            _("Máy trộn đang làm việc với hòm phiếu này."), missing=said, who=_("máy tự làm trong ít giây")
        )

    @property
    def _named(self) -> dict[str, str]:
        return {"period": self.period.label}

    def _before_closing(self, team: str) -> NextStep | None:
        if self.damaged or any(each.decided_at is None for each in self.damage):
            return NextStep(
                _("Ghi nhận dòng hỏng trong hòm phiếu."),
                missing=_("quyết định của thanh tra và một người thứ hai"),
                who=_("thanh tra, cùng một thành viên Tổ kiểm phiếu hoặc một thanh tra khác"),
                act="damage",
            )
        if self.unsettled.open_piles:
            number = {"n": count(self.unsettled.open_piles)}
            return NextStep(
                _("Nhập xong phiếu giấy."),
                missing=_("xác nhận của cả hai người cho %(n)s xấp đang nhập") % number,
                who=team,
                act="paper",
            )
        if self.state != OPEN:
            return None
        day = {"day": short_date(local_day(self.closes_from))}
        if self.unsettled.outstanding:
            number = {"n": count(self.unsettled.outstanding)}
            return NextStep(
                _("Nhập phiếu giấy đã thu về."),
                missing=_("%(n)s phiếu giấy đã phát, chưa nhập") % number,
                who=team,
                act="paper",
            )
        return NextStep(
            _("Chờ đến ngày %(day)s để khoá kỳ.") % day, who=_("máy tự làm; không ai phải làm gì lúc này")
        )

    def _at_closing(self, team: str) -> NextStep | None:
        if not self.is_closed and self.unsettled.outstanding:
            number = {"n": count(self.unsettled.outstanding)}
            return NextStep(
                _("Nhập phiếu giấy còn lại, hoặc khoá kỳ."),
                missing=_("%(n)s phiếu giấy đã phát, chưa nhập; khoá kỳ là cho các phiếu đó hết hạn")
                % number,
                who=team,
                act="close",
            )
        if not self.is_closed:
            return NextStep(
                _("Khoá kỳ: cho hết hạn phiếu chưa dùng và trộn lần cuối."),
                who=_("máy tự làm trong ít phút, hoặc thành viên Tổ kiểm phiếu"),
                act="close",
            )
        if self.waiting:
            number = {"n": count(self.waiting)}
            return NextStep(_("Trộn %(n)s phiếu nhập muộn.") % number, who=team, act="close")
        return None

    def _at_reconciling(self, team: str) -> NextStep | None:
        if self.reconciliation.broken:
            return NextStep(
                _("Chưa niêm phong được: sổ phát phiếu và hòm phiếu không khớp."),
                missing=_("kết luận của thanh tra; ghi chú không thay được, kỳ này và các kỳ sau để mở"),
                who=_("thanh tra"),
            )
        if missing := self.reconciliation.without_note:
            return NextStep(
                _("Ghi lý do của %(n)s chỗ lệch.") % {"n": count(len(missing))},
                missing=_("ghi chú của người đã tìm hiểu"),
                who=team,
                act="note",
            )
        return None

    def _at_signing(self, team: str) -> NextStep | None:
        if self.seals and not self.is_correcting:
            return None
        if self.earlier and not self.seals:
            named = {"period": self.earlier[0].label}
            return NextStep(_("Niêm phong %(period)s trước.") % named, who=team, act="earlier")
        if first := self.signed:
            said = {"name": first.signer.get_full_name()}
            return NextStep(
                _("Người thứ hai ký và niêm phong."),
                missing=_("chữ ký thứ hai"),
                who=_("thành viên Tổ kiểm phiếu, trừ người đã ký (%(name)s)") % said,
                act="sign",
            )
        title = _("Hai người ký bản đính chính.") if self.seals else _("Hai người ký và niêm phong.")
        return NextStep(title, missing=_("hai chữ ký"), who=team, act="correct" if self.seals else "sign")


def is_moving(office: Office, period: Period) -> bool:
    """Whether the room changes with the minute: a first signature waits for its day, or the mixer is at the box."""
    job = jobs.last_of(office, period)
    return sealing.open_signature(office) is not None or (job is not None and job.ended_at is None)


def waiting_rooms(office: Office, *, now: datetime) -> list[Room]:
    """The periods on their way to the seal, the earliest first: its turn comes first."""
    sealed = set(Seal.objects.of(office).values_list("period", flat=True))
    waiting = [each for each in periods_of(office) if str(each) not in sealed]
    return [enter(office=office, period=each, now=now) for each in waiting[:PERIODS_SHOWN]]


def enter(*, office: Office, period: Period, now: datetime, is_published: bool = False) -> Room:
    """The room of one office and period as it stands at an instant."""
    seals = list(
        Seal.objects.of(office).in_period(period).select_related("first", "second").order_by("version")
    )
    closed = is_closed(office, period)
    signature = sealing.open_signature(office)
    fate = sealing.fate_of(signature, now=now) if signature else None
    unsettled = paper.unsettled(office=office, period=period, is_sealed=bool(seals))
    waiting = waiting_in(office, period)
    # Late paper is in an open pile, in the box or released by now; without any, the counts are those of the seal.
    opened = Batch.objects.of(office).in_period(period).aggregate(n=Sum("ballots"))["n"] or 0
    is_late = bool(seals) and bool(
        unsettled.open_piles or waiting or opened != stated(seals[-1], "tree_size")
    )
    with revision.settled() if seals and not is_late else nullcontext():
        found = reconcile(office=office, period=period)
    return Room(
        office=office,
        period=period,
        state=SEALED if seals else CLOSING if now >= closes_from(period) else OPEN,
        closes_from=closes_from(period),
        is_closed=closed,
        is_correcting=is_late,
        unsettled=unsettled,
        waiting=waiting,
        reconciliation=found,
        signature=signature,
        fate=fate,
        voided=_voided(office, period, signature, fate),
        seals=seals,
        earlier=unsealed_before(office, period),
        damaged=stumbled_over(office, period) if waiting else 0,
        damage=list(damage(office, period).select_related("first", "second")),
        is_published=is_published,
        job=jobs.last_of(office, period),
    )


def _voided(
    office: Office, period: Period, waiting: FirstSignature | None, fate: SignatureEnd | None
) -> tuple[FirstSignature, SignatureEnd] | None:
    if waiting and waiting.period == str(period):
        return (waiting, fate) if fate else None
    last = FirstSignature.objects.of(office).in_period(period).select_related("signer").order_by("pk").last()
    if last and last.end in (SignatureEnd.CHANGED, SignatureEnd.EXPIRED):
        return last, SignatureEnd(last.end)
    return None


def stated(seal: Seal, name: str) -> int:
    """A count as the seal's text states it."""
    lines = evidence.stated(seal.text)
    return int(lines[name])
