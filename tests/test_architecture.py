"""Who may import whom, and what no module may do: read off the source, so that no server is needed to break it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 400
LONGEST_FUNCTION = 40
WIDEST = 110

# From top to bottom: each room imports only rooms to its right.
ORDER = {
    "surveys": "urls management setup_room setup ballot paper campaigns counter apps api box admin checks slips customer printing fields "
    "accounts reference templatetags database context_processors audit spreadsheets models vietnamese rate_limits "
    "client_address evidence crypto periods choices",
    "reports": "urls management api results pilot today checklist leadership campaigns standings schedule counting_room sealing documents charts "
    "integrity follow_up notices handling_times closing context_processors menu silent ledger month publication past_months admin "
    "review kept_pages access apps arithmetic exports models atomic_files",
}
# Inside a room: views, then forms, then everything else; views lend each other what all pages of the room share.
INSIDE = ("views", "forms")
SERVE_AS_VIEWS = {
    "surveys.admin",
    "surveys.admin.organisation_import",
    "surveys.admin.pad_download",
    "surveys.admin.site",
    "surveys.campaigns.pages",
    "reports.silent.acts",
}
# The rooms of surveys that reports may enter; further ones belong to one room each, named before the colon.
DOORS = (
    "models choices periods vietnamese evidence crypto reference slips box paper campaigns database accounts audit fields "
    "spreadsheets customer"
)
OWN_DOORS = {
    "reports.follow_up": {"client_address", "rate_limits"},
    "reports.admin": {"admin"},
    "reports.api": {"api"},
    "reports.checklist": {"printing"},
    "reports.exports": {"printing"},
    "reports.results": {"context_processors", "setup"},
    "reports.schedule": {"context_processors"},
    "reports.management": {"setup"},
    "reports.pilot": {"setup"},
}
PURE = {
    f"surveys.{name}"
    for name in (
        "box.contents",
        "crypto.at_rest",
        "crypto.codes",
        "crypto.crockford",
        "crypto.envelopes",
        "crypto.escrow",
        "evidence",
        "periods",
        "vietnamese",
        "setup.pilot.plan",
        "setup.pilot.campaign_plan",
    )
} | {
    f"reports.{name}"
    for name in (
        "arithmetic",
        "handling_times.times",
        "integrity.bursts",
        "integrity.rules",
        "month.control_limits",
        "month.criteria",
        "month.figures",
        "publication.verify",
        "standings.rank",
        "standings.rank_wilson",
        "standings.scoring",
    )
}
PURE |= {
    f"surveys.spreadsheets.{name}"
    for name in (
        "archive",
        "book",
        "child",
        "cleaning",
        "columns",
        "complaints",
        "declared",
        "delimited",
        "doubts",
        "dry_run",
        "file_kinds",
        "headings",
        "legacy",
        "limits",
        "lists",
        "markup",
        "merged",
        "number_formats",
        "process",
        "reading",
        "tables",
        "workbook",
        "worksheet",
    )
}
READS_THE_BOX = {f"surveys.{name}" for name in ("box", "paper", "models")}
# looks at the table's making, not into it
NAMES_THE_BOX = READS_THE_BOX | {f"surveys.database.{name}" for name in ("grants", "tables", "triggers")}
PUBLIC_VIEWS = {
    "kbnn_survey.health",
    "surveys.ballot.views",
    "surveys.ballot.tablet_views",
    "surveys.setup_room.printer_views",
    "surveys.campaigns.views",
    "surveys.setup.views",
    "reports.follow_up.public_views",
    "reports.results.receipt_views",
    "reports.results.views",
    "reports.standings.views",
}
# A verb or a query is told what time it is.
TOLD_THE_TIME = {
    f"surveys.{name}"
    for name in (
        "accounts.tablets",
        "box",
        "campaigns.invitations",
        "campaigns.lifecycle",
        "campaigns.participation",
        "models",
        "paper.comparing",
        "paper.patterns",
        "paper.piles",
        "paper.stubs",
        "rate_limits",
        "slips.correcting",
        "slips.delivery",
        "slips.issuing",
        "slips.pads",
    )
} | {
    f"reports.{name}"
    for name in (
        "closing",
        "counting_room.decisions",
        "counting_room.progress",
        "counting_room.scans",
        "follow_up.cases",
        "follow_up.contacts",
        "follow_up.directions",
        "follow_up.replies",
        "handling_times.sums",
        "integrity.inspection",
        "integrity.reading",
        "models",
        "month.aggregation",
        "month.participation",
        "month.rollups",
        "month.snapshot",
        "month.subordinates",
        "notices",
        "sealing",
        "silent.asking",
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


def floor(name: str) -> int:
    """0 for views and what serves as one, 1 for forms, 2 for everything else in a room."""
    last = name.rpartition(".")[2]
    if name in SERVE_AS_VIEWS:
        return 0
    kinds = (at for at, kind in enumerate(INSIDE) if last == kind or last.endswith(f"_{kind}"))
    return next(kinds, len(INSIDE))


def wrong_inside(module: Module) -> Iterator[str]:
    for name in sorted(module.imports):
        for target in (name, name.rpartition(".")[0]):
            if Module(target, "").room == module.room and floor(target) < floor(module.name):
                kind = INSIDE[floor(target)]
                yield f"{module.name} imports {target}: inside a room nothing below {kind} may import {kind}."
                break


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
        yield f"{module.name} knows BoxedBallot: only the rooms box and paper may look into the box."
    texts = (str(node.value) for node in module.nodes if isinstance(node, ast.Constant))
    if any("boxedballot" in text.lower() for text in texts) and not module.is_in(NAMES_THE_BOX):
        yield f"{module.name} names the box in a text: only the rooms box and paper may look into it."


def ill_mannered(module: Module) -> Iterator[str]:
    for name in sorted(module.imports):
        if name.startswith("django.db.transaction") and name != "django.db.transaction.atomic":
            yield f"{module.name} imports {name}: write `from django.db.transaction import atomic`; Transaction is ours."
        if module.name in PUBLIC_VIEWS and ".views" in name and name.partition(".")[0] in ORDER:
            yield f"{module.name} imports {name}: a public view never imports another view."
    if "AuditEntry.objects.create" in module.source and module.name != "surveys.audit":
        yield f"{module.name} writes into the trail past `audit.record`, which knows the acts and their words."
    if TELLS_NOTHING & {*module.name.split(".")}:
        yield f"{module.name}: such a name tells nothing; name the module after what it is about."
    if (lines := module.source.count("\n")) > LONGEST:
        yield f"{module.name} has {lines} lines: past {LONGEST} a module becomes a package."
    clocks = {"timezone.now", "datetime.now", "date.today", "time.time"}
    calls = {ast.unparse(node.func) for node in module.nodes if isinstance(node, ast.Call)}
    if module.is_in(TOLD_THE_TIME | PURE) and (read := clocks & calls):
        yield f"{module.name} reads the clock ({', '.join(read)}): now is an argument."


def too_long(module: Module) -> Iterator[str]:
    """Functions whose statements, the docstring aside, fill more lines than one sees at once; the filters and tags of
    templates too."""
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            lines = (said[-1].end_lineno or 0) - said[0].lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{module.name}.{node.name} has {lines} lines: past {LONGEST_FUNCTION} a function becomes two."


RULES = (wrong_direction, wrong_inside, impure, opens_the_box, ill_mannered, too_long)


def our_modules() -> Iterator[Module]:
    for path in sorted(
        path for app in ("surveys", "reports", "kbnn_survey") for path in (ROOT / app).rglob("*.py")
    ):
        if "migrations" not in path.parts:
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield Module(name, path.read_text(encoding="utf-8"))


@cache
def complaints() -> dict[str, list[str]]:
    """What each rule says of all modules; each is parsed once for all rules."""
    said: dict[str, list[str]] = {rule.__name__: [] for rule in RULES}
    for module in our_modules():
        for rule in RULES:
            said[rule.__name__] += rule(module)
    return said


@pytest.mark.parametrize("rule", RULES)
def test_every_module_keeps_to(rule):
    assert not complaints()[rule.__name__], "\n" + "\n".join(complaints()[rule.__name__])


@pytest.mark.parametrize(
    ("name", "source", "sentence"),
    [
        ("surveys.models.box", "from surveys.box.casting import cast", "stands to its left"),
        ("surveys.slips.issuing", "from surveys.box import mixing", "stands to its left"),
        ("surveys.ballot.views", "from reports.arithmetic import counts", "where reports is deleted"),
        ("reports.month.snapshot", "from surveys.admin.site import site", "no door for reports"),
        ("reports.month.rollups", "from reports.closing import close_period", "stands to its left"),
        ("surveys.helpful", "", "no place in the order"),
        ("surveys.counter.forms", "from surveys.counter.views import console", "nothing below views"),
        ("surveys.counter.console", "from surveys.counter import forms", "nothing below forms"),
        ("reports.arithmetic.counts", "from django.db import models", "without Django"),
        ("surveys.periods.stretches", "def f():\n from surveys.models import Slip", "which is not"),
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
        ("surveys.ballot.views", "from surveys.counter import views", "another view"),
        ("surveys.utils", "", "tells nothing"),
        ("surveys.slips.issuing", "\n" * 401, "becomes a package"),
        ("surveys.slips.issuing", "now = timezone.now()", "now is an argument"),
        ("surveys.slips.issuing", "def f():\n" + " x = 1\n" * 41, "becomes two"),
    ],
)
def test_each_rule_bites(name, source, sentence):
    assert sentence in "\n".join(complaint for rule in RULES for complaint in rule(Module(name, source)))


def test_no_test_module_imports_another():
    """What two of them need stands in a module of its own, so that a test can be moved or dropped alone."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [*(node.module or "").split("."), *(each.name for each in node.names)]
                found += [f"{path.relative_to(ROOT)}: {name}" for name in names if name.startswith("test_")]
    assert not found, "\n" + "\n".join(found)


