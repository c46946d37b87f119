"""How gunicorn serves, wherever it is started: `gunicorn --config deploy/gunicorn.conf.py kbnn_survey.wsgi:application`."""

import os
import shutil
import tempfile
from pathlib import Path

bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', 8000)}")
worker_class = (
    "kbnn_survey.buffered_worker.BufferedWorker"  # slow clients hold no thread (docs/decisions/0033)
)
# As long as nginx lets one through: what gunicorn itself refuses, it refuses with a page, to machines too.
limit_request_line = 8190
limit_request_fields = 8_000
workers = int(os.environ.get("WEB_WORKERS", 2))
threads = 4
# Loaded once and shared: half the time to start, and less memory. Hence a new release wants a restart, not a reload.
preload_app = True
control_socket_disable = True  # nobody here speaks to a running server but by signals
# No access log: a line of it would tie an address to a slip's code.
accesslog = None
loglevel = "warning"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kbnn_survey.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"level": "WARNING", "handlers": ["console"], "propagate": False, "qualname": name}
        for name in ("gunicorn.error", "gunicorn.access")
    },
}

# What the workers count together lies in memory: a mapped file on a full disk would end the worker that writes to it.
_given = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
if not _given:
    memory = Path("/dev/shm")  # noqa: S108
    _own = tempfile.mkdtemp(prefix="phieu-metrics-", dir=memory if memory.is_dir() else None)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _own
    _master = os.getpid()

    def on_exit(server):
        if os.getpid() == _master:
            shutil.rmtree(_own, ignore_errors=True)
