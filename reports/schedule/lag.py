"""How far the scheduled work is behind, for whoever watches the server: participation and dates, no answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from reports.models import DueRun
from surveys.box import inspection
from surveys.box.mixing import boxes_waiting
from surveys.models import Batch, BoxTrouble
from surveys.periods import local_day

ROUND = "due-round"
LATEST = 500  # rows of the schedule that are looked at: some days of an office, a night of a province


@dataclass(frozen=True)
class Watch:
    """Ages and lag in seconds; None where nothing ever happened.

    ``mix_lag``: how long a box has waited this night for its mix, or since when a mix broke off; 0 in order.
    ``mixer_age``: since the mixer looked into the boxes; ``unopenable``: waiting ballots that did not open then.
    ``checkpoint_age`` counts from the beginning of the day of the last mix, since no hour of it is kept.
    """

    boxes: int
    ballots: int
    mix_lag: float
    checkpoint_age: float | None
    job_age: float | None
    round_age: float | None
    mixer_age: float | None
    unopenable: int


def end_of_round(*, now: datetime) -> None:
    """Note that the scheduled work went through its list once, on whichever node."""
    cache.set(ROUND, now.timestamp(), None)


def look(*, now: datetime) -> Watch:
    boxes = boxes_waiting()
    jobs = list(DueRun.objects.order_by("-pk").values_list("job", "due_on", "taken_at", "done_at")[:LATEST])
    ended = [done_at for _job, _due_on, _taken_at, done_at in jobs if done_at]
    rounds, (mixer, _has_key) = cache.get(ROUND), inspection.mixer_seen()
    last = Batch.objects.order_by("-pk").values_list("mixed_on", flat=True).first()
    return Watch(
        boxes=len(boxes),
        ballots=sum(n for _office, _period, n in boxes),
        mix_lag=_mix_lag({f"mix {office.code} {period}" for office, period, _n in boxes}, jobs, now),
        checkpoint_age=_seconds(timezone.make_aware(datetime.combine(last, time())), now) if last else None,
        job_age=_seconds(max(ended), now) if ended else None,
        round_age=now.timestamp() - rounds if rounds else None,
        mixer_age=now.timestamp() - mixer if mixer else None,
        unopenable=sum(each.damaged + each.keyless for each in BoxTrouble.objects.all()),
    )


def _mix_lag(wanted: set[str], jobs: list[tuple], now: datetime) -> float:
    today, local = local_day(now), timezone.localtime(now)
    night = local.replace(hour=settings.MIX_HOUR, minute=0, second=0, microsecond=0)
    taken = {job for job, due_on, _taken_at, _done_at in jobs if due_on == today}
    late = [_seconds(night, now)] if now > night and wanted - taken else []
    late += [
        _seconds(taken_at, now)
        for job, due_on, taken_at, done_at in jobs
        if job.startswith("mix ") and not done_at and due_on >= today - timedelta(days=7)
    ]
    return max(late, default=0.0)


def _seconds(since: datetime, now: datetime) -> float:
    return (now - since).total_seconds()