# ── Templates ─────────────────────────────────────────────────────────────────────────

TEMPLATES = ROOT / "templates"
_TRANSLATED = re.compile(r"{% blocktranslate\b((?:(?!%}).)*)%}(.*?){% endblocktranslate %}", re.DOTALL)
_KEEPS_BLANKS = re.compile(r"<(pre|textarea)\b.*?</\1>", re.DOTALL)


_CONTROL = re.compile(r"""<(?:input|select|textarea)\b(?:"[^"]*"|'[^']*'|[^>"'])*>""")
_FIELD = re.compile(r"{{\s*(?:field|\w*form\.\w+)\s*}}")
_NO_FIELD = re.compile(r'type="(hidden|submit)"')
_POSTED = re.compile(r'(<form\b(?:[^>]|%})*?method="post"(?:[^>]|%})*?)>(.*?)</form>', re.DOTALL)
_REMARK = re.compile(r"{% comment %}.*?{% endcomment %}", re.DOTALL)
# Controls that `components/field.html` does not draw: a template, or all of a folder, and why.
LAID_BY_HAND = {
    "components/": "is the components",
    "home.html": "a customer's code",
    "surveys/public/": "customers, where every byte counts",
    "surveys/campaign/": "customers, where every byte counts",
    "reports/public/": "customers, where every byte counts",
    "admin/": "Django's own administration lays its forms",
    "mfa/totp/activate_form.html": "prints a secret, which is no field",
    "surveys/counter/": "the teller's keys: type-ahead, digits that choose, letters that lead to a field",
    "surveys/paper/key.html": "the keying of a pile: stubs by a scanner, a grid of counts",
    "surveys/paper/count.html": "one cell of that grid",
    "surveys/paper/compare.html": "rows of words of one list, sent without an index",
    "surveys/paper/scan_comments.html": "the same rows, each beside its picture",
    "surveys/setup_room/spoken.html": "a file for each passage, judged as sound and not by a form",
    "reports/cases/direct.html": "a day as one of some tiles",
    "reports/cases/direction.html": "one of three results, all in sight",
    "reports/campaigns/form.html": "what a script copies for each unit and group; sent are the lines that it writes",
}


