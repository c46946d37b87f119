"""The ballots of one period as they were released, every leaf computed anew."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from reports.ledger.reading import Ledger
from surveys import evidence
from surveys.reference.questionnaires import questionnaire_of


class Released:
    """The ballots of one period in the order of the audit tree, every leaf computed anew."""

    def __init__(self, office: str, period: str, marks: dict[str, str], redacted: set[str]) -> None:
        self.office, self.period, self.marks, self.redacted = office, period, marks, redacted
        self.ballots: list[evidence.BallotRow] = []
        self.cells: list[tuple[str, str, int]] = []  # counter, procedure, questionnaire
        self._answers: dict[str, dict] = {}

    @property
    def versions(self) -> set[int]:
        return {version for _counter, _procedure, version in self.cells}

    def add(self, row: list) -> Iterator[str]:
        """Take one ballot in; says what is wrong with it."""
        name, counter, procedure, version, text, extra, salt, x, leaf = row
        answers = self._answers.get(text)
        if answers is None:
            answers = self._answers[text] = json.loads(text)
        if extra is None:
            if name not in self.redacted:
                yield f"phiếu {name} mất phần chữ mà không có biên bản xoá"
        elif not self.says(extra, salt, x, counter, procedure):
            yield f"phiếu {name}: quầy, thủ tục hoặc phần chữ không khớp cam kết"
        computed = evidence.ballot_leaf(id=name, answers=answers, period=self.period, office=self.office, x=x)
        if computed.hex() != leaf:
            yield f"phiếu {name} không khớp lá của nó"
        self.ballots.append(evidence.BallotRow(computed, name, answers, x))
        self.cells.append((counter, procedure, version))

    @staticmethod
    def says(extra: str, salt: str, x: str, counter: str, procedure: str) -> bool:
        try:
            said = json.loads(extra)
            return (said["counter"], said["procedure"]) == (counter, procedure) and evidence.x_of(
                bytes.fromhex(salt), extra
            ) == x
        except (ValueError, TypeError, KeyError):
            return False

    def ledger(self, criteria: tuple[evidence.Criterion, ...], size: int, receipts: list[str]) -> Ledger:
        """The first ``size`` ballots as they were sealed."""
        rows = self.ballots[:size]
        names = {row.id for row in rows}
        return Ledger(
            criteria=criteria,
            ballots=sorted(rows, key=lambda row: row.leaf),
            audit=[row.leaf for row in rows],
            receipts=receipts,
            voids=sorted((name, reason) for name, reason in self.marks.items() if name in names),
        )

    def sums(self, size: int) -> tuple[set[tuple], set[tuple]]:
        """The roll-ups of the first ``size`` ballots, as rows of MonthCell and MonthSum."""
        cells: dict[tuple, Counter] = defaultdict(Counter)
        levels: Counter[tuple] = Counter()
        for row, (counter, procedure, version) in zip(self.ballots[:size], self.cells, strict=False):
            cell = cells[counter, procedure]
            cell["ballots"] += 1
            if row.id in self.marks:
                cell["void"] += 1
                continue
            cell["valid"] += 1
            cell["satisfied"] += evidence.satisfied(row.answers, questionnaire_of(version).counted)
            levels.update(
                (counter, procedure, version, code, level)
                for code, level in row.answers.items()
                if level is not None
            )
        return (
            {
                (*key, cell["ballots"], cell["valid"], cell["satisfied"], cell["void"])
                for key, cell in cells.items()
            },
            {(*key, n) for key, n in levels.items()},
        )
