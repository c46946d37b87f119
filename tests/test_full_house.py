"""Every page of an office that has everything to show, on either engine: what rows turn into words is asked elsewhere on one."""

from __future__ import annotations

import pytest

from tests.addresses import every_route
from tests.house import SHOWN, first_pages

pytestmark = pytest.mark.django_db(transaction=True)

#: The answer to what is not there or not this person's is a page, too.
ANSWERED = SHOWN | {301, 302, 303, 403, 404, 410}


def test_every_page_of_a_full_house_answers(house):
    found, missed = first_pages(house, every_route())

    assert not missed, "pages that this house has no row for: build one"
    assert sum(map(len, found.values())) > 90
    wrong = [
        f"{path} as {role}: {status}"
        for role, client in house.clients().items()
        for path in house.more[role]
        if (status := client.get(path).status_code) not in ANSWERED
    ]
    assert not wrong, "\n".join(wrong)
