"""Every reference in code and documents leads somewhere inside this clone: the file is there, and so are its sections.

A reference to a document is its path from the root, or from the file that names it, and the sections after it:
`docs/spec/trust.md §5`, `docs/decisions/0003`, `decision 22`, `attack T13`, or a link in Markdown.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SPECIFICATION = ROOT / "docs" / "spec"
ATTACKS = "docs/spec/research/trust.md"
# Not ours to read: what is installed, made or carried. The vectors stay to the byte as the specification hands them out.
LEFT_OUT = {"var", "staticfiles", "test-results", "vendor", "fonts", "vectors", "locale", "__pycache__"}
HIDDEN_BUT_OURS = ".ci"
# Where the names in a kind of file begin, beside the root and the file's own folder.
BEGINS = {".py": "docs", ".css": "static"}
READ = {
    ".py",
    ".md",
    ".html",
    ".css",
    ".js",
    ".sh",
    ".sql",
    ".toml",
    ".in",
    ".yml",
    ".conf",
    ".env",
    ".service",
    "",
}

PART = r"§ ?(?:\d+(?:\.\d+)*|[A-H]\b)"
PARTS = re.compile(rf"{PART}(?:(?:, | and |–|-){PART}|–\d+(?:\.\d+)*)*")
DOCUMENT = re.compile(r"(?<![\w/.:*<-])(?:\.\./)*(?:[\w-]+/)*[\w-]+\.md\b(?!/)")
AFTER_DOCUMENT = re.compile(rf"`?,?\s*({PARTS.pattern})")
NAMELESS = re.compile(r"\b[A-Z]{4,}(?: §|,? sections? )\d|(?:\.\./)+shared\b")
LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)")
DECISION = re.compile(r"\bdecisions?(?:/0*| )(\d{1,3})\b")
ATTACK = re.compile(r"\battacks? (T\d+(?:(?:, | and )T\d+)*)")
FILE = re.compile(
    r"(?<![\w/.<>…-])(?:surveys|reports|kbnn_survey|templates|static|tests|bench|deploy|docs(?!/decisions/0))/"
    r"(?:[\w./-]|\{[\w, /]*\})*(?=[`\s,;:()|\"'\]]|$)"
)
MODULE = re.compile(r"(?<!`)`((?:surveys|reports|kbnn_survey)(?:\.\w+)+)`(?!`)")
#: Pages that tell of a day, and name modules as they were called then.
OF_THEIR_DAY = ("CHANGELOG.md", "docs/decisions/0", "docs/spec/research/")
#: What an operator makes, never the repository.
MADE_LATER = ("deploy/secrets/",)
STANDARD = re.compile(r"\b(?:RFC \d+|ISO [\d-]+|UAX \d+)\s*$")


@dataclass(frozen=True)
class Text:
    """One file of the clone, by its path from the root."""

    name: str
    words: str

    @property
    def folder(self) -> Path:
        return (ROOT / self.name).parent


@cache
def our_texts() -> tuple[Text, ...]:
    texts = []
    for folder, below, names in os.walk(ROOT):
        hidden = {each for each in below if each.startswith(".") and each != HIDDEN_BUT_OURS}
        below[:] = sorted({*below} - LEFT_OUT - hidden)
        for name in sorted(names):
            path = Path(folder, name)
            if path.suffix in READ and path != Path(__file__):
                words = path.read_text(encoding="utf-8", errors="ignore")
                # a path put together in Python, ROOT / "docs" / "bench.md", is read as one
                texts.append(Text(str(path.relative_to(ROOT)), words.replace('" / "', "/")))
    return tuple(texts)


def found(text: Text, target: str) -> Path | None:
    """The file a path means, seen from the root or from the file that names it."""
    places = (ROOT, text.folder, ROOT / BEGINS.get(Path(text.name).suffix, ""))
    return next((place / target for place in places if (place / target).exists()), None)


@cache
def headings(path: Path) -> tuple[str, ...]:
    return tuple(re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE))


@cache
def sections(path: Path) -> frozenset[str]:
    """The numbers (or letters) that its headings begin with."""
    numbers = (re.match(r"(\d+(?:\.\d+)*|[A-Z])(?=[. ])", heading) for heading in headings(path))
    return frozenset(number[1] for number in numbers if number)


def anchors(path: Path) -> set[str]:
    """As they are made of headings when Markdown is shown."""
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings(path)}


def without_code(text: Text) -> str:
    return re.sub(r"^```.*?^```", "", text.words, flags=re.MULTILINE | re.DOTALL)


def lost_documents(text: Text) -> Iterator[str]:
    """Documents named in prose, and the sections named right after them."""
    for named in DOCUMENT.finditer(text.words):
        path = found(text, named[0])
        if path is None:
            yield f"{named[0]} is not in this clone"
        elif after := AFTER_DOCUMENT.match(text.words, named.end()):
            for number in re.findall(r"[\d.]*\d|[A-H]\b", after[1]):
                if number not in sections(path):
                    yield f"{named[0]} has no section {number}"


def lost_sections(text: Text) -> Iterator[str]:
    """A page of the specification that says §n without a name means itself."""
    if SPECIFICATION not in (ROOT / text.name).parents or not text.name.endswith(".md"):
        return
    words = DOCUMENT.sub(lambda named: " " * len(named[0]) + "\0", text.words)
    for named in PARTS.finditer(words):
        before = words[max(0, named.start() - 30) : named.start()]
        if STANDARD.search(before) or re.search(r"\0`?,?\s*$", before):
            continue
        for number in re.findall(r"[\d.]*\d|[A-H]\b", named[0]):
            if number not in sections(ROOT / text.name):
                yield f"§{number} is no section of this page"


def lost_links(text: Text) -> Iterator[str]:
    if not text.name.endswith(".md"):
        return
    for target in LINK.findall(without_code(text)):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = text.folder / path if path else ROOT / text.name
        if not file.exists():
            yield f"the link {target} leads nowhere"
        elif anchor and anchor not in anchors(file):
            yield f"the link {target} names no heading there"


def lost_decisions(text: Text) -> Iterator[str]:
    for number in DECISION.findall(text.words):
        if not [*(ROOT / "docs" / "decisions").glob(f"{int(number):04}-*.md")]:
            yield f"decision {number} is none of docs/decisions"


@cache
def listed_attacks() -> frozenset[str]:
    return frozenset(re.findall(r"^\| (T\d+) \|", (ROOT / ATTACKS).read_text(encoding="utf-8"), re.MULTILINE))


def lost_attacks(text: Text) -> Iterator[str]:
    for several in ATTACK.findall(text.words):
        for attack in re.findall(r"T\d+", several):
            if attack not in listed_attacks():
                yield f"attack {attack} is not listed in {ATTACKS}"


def nameless(text: Text) -> Iterator[str]:
    for words in NAMELESS.findall(text.words):
        yield f"{words!r} names no file of this clone: write docs/spec/….md §n"


def lost_files(text: Text) -> Iterator[str]:
    """Files and folders of the source that a page names; pages that tell of a day keep that day's names."""
    if not text.name.endswith(".md") or text.name.startswith(OF_THEIR_DAY):
        return
    for named in FILE.findall(text.words):
        for path in spelled_out(named.rstrip(".,")):
            if path not in MADE_LATER and not any((ROOT / f"{path}{end}").exists() for end in ("", ".py")):
                yield f"{path} is not in this clone"


