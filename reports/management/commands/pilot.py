"""Load the pilot office; --replay plays the article's year, --campaign the survey of 2023. Run again, it changes nothing."""

from __future__ import annotations

import sys
from time import monotonic

from django.core.management import BaseCommand, CommandError

from reports import standings
from reports.month import rollups
from reports.pilot.documents import set_papers
from reports.pilot.replay import follow_up_year, rank_campaign, seal_year
from surveys.models import Campaign, Office, User
from surveys.setup.pilot import campaign as replay_campaign
from surveys.setup.pilot import office as pilot_office
from surveys.setup.pilot import replay
from surveys.setup.pilot.plan import MONTHS
from surveys.vietnamese import group

WIDTH = 40


class Command(BaseCommand):
    help = "Nạp đơn vị minh hoạ; --replay chạy lại 13 tháng của bài báo."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--replay", action="store_true", help="chạy lại 13 tháng 6/2022–6/2023")
        parser.add_argument("--campaign", action="store_true", help="chạy lại đợt khảo sát toàn quốc 2023")

    def handle(self, *args, **options) -> None:
        if Office.objects.filter(is_pilot=False).exists():
            raise CommandError("Cơ sở dữ liệu này đã có đơn vị thật; không nạp số liệu minh hoạ vào đây.")
        office = pilot_office.load_office()
        if lines := pilot_office.load_people(office):
            self.stdout.write(f"Tài khoản minh hoạ: {pilot_office.write_logins(lines)}")
        set_papers(office)
        if options["replay"]:
            self.replay(office)
        if options["campaign"]:
            self.campaign(office)

    def replay(self, office: Office) -> None:
        months = replay.unplayed(office)
        if not months:
            seal_year(office)  # it broke off between the last closing and its seal
            follow_up_year(office)
            return
        total = sum(issued + returned for month, issued, returned in MONTHS if month in months)
        bar = Bar(self.stdout, total)
        with replay.replaying():
            for month in months:
                for _event in replay.play(office, month):
                    bar.advance(month.label)
                rollups.roll_up(office=office, period=month)
                seal_year(office)
        follow_up_year(office)
        bar.end()

    def campaign(self, office: Office) -> None:
        """The 2023 campaign, from its set-up to its published standings."""
        by, second = (User.objects.get(username=name) for name in ("head", "head2"))
        campaign = replay_campaign.set_the_stage(by=by)
        if campaign.standings.filter(publication__isnull=False).exists():
            return
        bar = Bar(self.stdout, 2 * campaign.units.count())
        if not replay_campaign.is_played():
            for _unit in replay_campaign.play(campaign):
                bar.advance("Đợt khảo sát 2023")
        for _unit in standings.close_and_count(campaign=campaign, now=campaign.period.bounds()[1]):
            bar.advance("Chấm điểm đợt 2023")
        rank_campaign(Campaign.objects.get(pk=campaign.pk), office, first=by, second=second)
        bar.end()


class Bar:
    """A line that grows on a terminal, a line a month in a log."""

    def __init__(self, out, total: int) -> None:
        self.out, self.total, self.done = out, total, 0
        self.started, self.shown = monotonic(), 0.0
        self.lively = sys.stdout.isatty()
        self.label = ""

    def advance(self, label: str) -> None:
        self.done += 1
        now = monotonic()
        if self.lively and now - self.shown > 0.2:
            self.shown = now
            filled = min(WIDTH, WIDTH * self.done // self.total)
            self.out.write(f"\r  [{'#' * filled}{'.' * (WIDTH - filled)}] {label:<16}", ending="")
            self.out.flush()
        if not self.lively and label != self.label:
            self.out.write(f"  {label}")
        self.label = label

    def end(self) -> None:
        seconds = monotonic() - self.started
        self.out.write(
            f"{chr(13) if self.lively else ''}  Đã chạy lại {group(self.done)} việc trong {seconds:.0f} giây."
        )
