"""Who may open what: every address × every role against one table. A new address needs a row.

Source: docs/spec/research/trust.md §5.3, attack T25.
"""

from __future__ import annotations

import pytest

from surveys.periods import period_of
from tests import make
from tests.access import REFUSED, ROLES, Visitor, table
from tests.addresses import every_route, filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_log")]

BODIES = {
    "/counter/transactions/<uuid:pk>/finish": {"outcome": "resolved"},
    "/counter/slips/<uuid:pk>/reissue": {"usual": "Khách chưa kịp trả lời"},
    "/counter/slips/<uuid:pk>/cancel": {"words": "Ghi nhầm"},
    "/counting/<code:office>/<str:period>/close": {"reviewed": "on"},
    "/counting/paper/open": {
        "office": "HB",
        "counter": "Q1",
        "period": str(period_of(make.now(), quarterly=False)),
    },
    "/counting/paper/<int:pk>/give-up": {"reason": "Mở nhầm"},
}


def test_every_address_has_a_row():
    new = sorted({f"/{route}" for route in every_route()} - set(table()))
    assert not new, "new addresses: say in the table who may open them"


@pytest.mark.one_engine
@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_the_table_says_and_nothing_else(role, people, values):
    visitor, rows, wrong = Visitor(people.get(role)), table(), []
    for route in (f"/{route}" for route in every_route() if f"/{route}" in rows):
        method, cells = rows[route]
        path, expected = filled(route[1:], values), cells[ROLES.index(role)]
        if (told := visitor.asks(method, path, BODIES.get(route))) != expected:
            wrong.append(f"{method} {route}: {told} instead of {expected}")
        # Who may not read an address may not write to it either.
        if method == "GET" and expected in REFUSED and (told := visitor.asks("POST", path)) not in REFUSED:
            wrong.append(f"POST {route}: {told}, though GET is {expected}")
    assert not wrong, f"{role}:\n" + "\n".join(wrong)
