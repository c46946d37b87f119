"""One pass over one database, from guards and texts to trees, roll-ups, seals and invariants."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone
from hashlib import sha256

from django.db.models import Count, Sum

from reports.ledger import hidden
from reports.ledger.released import Released
from reports.models import MonthCell, MonthSum, Seal, SlipSum, SlipTotal
from reports.month.partition import FLAGS
from surveys import evidence
from surveys.box import damage, mixing
from surveys.choices import SlipChannel, SlipState
from surveys.crypto import keys
from surveys.database import triggers
from surveys.evidence import stated
from surveys.models import (
    Ballot,
    Batch,
    Campaign,
    Office,
    OpenLane,
    Receipt,
    Redaction,
    Slip,
    Spent,
    UnreadBallot,
    VoidMark,
)
from surveys.models.register import SLIP_COUNTS
from surveys.reference.questionnaires import questionnaire_of

VIETNAM = timezone(timedelta(hours=7))
COLUMNS = (
    *("batch_id", "id", "counter", "procedure", "questionnaire_id"),
    *("answers", "extra", "salt", "x", "leaf"),
)


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold: where, and a sentence for the inspector. Never a word about one answer."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


def examine(*, against: Iterable[tuple[str, str]] = (), using: str = "default") -> list[Finding]:
    """All findings, [] when everything holds. ``against``: (name, signed note) of checkpoints and seals kept elsewhere."""
    return list(_Examination(using).findings(against))


class _Examination:
    """One pass over one database; keys and offices are read once."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.public = {line.name: line.public for line in keys.public_keys()}
        self.offices = Office.objects.using(using).in_bulk()
        self.redacted = set(Redaction.objects.using(using).values_list("pk", flat=True))
        self.seals: dict[tuple[int, str], list[Seal]] = defaultdict(list)
        for seal in Seal.objects.using(using).order_by("version"):
            self.seals[seal.office_id, seal.period].append(seal)

    def rows(self, model):
        return model.objects.using(self.using)

    def findings(self, against: Iterable[tuple[str, str]]) -> Iterator[Finding]:
        for name in triggers.missing(self.using):
            yield Finding("", f"khoá chỉ-ghi-thêm {name} bị gỡ, bị tắt hoặc bị sửa")
        for table in triggers.tables_without_rowid_missing(self.using):
            yield Finding("", f"bảng {table} giữ số thứ tự dòng")
        for office, period in damage.false_tags(using=self.using):
            yield Finding(self.name(office, period), "hòm phiếu có phiếu sai dấu kiểm")
        for each in self.offices.values():
            yield from self.chain(each)
        for office, period in sorted(self.periods()):
            yield from self.period(office, period)
        yield from self.counts()
        for name, note in against:
            yield from self.kept_elsewhere(name, note)

    def name(self, office: int, period: str) -> str:
        return f"{self.offices[office].code} {period}"

    def periods(self) -> set[tuple[int, str]]:
        found = set(self.seals)
        for model in (Batch, Ballot, Receipt):
            found |= set(self.rows(model).order_by().values_list("office", "period").distinct())
        return found

    # ── Texts and their chains ─────────────────────────────────────────────────────────

    def opened(self, note: str) -> str | None:
        try:
            return evidence.open_note(note, self.public)
        except evidence.EvidenceError:
            return None

    def chain(self, office: Office) -> Iterator[Finding]:
        """Every checkpoint and every seal of an office: signed, about its own row, and naming the one before."""
        previous = evidence.NO_SEAL
        for batch in self.rows(Batch).filter(office=office).order_by("pk"):
            where = f"{office.code} {batch.period}, lần trộn {batch.number}"
            text = self.opened(batch.checkpoint)
            if text is None:
                yield Finding(where, "chữ ký của điểm kiểm không đúng")
                continue
            own = (office.code, batch.period, str(batch.number), str(batch.mixed_on), previous)
            if tuple(stated(text)[key] for key in ("office", "period", "batch", "date", "previous")) != own:
                yield Finding(where, "điểm kiểm không nối tiếp lần trước, hoặc nói về lần trộn khác")
            previous = evidence.digest(text)
        previous = evidence.NO_SEAL
        for seal in self.rows(Seal).filter(office=office).order_by("pk"):
            where = f"{office.code} {seal.period}, niêm phong bản {seal.version}"
            if self.opened(seal.note) != seal.text:
                yield Finding(where, "chữ ký của niêm phong không đúng")
                continue
            at = seal.sealed_at.astimezone(VIETNAM).isoformat(timespec="seconds")
            sealed = (office.code, seal.period, str(seal.version), seal.reason, at, previous)
            lines = stated(seal.text)
            told = tuple(
                lines[key] for key in ("office", "period", "version", "reason", "sealed_at", "previous")
            )
            if told != sealed or seal.code != evidence.seal_code(seal.text):
                yield Finding(where, "niêm phong không nối tiếp bản trước, hoặc nói về kỳ khác")
            previous = evidence.digest(seal.text)

    # ── One period ─────────────────────────────────────────────────────────────────────

    def period(self, office_id: int, period: str) -> list[Finding]:
        """The period's findings; read again when a mix came in between, which would look like tampering."""
        while True:
            batches = self.batches(office_id, period)
            found = list(self.period_with(self.offices[office_id], period, batches))
            if not found or len(batches) == len(self.batches(office_id, period)):
                return found

    def batches(self, office_id: int, period: str) -> list[Batch]:
        return list(self.rows(Batch).filter(office=office_id, period=period).order_by("number"))

    def period_with(self, office: Office, period: str, batches: list[Batch]) -> Iterator[Finding]:
        where = self.name(office.pk, period)
        if [batch.number for batch in batches] != list(range(1, len(batches) + 1)):
            yield Finding(where, "các lần trộn không liền số")
        own = {"office": office, "period": period}
        marks = dict(
            self.rows(VoidMark)
            .filter(ballot__office=office, ballot__period=period)
            .values_list("pk", "reason")
        )
        receipts = sorted(self.rows(Receipt).filter(**own).values_list("hash", flat=True))
        released = Released(office.code, period, marks, self.redacted)
        ballots = self.rows(Ballot).filter(**own).order_by("batch__number", "leaf").values_list(*COLUMNS)
        waiting = {batch.pk: n for n, batch in enumerate(batches)}
        by_batch: list[int] = [0] * len(batches)
        roots = [evidence.root([]).hex()]
        for batch_id, *row in ballots.iterator(chunk_size=5000):
            if batch_id not in waiting:
                yield Finding(where, "có phiếu thuộc lần trộn của kỳ khác")
                continue
            by_batch[waiting[batch_id]] += 1
            yield from (Finding(where, what) for what in released.add(row))
        yield from self.trees(where, batches, by_batch, released, receipts, roots)
        yield from self.rolled_up(office, period, batches, released)
        for seal in self.seals[office.pk, period]:
            yield from self.sealed(where, seal, released, receipts)
            yield from self.kept_sums(where, seal)

    def trees(self, where, batches, by_batch, released, receipts, roots) -> Iterator[Finding]:
        """The audit tree at every checkpoint; receipts and voids, which carry no batch, at the last one."""
        tree, done = evidence.GrowingTree(), 0
        for batch, n in zip(batches, by_batch, strict=True):
            for row in released.ballots[done : done + n]:
                tree.add(row.leaf)
            done += n
            lines = stated(batch.checkpoint)
            if (lines.get("audit_size"), lines.get("audit_root")) != (str(tree.size), tree.root().hex()):
                yield Finding(where, f"các phiếu không khớp điểm kiểm của lần trộn {batch.number}")
            if n != batch.ballots:
                yield Finding(where, f"lần trộn {batch.number} ghi {batch.ballots} phiếu, tìm thấy {n}")
        if not batches:
            if released.ballots or receipts:
                yield Finding(where, "có phiếu hoặc biên nhận mà không có lần trộn nào")
            return
        ledger = released.ledger((), len(released.ballots), receipts)
        if (lines.get("receipts_size"), lines.get("receipts_root")) != (
            str(len(receipts)),
            ledger.receipts_root,
        ):
            yield Finding(where, "các biên nhận không khớp điểm kiểm cuối")
        if (lines.get("voids_size"), lines.get("voids_root")) != (str(len(ledger.voids)), ledger.voids_root):
            yield Finding(where, "các phiếu không hợp lệ không khớp điểm kiểm cuối")

    def rolled_up(
        self, office: Office, period: str, batches: list[Batch], released: Released
    ) -> Iterator[Finding]:
        """The sums that pages print. What waits for a seal or its correction may be left out."""
        key = {"office": office, "period": period}
        cells = (
            self.rows(MonthCell)
            .filter(**key)
            .values_list("counter", "procedure", "ballots", "valid", "satisfied", "void")
        )
        sums = self.rows(MonthSum).filter(**key)
        told = (
            set(cells),
            set(sums.values_list("counter", "procedure", "questionnaire", "criterion", "level", "n")),
        )
        if not told[0]:
            return
        whole = len(released.ballots)
        sizes = {whole} | {int(stated(seal.text)["audit_size"]) for seal in self.seals[office.pk, period]}
        if batches and batches[-1].is_closing:
            sizes.add(whole - batches[-1].ballots)
        if not any(told == released.sums(size) for size in sorted(sizes, reverse=True)):
            yield Finding(self.name(office.pk, period), "số cộng dồn khác số đếm lại từ phiếu")
        elif hidden.differs(*self.marked(office, period), released):
            yield Finding(
                self.name(office.pk, period), "nhóm được ẩn tiếp từ bản trước khác kết quả tính lại"
            )

    def marked(self, office: Office, period: str) -> tuple[list[hidden.Marked], list[Seal]]:
        """The marks of the roll-ups and the seals they rest on; read again while another version is sealed."""
        key = {"office": office, "period": period}
        seals = self.rows(Seal).filter(**key).order_by("version")
        while True:
            before = list(seals)
            cells = list(self.rows(MonthCell).filter(**key).values_list("counter", "procedure", *FLAGS))
            if before == list(seals.all()):
                return cells, before

    def sealed(self, where: str, seal: Seal, released: Released, receipts: list[str]) -> Iterator[Finding]:
        """One version against what was released up to it: a correction only adds, at the end of the audit tree."""
        lines = stated(seal.text)
        size = int(lines["audit_size"])
        if size > len(released.ballots):
            yield Finding(
                where, f"niêm phong bản {seal.version} đếm {size} phiếu, còn {len(released.ballots)}"
            )
            return
        ledger = released.ledger(evidence.stated_criteria(lines["criteria"]), size, receipts)
        counts = ledger.counts
        levels = counts.pop("levels")
        found = {
            **counts,
            "levels": " ".join(
                f"{one.code}/{level}={levels[one.code, level]}"
                for one in ledger.criteria
                for level in range(100)
                if levels.get((one.code, level))
            ),
            "returned": size,
            "paper": size - len(receipts),
            "tree_size": size,
            "tree_root": ledger.tree_root,
            "audit_root": ledger.audit_root,
            "receipts_size": len(receipts),
            "receipts_root": ledger.receipts_root,
            "voids_size": len(ledger.voids),
            "voids_root": ledger.voids_root,
            **{f"sha256_{name}": sha256(content).hexdigest() for name, content in ledger.files.items()},
            **self.register(seal, waiting=len(released.ballots) - size),
        }
        if versions := released.versions:
            found["criteria"] = ";".join(map(str, questionnaire_of(min(versions)).counted))
        differing = [key for key, value in found.items() if lines[key] != str(value)]
        if differing:
            yield Finding(where, f"niêm phong bản {seal.version} khác số đếm lại: {', '.join(differing)}")

    def kept_sums(self, where: str, seal: Seal) -> Iterator[Finding]:
        """What pages print of the slips of a sealed period; nothing where it was sealed before sums were kept."""
        sums, lines = {name: Sum(name) for name in SLIP_COUNTS}, stated(seal.text)
        kept = [self.rows(model).filter(seal=seal).aggregate(**sums) for model in (SlipSum, SlipTotal)]
        differing = [
            name
            for name in SLIP_COUNTS
            if any(one[name] is not None and lines[name] != str(one[name]) for one in kept)
        ]
        if differing:
            names = ", ".join(differing)
            yield Finding(where, f"niêm phong bản {seal.version} khác số phiếu đã cộng kèm theo: {names}")

    def register(self, seal: Seal, *, waiting: int) -> dict[str, int]:
        """What the register says of a sealed period; of an earlier version only what a correction never changes."""
        slips = self.rows(Slip).filter(office=seal.office_id, period=seal.period)
        states = Counter(dict(slips.order_by().values_list("state").annotate(n=Count("pk"))))
        opened = self.rows(OpenLane).total(office=seal.office_id, period=seal.period)
        found = {"issued": sum(states.values()) + opened, "cancelled": states[SlipState.CANCELLED]}
        last = self.seals[seal.office_id, seal.period][-1]
        if (
            seal is last
            and not waiting
            and states[SlipState.USED] + opened == int(stated(seal.text)["returned"])
        ):
            found["expired"] = states[SlipState.EXPIRED]
        return found

    # ── The invariants ─────────────────────────────────────────────────────────────────

    def counts(self) -> Iterator[Finding]:
        """Used slips = spent rows = boxed + released ballots; receipts = ballots − paper. Read again while casts come in."""
        found = self.unequal()
        again = self.unequal() if found else {}
        for key in sorted(found.keys() & again.keys()):
            if found[key] == again[key]:
                yield Finding(self.name(*key), again[key])

    def unequal(self) -> dict[tuple[int, str], str]:
        used_slips = self.rows(Slip).filter(state=SlipState.USED)
        used = _by_period(used_slips)
        paper = _by_period(used_slips.filter(channel=SlipChannel.PAPER))
        spent = _by_period(self.rows(Spent), "slip__office", "slip__period")
        astray = _by_period(
            self.rows(Spent).exclude(slip__state=SlipState.USED), "slip__office", "slip__period"
        )
        boxed = mixing.box_counts(using=self.using)
        opened = Counter(self.rows(OpenLane).by_period())  # a campaign's open answers have no slip
        ballots, receipts = _by_period(self.rows(Ballot)), _by_period(self.rows(Receipt))
        # Only letters' boxes destroy anything unopened; their ballots are never paper.
        letters = self.rows(Campaign).of_letters().values("slug")
        unread = _by_period(self.rows(UnreadBallot).filter(period__in=letters))
        said = {}
        for key in {*used, *spent, *boxed, *ballots, *receipts, *opened, *unread}:
            waiting, digital = boxed.get(key, (0, 0))
            waiting, digital = waiting - opened[key], digital - opened[key]
            counted = waiting + ballots[key] + unread[key]
            if not used[key] == spent[key] == counted or astray[key]:
                said[key] = (
                    f"phiếu đã dùng {used[key]}, dòng đã thu {spent[key]}, phiếu trong hòm và đã mở {counted}: phải bằng nhau"
                )
            elif digital + receipts[key] + unread[key] != counted - paper[key]:
                said[key] = (
                    f"biên nhận {digital + receipts[key] + unread[key]}, phiếu không phải giấy {counted - paper[key]}: phải bằng nhau"
                )
        return said

    # ── What was kept elsewhere ────────────────────────────────────────────────────────

    def kept_elsewhere(self, name: str, note: str) -> Iterator[Finding]:
        """A checkpoint or seal that once left the house must still be known word for word."""
        text = self.opened(note)
        if text is None:
            yield Finding(name, "không phải điểm kiểm hay niêm phong do khoá của đơn vị ký")
        elif not self.knows(text):
            yield Finding(
                name,
                "đã ký và đã gửi ra ngoài nhưng cơ sở dữ liệu không còn: dữ liệu bị đưa về bản cũ hoặc bị viết lại",
            )

    def knows(self, text: str) -> bool:
        title, *words = text.split("\n", 1)[0].split(" ")
        if title == "kbnn-small-v1":
            office, period, code = words
            return self.rows(Seal).filter(office__code=office, period=period, code=code).exists()
        lines = stated(text)
        own = {"office__code": lines["office"], "period": lines["period"]}
        if title == "kbnn-seal-v1":
            return self.rows(Seal).filter(**own, version=lines["version"], text=text).exists()
        batch = self.rows(Batch).filter(**own, number=lines["batch"]).first()
        return batch is not None and batch.checkpoint.partition("\n\n")[0] + "\n" == text


def _by_period(rows, office: str = "office", period: str = "period") -> Counter[tuple[int, str]]:
    counted = rows.order_by().values_list(office, period).annotate(n=Count("pk"))
    return Counter({(of, name): n for of, name, n in counted})
