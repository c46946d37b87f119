"""Head office's home over seven hundred offices, beside the mass: `python -m bench.scale.country`.

The set has 64 offices. 636 more are laid beside them, each with the seals of K63 of the periods that the page shows and with
what these keep of the register; the slips of 64 offices stay what there is to count live. Prints seconds of processor of a
reader for whom nothing is kept, of the same page kept, and its statements, as JSON.
"""

from __future__ import annotations

import json
import secrets

import django

from bench.scale.clocks import processor_seconds

OFFICES = 700
BATCHES = 5


def main() -> None:
    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.scale.pages import forget, reader

    _lay()
    head = reader("head")

    def seconds(*, kept: bool) -> float:
        if not kept:
            forget()
        before = processor_seconds()
        response = head.get("/reports/offices/")
        took = processor_seconds() - before
        if response.status_code != 200 or b"V699" not in response.content:
            raise SystemExit("bench: head office's home does not list its offices")
        return took

    seconds(kept=False)
    first = min(seconds(kept=False) for _ in range(BATCHES))
    again = min(seconds(kept=True) for _ in range(BATCHES))
    with CaptureQueriesContext(connection) as kept:
        head.get("/reports/offices/")
    forget()
    with CaptureQueriesContext(connection) as asked:
        head.get("/reports/offices/")
    counts = {"first_statements": len(asked), "kept_statements": len(kept)}
    print(json.dumps({"first": first, "kept": again, **counts}))


def _lay() -> None:
    from django.db import connection

    from bench.scale.extras import TOTALS
    from reports.models import Seal
    from surveys.database import triggers
    from surveys.models import Office

    triggers.remove()
    pattern = Office.objects.get(code="K63")
    made = Office.objects.bulk_create(
        Office(
            code=f"V{n}", name=f"Kho bạc Nhà nước V{n}", short_name=f"KBNN V{n}", kind=pattern.kind,
            parent=pattern.parent, path=pattern.path.replace("K63", f"V{n}"), seals=True,
            valid_from=pattern.valid_from,
        )
        for n in range(64, OFFICES)
    )  # fmt: skip
    stood = Seal.objects.filter(office=pattern).order_by("period")
    Seal.objects.bulk_create(
        Seal(
            office=office, period=seal.period, text=seal.text, note=seal.note, code=secrets.token_hex(8),
            first_id=seal.first_id, second_id=seal.second_id, sealed_at=seal.sealed_at,
        )
        for office in made for seal in stood
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO reports_slipsum (seal_id, counter_id, procedure_id, channel, questionnaire_id, issued,
                 cancelled, expired, returned, paper)
               SELECT own.id, counter_id, procedure_id, channel, questionnaire_id, issued, cancelled, expired, returned, paper
               FROM reports_slipsum AS sums JOIN reports_seal AS seal ON seal.id = sums.seal_id AND seal.office_id = %s
               JOIN reports_seal AS own ON own.period = seal.period JOIN surveys_office AS office ON office.id = own.office_id
               WHERE office.code LIKE 'V%%'""",
            [pattern.pk],
        )
        cursor.execute(TOTALS)
        cursor.execute("ANALYZE")
    triggers.install()


if __name__ == "__main__":
    main()
