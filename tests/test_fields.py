"""Every form of the product as a machine reads it: an attribute that holds a number holds it without groups."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from surveys.models import User
from tests.access import Visitor
from tests.addresses import every_route, filled

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

WHOLE = {"maxlength", "minlength", "rows", "cols", "size", "colspan", "rowspan", "tabindex", "data-seconds"}
NUMBERS = {"min", "max", "step", "width", "height"}
A_WHOLE = re.compile(r"-?[0-9]+")
A_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]{1,2})?(px|mm|em|rem|%)?|[0-9]{4}-[0-9]{2}-[0-9]{2}|any|auto")
A_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})?")
ROLES = ["teller", "count", "lead", "inspector", "head", "admin"]
#: Filters of a template after which a number is written as a machine reads it.
PLAIN = {"attribute", "unlocalize", "stringformat", "typed"}
IN_TEMPLATE = re.compile(rf'\b({"|".join(WHOLE | NUMBERS)})="[^"]*?{{{{ ([^}}]*?) }}}}')


class Attributes(HTMLParser):
    """What of a page's attributes no machine could read as the number or the day it is meant to be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        for name, value in attrs:
            rule = A_WHOLE if name in WHOLE else A_NUMBER if name in NUMBERS else None
            if name == "value":
                rule = {"number": A_NUMBER, "date": A_DAY}.get(facts.get("type") or "")
            if rule and not rule.fullmatch(value or ""):
                self.wrong.append(f"<{tag} {name}={value!r} name={facts.get('name')}>")


@pytest.mark.slow
def test_no_page_groups_the_digits_of_an_attribute(people, values):
    wrong: dict[str, list[str]] = {}
    seen = 0
    visitors = [Visitor(person) for person in (None, *(people[role] for role in ROLES))]
    for route in every_route():
        path = filled(route, values)
        for visitor in visitors:
            page = _page(visitor.client, visitor.session, path)
            if page is None:
                continue
            seen += 1
            if found := Attributes(page).wrong:
                wrong[path] = found
            break
    assert seen > 60
    assert not wrong


def test_a_direction_takes_a_thousand_characters(people, values):
    page = _logged_in(people["lead"]).get(_direction(values)).content.decode()
    assert 'maxlength="1000"' in page
    assert "1.000" not in page


def test_a_day_stands_in_its_field_as_the_browser_reads_it(people, values):
    path = filled("cases/case/<str:pk>/", values)
    page = _logged_in(people["lead"]).get(path).content.decode()
    assert re.search(r'type="date"[^>]*value="20[0-9]{2}-[0-9]{2}-[0-9]{2}"', page)


def test_no_template_writes_a_number_into_an_attribute_as_words_would_have_it():
    wrong = []
    for file in sorted(Path(settings.BASE_DIR, "templates").rglob("*.html")):
        for name, said in IN_TEMPLATE.findall(file.read_text()):
            if not PLAIN & {part.split(":")[0] for part in said.split("|")[1:]}:
                wrong.append(f"{file.name}: {name} = {said}")
    assert not wrong, "say |attribute"


def test_what_was_typed_comes_back_with_its_complaint(people, values):
    words = "Bố trí thêm một người ở Quầy 1 <vào cuối tháng>"
    answer = _logged_in(people["lead"]).post(
        _direction(values), {"text": words, "unit": "", "due_on": "ngày mai"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Bố trí thêm một người ở Quầy 1 &lt;vào cuối tháng&gt;" in page
    assert page.count('aria-invalid="true"') == 2
    assert re.search(r'id="id_unit"[^>]*aria-describedby="[^"]*\bid_unit-error"', page)


def _direction(values) -> str:
    return reverse("reports:direct", args=[values[""]["office"], values[""]["period"]])


def _logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _page(client: Client, session: str, path: str) -> str | None:
    client.cookies.clear()
    client.cookies.load(session)
    answer = client.get(path)
    is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    return answer.content.decode() if is_page and not answer.streaming else None
