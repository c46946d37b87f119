"""Load the pilot office; --replay plays the article's year, --campaign the survey of 2023. Run again, it changes nothing."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from time import monotonic

from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.utils import timezone

from kbnn_survey.sqlite3 import turns
from reports import standings
from reports.month import rollups
from reports.pilot.documents import set_documents
from reports.pilot.replay import follow_up_year, rank_campaign, seal_year
from surveys.models import Campaign, Office, User
from surveys.setup import trying
from surveys.setup.pilot import campaign as replay_campaign
from surveys.setup.pilot import office as pilot_office
from surveys.setup.pilot import played, progress, replay, today
from surveys.setup.pilot.plan import MONTHS
from surveys.vietnamese import group

WIDTH = 40
#: Counting a unit of the campaign takes about as long as so many of its answers.
COUNTING = 50


class Command(BaseCommand):
    help = "Nạp đơn vị minh hoạ; --replay chạy lại 13 tháng của bài báo."
    requires_system_checks: list[
        str
    ] = []  # they import every page there is, which takes longer than the rest

    def add_arguments(self, parser) -> None:
        parser.add_argument("--replay", action="store_true", help="chạy lại 13 tháng 6/2022–6/2023")
        parser.add_argument("--campaign", action="store_true", help="chạy lại đợt khảo sát toàn quốc 2023")
        parser.add_argument(
            "--serving",
            action="store_true",
            help="bên cạnh máy chủ: mở tháng này, nhường lượt cho người gửi phiếu, rồi làm việc theo lịch",
        )
        parser.add_argument(
            "--expect", action="store_true", help="báo trước trên /readyz rằng sắp chạy lại, nếu chưa chạy"
        )
        parser.add_argument("--again", action="store_true", help="trả cơ sở dữ liệu về lúc vừa chạy lại xong")

    def handle(self, *args, **options) -> None:
        if Office.objects.filter(is_pilot=False).exists():
            raise CommandError("Cơ sở dữ liệu này đã có đơn vị thật; không nạp số liệu minh hoạ vào đây.")
        if options["again"]:
            played.put_back()
        office = pilot_office.load_office()
        if lines := pilot_office.load_people(office):
            self.stdout.write(f"Tài khoản minh hoạ: {pilot_office.write_logins(lines)}")
        set_documents(office)
        if options["expect"] or options["serving"]:
            # Before the year: whoever comes first finds the counter at work and its tablet paired.
            trying.pair_tablet(office, now=timezone.now())
            today.play(office, now=timezone.now())
        if options["expect"] and (replay.unplayed(office) or not replay_campaign.is_played()):
            progress.write(progress.Progress(0, 1, ""))
        months = replay.unplayed(office) if options["replay"] else []
        campaign = self.campaign_to_play() if options["campaign"] else None
        total = sum(issued + returned for month, issued, returned in MONTHS if month in months)
        if campaign:
            total += replay_campaign.planned(campaign) + COUNTING * campaign.units.count()
        self.bar = Bar(self.stdout, total, serving=options["serving"])
        with progress.shown(total) if total else nullcontext():
            self.replay(office, months)
            self.finish_year(office, options["replay"])
            if campaign:
                self.campaign(campaign, office)
        if total:
            self.bar.end()
        if options["serving"]:
            played.keep()
            call_command("run_due", loop=True)

    def replay(self, office: Office, months: list) -> None:
        for month in months:
            for acts in replay.play(office, month):
                self.bar.advance(month.label, acts)
            rollups.roll_up(office=office, period=month)
            seal_year(office)

    def finish_year(self, office: Office, is_asked: bool) -> None:
        """Whatever an interruption left between the last closing, its seal and what follows it."""
        if is_asked:
            seal_year(office)
            follow_up_year(office)

    def campaign_to_play(self) -> Campaign | None:
        """The 2023 campaign, unless its standings are published already."""
        campaign = replay_campaign.set_the_stage(by=User.objects.get(username="head"))
        return None if campaign.standings.filter(publication__isnull=False).exists() else campaign

    def campaign(self, campaign: Campaign, office: Office) -> None:
        """From its first answer to its published standings."""
        if not replay_campaign.is_played():
            for answers in replay_campaign.play(campaign):
                self.bar.advance("Đợt khảo sát 2023", answers)
        for _unit in standings.close_and_count(campaign=campaign, now=campaign.period.bounds()[1]):
            self.bar.advance("Chấm điểm đợt 2023", COUNTING)
        first, second = (User.objects.get(username=name) for name in ("head", "head2"))
        rank_campaign(Campaign.objects.get(pk=campaign.pk), office, first=first, second=second)


class Bar:
    """A line that grows on a terminal, a line a month in a log; and the same for the pages, once a second."""

    def __init__(self, out, total: int, *, serving: bool) -> None:
        self.out, self.total, self.done, self.serving = out, total, 0, serving
        self.started, self.shown = monotonic(), 0.0
        self.lively = sys.stdout.isatty() and not serving  # beside a server the terminal is the server's
        self.label = ""

    def advance(self, label: str, acts: int) -> None:
        self.done += acts
        now = monotonic()
        if now - self.shown > 0.5:
            self.shown = now
            progress.write(progress.Progress(self.done, self.total, label))
            if self.lively:
                filled = min(WIDTH, WIDTH * self.done // self.total)
                self.out.write(f"\r  [{'#' * filled}{'.' * (WIDTH - filled)}] {label:<18}", ending="")
                self.out.flush()
        if not self.lively and not self.serving and label != self.label:
            self.out.write(f"  {label}")
        self.label = label
        if self.serving and connection.vendor == "sqlite":
            turns.give_way(Path(connection.settings_dict["NAME"]))

    def end(self) -> None:
        seconds = monotonic() - self.started
        self.out.write(
            f"{chr(13) if self.lively else ''}  Đã chạy lại {group(self.done)} việc trong {seconds:.0f} giây."
        )