def pages() -> Iterator[tuple[str, str]]:
    """Every page and part of one by its name in `templates/`, with its text. Icons and mails are no pages."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield str(path.relative_to(TEMPLATES)), path.read_text(encoding="utf-8")


def too_wide(text: str) -> list[str]:
    return [line for line in text.splitlines() if len(line) > WIDEST]


def untrimmed(text: str) -> list[str]:
    """Translations over several lines whose line breaks and blanks would be looked for in the catalogue."""
    return [
        words
        for options, words in _TRANSLATED.findall(text)
        if "\n" in words and "trimmed" not in options.split()
    ]


def shifted(text: str) -> list[str]:
    """What shows its white space and begins a line with blanks, which are not sent (`kbnn_survey.template_lines`)."""
    return [
        found[0]
        for found in _KEEPS_BLANKS.finditer(text)
        if re.search(r"\n[ \t]", found[0].partition(">")[2])
    ]


def laid_by_hand(name: str, text: str) -> list[str]:
    """A sentence for each control that a page draws itself."""
    text = _REMARK.sub("", text)
    controls = [found[0] for found in _CONTROL.finditer(text) if not _NO_FIELD.search(found[0])]
    if name.startswith(tuple(LAID_BY_HAND)):
        return []
    return [
        f"templates/{name} lays {' '.join(control.split())} by hand: give it to components/field.html, or its reason to LAID_BY_HAND."
        for control in (*controls, *(found[0] for found in _FIELD.finditer(text)))
    ]


def test_no_line_of_a_template_is_wider_than_a_page():
    assert not [(name, line) for name, text in pages() for line in too_wide(text)]


def test_a_translation_over_several_lines_is_looked_up_as_one():
    assert not [(name, words) for name, text in pages() for words in untrimmed(text)]


def test_nothing_that_shows_its_blanks_begins_a_line_with_them():
    assert not [(name, found) for name, text in pages() for found in shifted(text)]


def test_every_field_of_staffs_pages_is_drawn_by_one_component():
    found = [sentence for name, text in pages() for sentence in laid_by_hand(name, text)]
    assert not found, "\n" + "\n".join(found)


def test_what_is_wrong_in_a_form_of_crispys_is_said_by_the_page_and_not_by_the_browser_in_its_own_language():
    forms = [(name, *form) for name, text in pages() for form in _POSTED.findall(text)]
    drawn = [(name, tag) for name, tag, inside in forms if "crispy" in inside]
    assert drawn
    assert not [(name, tag) for name, tag in drawn if "novalidate" not in tag]


def test_whatever_is_laid_by_hand_is_still_there():
    """An exception without a control would let the next one in unseen."""
    drawn = [name for name, text in pages() if _CONTROL.search(text) or _FIELD.search(text)]
    assert not [place for place in LAID_BY_HAND if not any(name.startswith(place) for name in drawn)]


def test_each_rule_of_templates_bites():
    page = '{% comment %}<input>{% endcomment %}<input type="hidden" name="a"><input name="b"\n    value="{{ c }} > d">'
    (sentence,) = laid_by_hand("reports/new.html", page)
    assert sentence.startswith('templates/reports/new.html lays <input name="b" value="{{ c }} > d"> by hand')
    assert laid_by_hand("reports/new.html", "{{ form.reason }}")
    assert laid_by_hand("reports/new.html", "<select name='a'>")
    assert not laid_by_hand("surveys/public/ballot.html", page)
    assert too_wide("x" * 111)
    assert not too_wide("x" * 110)
    assert untrimmed("{% blocktranslate with n=1 %}một\n  hai{% endblocktranslate %}")
    assert not untrimmed("{% blocktranslate trimmed %}\nmột{% endblocktranslate %}")
    assert shifted("<textarea>\n  {{ words }}</textarea>")
    assert not shifted('<textarea\n  rows="4">\n{{ words }}</textarea>')
