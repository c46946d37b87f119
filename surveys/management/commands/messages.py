"""The English catalogue of the customer's pages: collect what they say, then compile every catalogue.

Sources are Vietnamese. Staff pages have no other language, so only what a customer may meet is collected; the test of
the catalogues fails while a sentence of those pages lacks its English. `locale/vi` is written by hand: it fills what
Django, allauth and axes leave in English, and is only compiled here.
"""

import re
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import makemessages

# Beginnings of paths, from the project's root. Error pages carry both languages themselves.
CUSTOMER_PAGES = (
    "templates/home.html",
    "templates/privacy.html",
    "templates/public_base.html",
    "templates/surveys/public/",
    "templates/surveys/campaign/",
    "templates/surveys/tablet/",
    "templates/reports/public/",
    "surveys/fields.py",
    "surveys/ballot/",
    "surveys/campaigns/",
    "surveys/customer/",
    "surveys/reference/spoken.py",
    "surveys/setup/trying.py",
    "reports/arithmetic/follow_up_words.py",
    "reports/follow_up/public_",
    "reports/results/",
    "reports/standings/history.py",
    "reports/standings/pages.py",
    "reports/standings/tables.py",
    "reports/standings/views.py",
)


class Command(makemessages.Command):
    help = "Collects the sentences of the customer's pages into locale/en and compiles all catalogues (needs gettext)."

    # A guessed translation on a citizen's page is worse than none.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(locale=["en"], no_obsolete=True, no_wrap=True, add_location="file")

    def handle(self, *args, **options):
        super().handle(*args, **options)
        catalogue = Path(settings.LOCALE_PATHS[0]) / "en/LC_MESSAGES/django.po"
        # The hour of collection would make every run a change.
        catalogue.write_text(
            re.sub(r'"POT-Creation-Date:.*\n', "", catalogue.read_text(encoding="utf-8")), encoding="utf-8"
        )
        call_command("compilemessages", ignore_patterns=[".*", "var"], verbosity=options["verbosity"])

    def find_files(self, root):
        return [file for file in super().find_files(root) if is_customer_page(Path(file.path))]


def is_customer_page(path: Path) -> bool:
    return path.resolve().relative_to(settings.BASE_DIR).as_posix().startswith(CUSTOMER_PAGES)
