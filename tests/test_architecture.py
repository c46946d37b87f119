"""Who may import whom, and what no module may do: read off the source, so that no server is needed to break it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 400

# Each module imports only what stands to its right; a package counts as one, and orders itself.
ORDER = {
    "surveys": "urls management pilot apps checks admin admin_reference api views machines problems campaign_pages ballot_pages "
    "customer_pages desk handing importing forms_counter forms_paper forms_campaign forms_admin forms accounts founding "
    "reference restoring tablets letters campaigning paper mixing casting finding pads issuing printing places sheets filled retention audit context "
    "throttle crowding privacy roles grants guards frozen dumps keys skeletons prepared models querysets choices templatetags vietnamese periods "
    "codes evidence",
    "reports": "urls management watching apps admin context views api forms_follow_up forms_contact forms_signals forms_papers forms forms_campaigns forms_counting scans documents static_tree results ranking exports questionnaire_tables xlsx_reading "
    "alerts dials sentences charts timing below snapshot past readings deeds cases directions campaign_room standings counting_room sealing deciding stuffing counting alarms checking "
    "checkpoints publishing retention ledger variation figures participation recounting rollups models querysets scoring rank integrity clock tally statistics "
    "verify",
}
# The doors through which reports may see surveys: its rows and words, its pure modules, its verbs, and what the pages of
# both apps share. Further doors belong to one module each, named before the colon.
DOORS = (
    "models choices querysets sheets evidence codes keys periods vietnamese issuing casting mixing paper audit "
    "campaigning letters restoring retention customer_pages forms filled context machines problems"
)
OWN_DOORS = {
    "reports.apps": {"guards"},
    "reports.admin": {"admin"},
    "reports.ledger": {"guards"},
    "reports.exports": {"printing"},
    "reports.results.static_site": {"context"},
    "reports.management": {"pilot"},
}
PURE = {
    f"surveys.{name}"
    for name in ("codes", "evidence", "periods", "vietnamese", "pilot.plan", "pilot.campaign_plan")
} | {
    f"reports.{name}"
    for name in (
        "clock",
        "integrity",
        "scoring",
        "rank",
        "tally",
        "statistics",
        "figures",
        "variation",
        "verify",
        "scoring",
        "rank",
    )
}
READS_THE_BOX = {f"surveys.{name}" for name in ("casting", "mixing", "paper", "models")}
NAMES_THE_BOX = READS_THE_BOX | {
    "surveys.database.triggers",
    "surveys.database.grants",
}  # looks at the table's making, not into it
PUBLIC_VIEWS = {
    "surveys.ballot.views",
    "surveys.ballot.tablet_views",
    "kbnn_survey.health",
    "surveys.campaigns.views",
    "reports.results.receipt_views",
    "reports.results.views",
    "reports.standings.views",
}
# A verb or a query is told what time it is.
TOLD_THE_TIME = {
    f"surveys.{name}"
    for name in (
        "issuing",
        "casting",
        "mixing",
        "paper",
        "tablets",
        "handing",
        "pads",
        "querysets",
        "models",
        "campaigning",
        "crowding",
    )
} | {
    f"reports.{name}"
    for name in (
        "counting",
        "sealing",
        "stuffing",
        "counting_room",
        "deciding",
        "scans",
        "rollups",
        "participation",
        "snapshot",
        "readings",
        "cases",
        "directions",
        "timing",
        "below",
        "alerts",
        "querysets",
        "models",
    )
}
TELLS_NOTHING = {"utils", "helpers", "common", "core", "mixins", "signals"}


@dataclass(frozen=True)
class Module:
    """One source file by its dotted name; ``imports`` and ``words`` leave out what only a type checker sees."""

    name: str
    source: str

    @cached_property
    def nodes(self) -> list[ast.AST]:
        def walk(node: ast.AST) -> Iterator[ast.AST]:
            if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
                return
            yield node
            for child in ast.iter_child_nodes(node):
                yield from walk(child)

        return list(walk(ast.parse(self.source)))

    @cached_property
    def imports(self) -> set[str]:
        plain = {alias.name for node in self.nodes if isinstance(node, ast.Import) for alias in node.names}
        return plain | {
            f"{node.module}.{alias.name}"
            for node in self.nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def is_in(self, places: set[str]) -> bool:
        return any(f"{self.name}.".startswith(f"{place}.") for place in places)

    @property
    def room(self) -> tuple[str, str]:
        app, _, rest = self.name.partition(".")
        return app, rest.partition(".")[0]


def rooms_of(imports: set[str]) -> set[tuple[str, str]]:
    """(app, room) of everything imported from the two apps."""
    return {Module(name, "").room for name in imports if name.partition(".")[0] in ORDER}


def wrong_direction(module: Module) -> Iterator[str]:
    app, room = module.room
    if app not in ORDER or not room:
        return
    order = ORDER[app].split()
    if room not in order:
        yield f"{app}.{room} has no place in the order yet: give it one in ORDER."
        return
    for other_app, other in sorted(rooms_of(module.imports)):
        if other_app == app and other != room and other not in order[order.index(room) :]:
            yield f"{module.name} imports {app}.{other}, which stands to its left: turn the dependency round."
        elif app == "surveys" and other_app == "reports":
            yield f"{module.name} imports reports.{other}: surveys must work where reports is deleted."
        elif other_app != app and other not in {*DOORS.split(), *OWN_DOORS.get(f"{app}.{room}", ())}:
            yield f"{module.name} imports surveys.{other}, which is no door for reports."


def impure(module: Module) -> Iterator[str]:
    if not module.is_in(PURE):
        return
    for name in sorted(module.imports):
        if name.startswith(("django", "kbnn_survey")):
            yield f"{module.name} is pure and imports {name}: it must run without Django."
        elif name.split(".")[0] in ORDER and not Module(name, "").is_in(PURE):
            yield f"{module.name} is pure and imports {name}, which is not."
        elif (
            module.name == "reports.publication.verify" and name.split(".")[0] not in sys.stdlib_module_names
        ):
            yield f"reports.publication.verify is handed to the public and imports {name}: the standard library is all it may need."


def opens_the_box(module: Module) -> Iterator[str]:
    words = {getattr(node, part, "") for node in module.nodes for part in ("id", "attr")}
    known = words | {name.split(".")[-1] for name in module.imports}
    if "BoxedBallot" in known and not module.is_in(READS_THE_BOX):
        yield f"{module.name} knows BoxedBallot: only casting, mixing and paper may look into the box."
    texts = (str(node.value) for node in module.nodes if isinstance(node, ast.Constant))
    if any("boxedballot" in text.lower() for text in texts) and not module.is_in(NAMES_THE_BOX):
        yield f"{module.name} names the box in a text: only casting, mixing and paper may look into it."


def ill_mannered(module: Module) -> Iterator[str]:
    for name in sorted(module.imports):
        if name.startswith("django.db.transaction") and name != "django.db.transaction.atomic":
            yield f"{module.name} imports {name}: write `from django.db.transaction import atomic`; Transaction is ours."
        if module.name in PUBLIC_VIEWS and ".views" in name and name.partition(".")[0] in ORDER:
            yield f"{module.name} imports {name}: a public view never imports another view."
    if TELLS_NOTHING & {*module.name.split(".")}:
        yield f"{module.name}: such a name tells nothing; name the module after what it is about."
    if (lines := module.source.count("\n")) > LONGEST:
        yield f"{module.name} has {lines} lines: past {LONGEST} a module becomes a package."
    clocks = {"timezone.now", "datetime.now", "date.today", "time.time"}
    calls = {ast.unparse(node.func) for node in module.nodes if isinstance(node, ast.Call)}
    if module.is_in(TOLD_THE_TIME | PURE) and (read := clocks & calls):
        yield f"{module.name} reads the clock ({', '.join(read)}): now is an argument."


RULES = (wrong_direction, impure, opens_the_box, ill_mannered)


def our_modules() -> Iterator[Module]:
    for path in sorted(
        path for app in ("surveys", "reports", "kbnn_survey") for path in (ROOT / app).rglob("*.py")
    ):
        if "migrations" not in path.parts:
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield Module(name, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", RULES)
def test_every_module_keeps_to(rule):
    complaints = [complaint for module in our_modules() for complaint in rule(module)]
    assert not complaints, "\n" + "\n".join(complaints)


@pytest.mark.parametrize(
    ("name", "source", "sentence"),
    [
        ("surveys.models.box", "from surveys.box.casting import cast", "stands to its left"),
        ("surveys.box.casting", "from surveys import mixing", "stands to its left"),
        ("surveys.ballot.views", "from reports import tally", "where reports is deleted"),
        ("reports.month.snapshot", "from surveys.admin.site import site", "no door for reports"),
        ("reports.month.rollups", "from reports.closing import close_period", "stands to its left"),
        ("surveys.helpful", "", "no place in the order"),
        ("reports.arithmetic.counts", "from django.db import models", "without Django"),
        ("surveys.periods", "def f():\n from surveys.models import Slip", "which is not"),
        ("reports.publication.verify", "import cryptography", "standard library"),
        ("reports.month.aggregation", "from surveys.models import BoxedBallot", "look into the box"),
        (
            "reports.month.aggregation",
            "from surveys import models\nmodels.BoxedBallot.objects.count()",
            "look into the box",
        ),
        ("reports.month.aggregation", "apps.get_model('surveys.BoxedBallot')", "names the box"),
        ("surveys.slips.issuing", "from django.db import transaction", "Transaction is ours"),
        ("surveys.slips.issuing", "from django.db.transaction import on_commit", "Transaction is ours"),
        ("surveys.ballot.views", "from surveys.views import counter", "another view"),
        ("surveys.utils", "", "tells nothing"),
        ("surveys.slips.issuing", "\n" * 401, "becomes a package"),
        ("surveys.slips.issuing", "now = timezone.now()", "now is an argument"),
    ],
)
def test_each_rule_bites(name, source, sentence):
    assert sentence in "\n".join(complaint for rule in RULES for complaint in rule(Module(name, source)))
