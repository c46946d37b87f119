"""A backup made while customers send, put back into an empty place; and an older one, which must be known as such."""

from __future__ import annotations

import shutil
import time
from collections import deque

from bench.faults.clients import Crowd, held, number, send
from bench.faults.place import Kit, Place
from bench.faults.replay import backup

SLIPS, QUICK = 600, 150
AFTER = 40  # sent after the backup, so that it lacks them
CLIENTS = 8
HOLDS, BROKEN = "ĐẠT:", "KHÔNG ĐẠT"


def run(kit: Kit, engine: str, *, quick: bool) -> dict[str, tuple[str, bool]]:
    with kit.place(engine) as place:
        slips, after = deque(place.issue(QUICK if quick else SLIPS)), deque(place.issue(AFTER))
        web = place.serve()
        crowd = Crowd(web.address, slips, clients=CLIENTS, pause=0.1).start()  # still sending at the backup
        while len(crowd.sendings) < 50:
            time.sleep(0.02)
        place.python("-m", "bench.faults.verbs", "mix")
        kept = shutil.copytree(
            place.folder / "checkpoints", place.folder / "kept"
        )  # somewhere else, as by letter
        acknowledged = [sending for sending in list(crowd.sendings) if sending.receipt]
        began = time.monotonic()
        copy = backup(place, "copy")
        copying = time.monotonic() - began
        crowd.finish()
        since = Crowd(web.address, after, clients=CLIENTS).start().finish()
        place.python("-m", "bench.faults.verbs", "mix")
        newer = place.folder / "checkpoints"
        with kit.empty_place(place) as other:
            began = time.monotonic()
            said = other.manage("restore", str(copy))
            restoring = time.monotonic() - began
            missing = {sending.hash for sending in acknowledged} - set(held(other).hashes)
            against = other.manage("verify_ledger", "--against", str(kept), check=False)
            older = other.manage("verify_ledger", "--against", str(newer), check=False)
            web = other.serve()
            ready = web.readiness()
            dead = [
                send(web.address, sending.form)
                for sending in [*crowd.sendings, *since]
                if sending.hash not in held(other).hashes
            ]
            stands = _casts(other, web)
    figure = (
        f"{number(len(acknowledged))} acknowledged before the backup, {len(missing)} missing after it; backup {copying:.1f} s, "
        f"restore with verification {restoring:.1f} s; the kept checkpoint {'holds' if HOLDS in against else 'DOES NOT HOLD'}; "
        f"ready: {ready[1] or 'yes'}"
    )
    met = not missing and HOLDS in against and HOLDS in said and ready == (200, []) and stands
    refused = sum(not sending.receipt and sending.status == 409 for sending in dead)
    reported = BROKEN in older and "thu hồi" in said
    rollback = (
        f"a newer checkpoint is {'reported' if BROKEN in older else 'NOT reported'}; {refused} of {len(dead)} posts whose ballots "
        f"the backup lacks are refused"
    )
    return {
        f"restore-{engine}": (figure, met),
        f"rollback-{engine}": (rollback, reported and bool(dead) and refused == len(dead)),
    }


def _casts(place: Place, web) -> bool:
    """Whether the restored office takes the ballot of a slip that it issues now."""
    (code,) = place.issue(1)
    crowd = Crowd(web.address, deque([code]), clients=1).start()
    return bool(crowd.finish()[0].receipt)
