"""Play the scenarios of stuffing on generated counters and say how many are found, and how often nothing is taken for it."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from collections import Counter
from math import sqrt

from django.core.management import BaseCommand, CommandError

from reports.integrity import drill

#: A share of so many games may miss the expected one by three standard errors, and by what another made-up month may do.
ERRORS, MODEL = 3, 0.05
HONEST_GAMES = 10  # honest months a stuffed one: what is looked for there is rare


class Command(BaseCommand):
    help = "Diễn tập gian lận A–E trên quầy giả lập 4, 8, 16 phiếu một ngày: bắt được bao nhiêu, báo nhầm bao nhiêu."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=100, help="số tháng–quầy mỗi ô (mặc định 100)")
        parser.add_argument("--seed", default="stuffing", help="hạt giống; cùng hạt giống thì cùng kết quả")

    def handle(self, *args, months: int, seed: str, **options) -> None:
        missed = []
        self.stdout.write(
            "Báo nhầm ở quầy trung thực, mỗi tháng–quầy (bảng: ngưỡng chung, chưa chỉnh theo quầy)"
        )
        for size, expected in zip(drill.SIZES, drill.EXPECTED_FALSE_ALARMS, strict=True):
            share, codes = self._games(None, size, months * HONEST_GAMES, seed)
            self._tell(size, share, f"bảng {expected:.4f}".replace(".", ","), codes)
            if share > _highest(max(expected, drill.MOST_FALSE_ALARMS), months * HONEST_GAMES):
                missed.append(f"báo nhầm, {size} phiếu một ngày")
        for scenario, row in drill.EXPECTED_POWER.items():
            self.stdout.write(f"Kịch bản {scenario}: {drill.WORDS[scenario]}")
            for size, expected in zip(drill.SIZES, row, strict=True):
                share, codes = self._games(scenario, size, months, seed)
                self._tell(size, share, f"bảng {expected:.2f}".replace(".", ","), codes)
                if share < _lowest(expected, months):
                    missed.append(f"kịch bản {scenario}, {size} phiếu một ngày")
        if missed:
            raise CommandError(f"Kém bảng: {'; '.join(missed)}.")
        self.stdout.write("Đạt bảng ở mọi ô.")

    def _games(self, scenario: str | None, size: int, months: int, seed: str) -> tuple[float, Counter]:
        rng = random.Random(f"{seed} {scenario} {size}")  # noqa: S311 - a game that can be repeated
        codes, any_signal = Counter(), 0
        for _month in range(months):
            found = {finding.code for finding in drill.play(scenario, size, rng)}
            codes.update(found)
            any_signal += bool(found)
        return any_signal / months, Counter({code: n / months for code, n in codes.items()})

    def _tell(self, size: int, share: float, table: str, codes: Counter) -> None:
        each = " ".join(f"{code} {rate:.3f}" for code, rate in sorted(codes.items())) or "không"
        self.stdout.write(f"  {size:>2} phiếu/ngày: {share:.4f} ({table}); {each}".replace(".", ","))


def _lowest(expected: float, games: int) -> float:
    return expected - ERRORS * sqrt(expected * (1 - expected) / games) - MODEL


def _highest(expected: float, games: int) -> float:
    return expected + ERRORS * sqrt(expected * (1 - expected) / games)
