"""For machines: is the process alive, and may it take ballots."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import Error as DatabaseFailure
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kbnn_survey import VERSION
from surveys import printing
from surveys.box import inspection
from surveys.crypto import keys
from surveys.database import replication, triggers
from surveys.models import Counter
from surveys.setup.pilot import progress

MARK = "readyz"
#: For the person who looks: what a cluster's database lacks, and what follows.
WORDS = {
    "read-only": _("Máy chủ dữ liệu này chỉ cho đọc: chưa có máy chính, hoặc đang chuyển máy chính."),
    "synchronous": _(
        "Máy chính không chờ máy dự phòng: mất máy chính là mất phiếu đã nhận. Cần bật chế độ đồng bộ."
    ),
    "standby": _("Không có máy dự phòng đồng bộ nào đang nối: phiếu gửi đến chưa được xác nhận."),
}


@login_not_required
@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; the database is not asked."""
    return JsonResponse({"status": "alive"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200, or 503 with the names of what is missing: database, writing, migrations, triggers, keys, replay, print-files;
    box-key, opening-key, opening-key-exposed (`surveys.box.inspection`); behind a cluster read-only, synchronous and
    standby (`surveys.database.replication`), each with a sentence in ``words``. ``warnings`` stop nothing."""
    keyless = bool(keys.unreadable(settings.KEYS_DIR))
    missing = _missing_in_database(keyless=keyless)
    if keyless:
        missing.append("keys")
    replay = progress.read()
    if replay:
        missing.append("replay")
    status: dict[str, object] = {
        "status": "not ready" if missing else "ready",
        "version": VERSION,
        "missing": missing,
        "warnings": inspection.warnings(),
    }
    if words := {name: str(WORDS[name]) for name in missing if name in WORDS}:
        status["words"] = words
    if replay:
        status["replay"] = {"done": replay.done, "of": replay.of, "percent": replay.percent}
    response = JsonResponse(status, status=503 if missing else 200)
    # The front page asks every two seconds while the pilot plays; that is no fault to be logged.
    response._has_been_logged = missing == ["replay"]  # type: ignore[attr-defined]  # Django's own
    return response


def _missing_in_database(*, keyless: bool) -> list[str]:
    try:
        if settings.CLUSTER and (unacknowledged := replication.state().problems()):
            return unacknowledged  # whatever is written now would wait in vain
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["migrations"]
        missing = ["triggers"] if triggers.missing() or triggers.tables_without_rowid_missing() else []
        missing += [] if keyless else inspection.problems()
        # CUPS would keep the codes of printed slips.
        if Counter.objects.printing().exists() and printing.job_files_kept():
            missing.append("print-files")
        return missing if _can_write() else [*missing, "writing"]
    except DatabaseFailure:
        return ["database"]


def _can_write() -> bool:
    """A full disk or a read-only server looks sound to whoever only reads: so a mark is written into the cache's table.

    The cache swallows errors of the database and says only that nothing was written.
    """
    return cache.add(MARK, 1) or cache.touch(MARK)