def spelled_out(path: str) -> list[str]:
    """a/{b, c}.py → a/b.py, a/c.py."""
    if not (several := re.search(r"\{([^}]*)}", path)):
        return [path]
    ends = [path[: several.start()] + each.strip() + path[several.end() :] for each in several[1].split(",")]
    return [whole for end in ends for whole in spelled_out(end)]


def lost_modules(text: Text) -> Iterator[str]:
    """Modules that a comment names with dots, between backticks, and what is named in them."""
    if text.name.startswith(OF_THEIR_DAY):
        return
    for named in MODULE.findall(text.words):
        parts = named.split(".")
        modules = ((ROOT.joinpath(*parts[:n]), parts[n:]) for n in range(len(parts), 0, -1))
        file, rest = next(
            (each, rest) for each, rest in modules if each.is_dir() or each.with_suffix(".py").is_file()
        )
        source = file / "__init__.py" if file.is_dir() else file.with_suffix(".py")
        if rest and not re.search(rf"\b{rest[0]}\b", source.read_text(encoding="utf-8")):
            yield f"{named} is not in this clone"


RULES = (
    lost_documents,
    lost_sections,
    lost_links,
    lost_decisions,
    lost_attacks,
    lost_files,
    lost_modules,
    nameless,
)


@pytest.mark.parametrize("rule", RULES)
def test_every_reference_leads_somewhere_inside_the_clone(rule):
    complaints = sorted({f"{text.name}: {complaint}" for text in our_texts() for complaint in rule(text)})
    assert not complaints, "\n" + "\n".join(complaints)


