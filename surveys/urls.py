"""Addresses of what collects. Those of the customer are printed on slips and stay (docs: what others rely on)."""

from django.urls import path

from surveys.admin import organisation_import
from surveys.ballot import clip_views, tablet_views, views
from surveys.campaigns import views as campaigns_views
from surveys.counter import correction_views
from surveys.counter import views as counter_views
from surveys.paper import views as paper_views
from surveys.paper.scans import views as scan_views
from surveys.setup import views as try_views
from surveys.setup_room import api_key_views as setup_api_keys
from surveys.setup_room import calendar_views as setup_calendar
from surveys.setup_room import counter_views as setup_counters
from surveys.setup_room import organisation_views as setup_organisations
from surveys.setup_room import people_views as setup_people
from surveys.setup_room import printer_views as setup_printers
from surveys.setup_room import questionnaire_views as setup_questionnaire
from surveys.setup_room import spoken_views as setup_spoken
from surveys.setup_room import tablet_views as setup_tablets

app_name = "surveys"
urlpatterns = [
    # the customer
    path("", views.home, name="home"),
    path("p", views.typed_code, name="typed_code"),
    path("p/", views.typed_code),
    path("p/<path:code>", views.ballot, name="ballot"),
    path("P/<path:code>", views.ballot),  # capitals make a smaller QR
    path("P", views.typed_code),
    path("privacy", views.privacy, name="privacy"),
    path("c/<slug:campaign>/", campaigns_views.choose, name="campaign"),
    path("c/<slug:campaign>/<str:office>", campaigns_views.answer, name="campaign_answer"),
    path("clips/<slug:digest>", clip_views.clip, name="clip"),
    # the tablet
    path("k/", tablet_views.welcome, name="tablet"),
    path("k/pair", tablet_views.ask, name="tablet_ask"),
    path("k/next", tablet_views.poll, name="tablet_poll"),
    path("k/ballot", tablet_views.show, name="tablet_ballot"),
    path("k/cast", tablet_views.cast, name="tablet_cast"),
    path("k/language", tablet_views.language, name="tablet_language"),
    path("k/take", tablet_views.take_along, name="tablet_take_along"),
    path("k/print", tablet_views.print_slip, name="tablet_print"),
    path("k/paper", tablet_views.paper_instead, name="tablet_paper"),
    path("k/manifest.webmanifest", tablet_views.manifest, name="tablet_manifest"),
    # staff
    path("counter/", counter_views.console, name="counter"),
    path("counter/start", counter_views.start, name="counter_start"),
    path("counter/channel", counter_views.channel, name="counter_channel"),
    path("counter/printer", counter_views.printer, name="counter_printer"),
    path("counter/organisations", counter_views.organisations, name="counter_organisations"),
    path("counter/transactions/<uuid:pk>/finish", counter_views.finish, name="counter_finish"),
    path("counter/transactions/<uuid:pk>/undo", correction_views.undo, name="counter_undo"),
    path("counter/transactions/<uuid:pk>/change", correction_views.change, name="counter_change"),
    path("counter/slips/", counter_views.slips, name="counter_slips"),
    path("counter/slips/<uuid:pk>/", counter_views.slip, name="counter_slip"),
    path("counter/slips/<uuid:pk>/reissue", counter_views.reissue, name="counter_reissue"),
    path("counter/slips/<uuid:pk>/cancel", counter_views.cancel, name="counter_cancel"),
    path("counter/slips/<uuid:pk>/stub", counter_views.stub, name="counter_stub"),
    # head office
    path("campaigns/<slug:slug>/preview", campaigns_views.preview, name="campaign_preview"),
    # the set-up room; its first page, the list of what is missing, is one of reports
    path("setup/people/", setup_people.index, name="setup_people"),
    path("setup/people/new", setup_people.new, name="setup_person_new"),
    path("setup/people/<int:pk>/", setup_people.edit, name="setup_person"),
    path("setup/people/<int:pk>/letter", setup_people.letter, name="setup_letter"),
    path("setup/people/<int:pk>/phone", setup_people.phone, name="setup_phone"),
    path("setup/counters/", setup_counters.index, name="setup_counters"),
    path("setup/counters/new", setup_counters.new, name="setup_counter_new"),
    path("setup/counters/<int:pk>/", setup_counters.edit, name="setup_counter"),
    path("setup/procedures/", setup_counters.procedures, name="setup_procedures"),
    path("setup/questionnaire/", setup_questionnaire.index, name="setup_questionnaire"),
    path("setup/questionnaire/next", setup_questionnaire.start, name="setup_questionnaire_next"),
    path("setup/questionnaire/withdraw", setup_questionnaire.withdraw, name="setup_questionnaire_withdraw"),
    path("setup/spoken/", setup_spoken.index, name="setup_spoken"),
    path("setup/spoken/<slug:voice>/drop", setup_spoken.drop, name="setup_spoken_drop"),
    path("setup/organisations/", setup_organisations.index, name="setup_organisations"),
    path("setup/organisations/new", setup_organisations.new, name="setup_organisation_new"),
    path("setup/organisations/<int:pk>/", setup_organisations.edit, name="setup_organisation"),
    path("setup/organisations/import", organisation_import.import_page, name="setup_organisation_import"),
    path("setup/organisations/import.csv", organisation_import.template, name="setup_organisation_template"),
    path("setup/calendar/", setup_calendar.index, name="setup_calendar"),
    path("setup/calendar/<int:pk>/", setup_calendar.edit, name="setup_calendar_day"),
    path("setup/api-keys/", setup_api_keys.index, name="setup_api_keys"),
    path("setup/api-keys/<int:pk>/revoke", setup_api_keys.revoke, name="setup_api_key_revoke"),
    path("setup/printers/", setup_printers.index, name="setup_printers"),
    path("setup/printers/<int:pk>/test", setup_printers.test, name="setup_printer_test"),
    path("print-test/<str:token>", setup_printers.came_out, name="print_test"),
    path("setup/tablets/", setup_tablets.index, name="setup_tablets"),
    path("setup/tablets/<int:pk>/move", setup_tablets.move, name="setup_tablet_move"),
    path("setup/tablets/<int:pk>/revoke", setup_tablets.revoke, name="setup_tablet_revoke"),
    # trying the pilot: 404 but for `make run`'s own server, asked from this machine
    path("try/ballot", try_views.ballot, name="try_ballot"),
    path("try/as/<slug:username>", try_views.role, name="try_role"),
    path("try/again", try_views.again, name="try_again"),
    path("try/tablet", try_views.tablet, name="try_tablet"),
    # paper, for the counting team
    path("counting/paper/", paper_views.piles, name="paper"),
    path("counting/paper/sheet", paper_views.sheet, name="paper_sheet"),
    path("counting/paper/open", paper_views.open_pile, name="paper_open"),
    path("counting/paper/<int:pk>/", paper_views.pile, name="paper_pile"),
    path("counting/paper/<int:pk>/key", paper_views.key, name="paper_key"),
    path("counting/paper/<int:pk>/comments", paper_views.comments, name="paper_comments"),
    path("counting/paper/<int:pk>/confirm", paper_views.confirm, name="paper_confirm"),
    path("counting/paper/<int:pk>/scan", scan_views.scan, name="paper_scan"),
    path("counting/paper/<int:pk>/scan/stop", scan_views.stop, name="paper_scan_stop"),
    path("counting/paper/<int:pk>/scan/look", scan_views.look, name="paper_scan_look"),
    path("counting/paper/<int:pk>/scan/done", scan_views.done, name="paper_scan_done"),
    path("counting/paper/<int:pk>/scan/comments", scan_views.comments, name="paper_scan_comments"),
    path(
        "counting/paper/<int:pk>/scan/<int:number>/<slug:about>.jpg",
        scan_views.picture,
        name="paper_scan_picture",
    ),
    path("counting/paper/<int:pk>/give-up", paper_views.give_up, name="paper_give_up"),
]
