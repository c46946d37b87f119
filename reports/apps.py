from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Tổng hợp")

    def ready(self) -> None:
        post_migrate.connect(settle, sender=self)


def settle(using: str, **_kwargs) -> None:
    """The triggers of this app's own append-only tables, which exist only after its migrations."""
    from surveys.database import triggers

    triggers.install(using)