@pytest.mark.parametrize(
    ("name", "words", "complaint"),
    [
        ("surveys/x.py", "as in TRUST.md §5", "TRUST.md is not in this clone"),
        ("surveys/x.py", "(TRUST §5)", "names no file"),
        ("surveys/x.py", "(CONTRACT, section 2)", "names no file"),
        ("surveys/x.py", "docs/spec/trust.md §9", "docs/spec/trust.md has no section 9"),
        ("surveys/x.py", "`docs/spec/trust.md` §2, §5 and §19", "has no section 19"),
        ("surveys/x.py", "docs/spec/research/trust.md §4.3–4.9", "has no section 4.9"),
        (
            "surveys/x.py",
            "docs/spec/research/statistics-v2.md §J and docs/x.md",
            "docs/x.md is not in this clone",
        ),
        ("docs/spec/trust.md", "see §12", "§12 is no section of this page"),
        ("docs/spec/trust.md", "see `research/none.md`", "research/none.md is not in this clone"),
        ("docs/faults.md", "[here](gone.md)", "the link gone.md leads nowhere"),
        ("docs/faults.md", "[here](spec/trust.md#no-such-heading)", "names no heading"),
        ("surveys/x.py", "(decision 7)", "decision 7 is none"),
        ("surveys/x.py", "docs/decisions/0007", "decision 7 is none"),
        ("surveys/x.py", "attacks T12 and T99", "attack T99 is not listed"),
        ("docs/faults.md", "see `surveys/gone.py`", "surveys/gone.py is not in this clone"),
        ("docs/faults.md", "see `tests/{suite, gone}.py`", "tests/gone.py is not in this clone"),
        ("docs/faults.md", "`tests/gone.py::test_x`", "tests/gone.py is not in this clone"),
        ("surveys/x.py", "as `surveys.gone` does", "surveys.gone is not in this clone"),
        ("surveys/x.py", "as `surveys.choices.Gone` does", "surveys.choices.Gone is not in this clone"),
        ("surveys/x.py", "../shared/data", "names no file"),
    ],
)
def test_each_rule_bites(name, words, complaint):
    assert complaint in "\n".join(found for rule in RULES for found in rule(Text(name, words)))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("surveys/x.py", "docs/spec/trust.md §2, §3 and §5; `docs/spec/research/trust.md` §5.3, attack T13"),
        ("surveys/x.py", "docs/spec/research/trust.md §4.3–4.4; docs/spec/trust.md §1–§4; RFC 9162 §2.1"),
        ("surveys/x.py", "docs/decisions/0003, decision 22 and docs/decisions"),
        ("docs/spec/trust.md", "trees  RFC 9162 §2.1; §5; docs/spec/research/paper-scanning.md §8"),
        (
            "docs/faults.md",
            "[the law](https://example.org/x.md), [box](spec/trust.md#3-mix-nobody-reads-a-single-ballot)",
        ),
    ],
)
def test_a_right_reference_is_left_alone(name, words):
    assert [found for rule in RULES for found in rule(Text(name, words))] == []


def test_every_decision_is_listed_and_every_number_without_one_explained():
    folder = ROOT / "docs" / "decisions"
    pages = {int(page.name[:4]): page for page in folder.glob("[0-9]*.md")}
    listed: dict[int, str] = {}
    for first, last, words in re.findall(
        r"^\| \[?(\d+)(?:–(\d+))?[^|]* \| ([^|]+) \|",
        (folder / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    ):
        listed |= dict.fromkeys(range(int(first), int(last or first) + 1), words)
    assert sorted(listed) == [*range(1, max(pages) + 1)]
    assert [number for number, words in listed.items() if ("never given" in words) == (number in pages)] == []
    for number, page in pages.items():
        words = page.read_text(encoding="utf-8")
        assert re.match(rf"# {number} · \S.*\n\d{{4}}-\d{{2}}-\d{{2}}\n", words), page
        assert [part for part in ("Context", "Choice", "Consequence") if f"**{part}.**" not in words] == [], (
            page
        )
