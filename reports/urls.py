"""Addresses of what concludes."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from reports.campaigns import questionnaire_views, review_views, unit_views, views
from reports.checklist import views as checklist_views
from reports.counting_room import closing_views, decision_views, signing_views
from reports.counting_room import views as counting_room_views
from reports.documents import settings_views
from reports.documents import views as documents_views
from reports.follow_up import direction_views, public_views
from reports.follow_up import views as follow_up_views
from reports.integrity import coverage_views, trail_views
from reports.integrity import views as integrity_views
from reports.leadership import overview_views
from reports.leadership import views as leadership_views
from reports.past_months import views as past_months_views
from reports.results import receipt_views
from reports.results import views as results_views
from reports.silent import views as silent_views
from reports.standings import views as standings_views
from reports.today import views as today_views


class OfficeCode(StringConverter):
    """An office's code, written in capitals: /counting/paper/… belongs to the paper ballots."""

    regex = "[A-Z0-9][A-Z0-9-]{0,31}"


register_converter(OfficeCode, "code")
app_name = "reports"
# Codes of offices are written in capitals, so that /results/c/ stays free for campaigns.
OFFICE = "results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/"
PERIOD = f"{OFFICE}(?P<period>[0-9]{{4}}-(?:[0-9]{{2}}|Q[1-4]))/"
FILE = "(?P<name>seal[.]txt|(?:ballots|receipts|voids)[.]csv)$"
CAMPAIGN = "results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/"
UNIT = f"{CAMPAIGN}(?P<office>[A-Z0-9][A-Z0-9-]{{0,39}})/"
VERSION = "(?P<version>v[1-9][0-9]{0,3})/"
urlpatterns = [
    # everybody
    path("", results_views.front, name="front"),  # the home page of surveys, with the published months
    path("receipt", receipt_views.receipt, name="receipt"),
    path("contact", public_views.contact, name="contact"),
    path("results/", results_views.index, name="results"),
    re_path("^results/(?P<name>keys[.]txt|verify[.]py)$", results_views.tool, name="results_tool"),
    re_path(f"^{OFFICE}$", results_views.office, name="results_office"),
    re_path(f"^{PERIOD}$", results_views.period, name="results_period"),
    re_path(f"^{PERIOD}figures[.]json$", results_views.figures_json, name="results_json"),
    re_path(f"^{PERIOD}figures[.]csv$", results_views.figures_csv, name="results_csv"),
    re_path(f"^{PERIOD}{FILE}", results_views.evidence, name="results_file"),
    re_path(f"^{PERIOD}recount$", results_views.recount, name="results_recount"),
    re_path(f"^{PERIOD}evidence[.]zip$", results_views.evidence_zip, name="results_zip"),
    re_path(
        f"^{PERIOD}(?P<version>v[1-9][0-9]{{0,3}})/{FILE}",
        results_views.evidence,
        name="results_version_file",
    ),
    re_path(
        f"^results/follow-up/{PERIOD.removeprefix('results/')}"
        "(?P<name>silent-commit[.]txt|silent-draw[.]txt|follow-up[.]txt|letters[.]csv|letters-receipts[.]csv|check_follow_up[.]py)$",
        results_views.follow_up,
        name="results_follow_up",
    ),
    # campaigns
    path("results/c/", standings_views.index, name="campaigns_public"),
    re_path(f"^{CAMPAIGN}$", standings_views.table, name="campaign_results"),
    re_path(f"^{CAMPAIGN}standings[.]json$", standings_views.document, name="campaign_json"),
    re_path(f"^{CAMPAIGN}standings[.]csv$", standings_views.csv, name="campaign_csv"),
    re_path(f"^{CAMPAIGN}standings[.]xlsx$", standings_views.xlsx, name="campaign_xlsx"),
    re_path(f"^{CAMPAIGN}(?P<name>standing[.]txt|rank[.]py)$", standings_views.file, name="campaign_file"),
    re_path(
        f"^{CAMPAIGN}{VERSION}(?P<name>standing[.]txt)$", standings_views.file, name="campaign_version_file"
    ),
    re_path(f"^{UNIT}$", standings_views.unit, name="campaign_unit"),
    re_path(f"^{UNIT}{FILE}", standings_views.evidence, name="campaign_evidence"),
    re_path(f"^{UNIT}{VERSION}{FILE}", standings_views.evidence, name="campaign_version_evidence"),
    re_path(f"^{CAMPAIGN}report[.]pdf$", standings_views.report_pdf, name="campaign_report"),
    re_path(f"^{CAMPAIGN}report[.]docx$", standings_views.report_docx, name="campaign_report_docx"),
    # staff
    path("today/", today_views.today, name="today"),
    path("setup/", checklist_views.setup, name="setup"),
    path("campaigns/", views.index, name="campaigns"),
    path("campaigns/new", views.new, name="campaign_new"),
    path("campaigns/past", views.past, name="campaign_past"),
    path("campaigns/questionnaires/", questionnaire_views.index, name="questionnaires"),
    path("campaigns/questionnaires/<int:pk>.xlsx", questionnaire_views.export, name="questionnaire_xlsx"),
    path("campaigns/<slug:slug>/", views.room, name="campaign"),
    path("campaigns/<slug:slug>/edit", views.edit, name="campaign_edit"),
    path("campaigns/<slug:slug>/open", review_views.open_it, name="campaign_open"),
    path("campaigns/<slug:slug>/extend", views.extend, name="campaign_extend"),
    path("campaigns/<slug:slug>/close", review_views.close, name="campaign_close"),
    path("campaigns/<slug:slug>/sign", review_views.sign, name="campaign_sign"),
    path("campaigns/<slug:slug>/publish", views.publish, name="campaign_publish"),
    path("campaigns/<slug:slug>/poster.pdf", unit_views.national_poster, name="campaign_national_poster"),
    path("campaigns/<slug:slug>/remind", unit_views.remind_quiet, name="campaign_remind_quiet"),
    path("campaigns/<slug:slug>/<code:office>/", unit_views.unit, name="campaign_unit_room"),
    path("campaigns/<slug:slug>/<code:office>/damaged", unit_views.damaged, name="campaign_damaged"),
    path("campaigns/<slug:slug>/<code:office>/invite", unit_views.invite, name="campaign_invite"),
    path("campaigns/<slug:slug>/<code:office>/remind", unit_views.remind, name="campaign_remind"),
    path("campaigns/<slug:slug>/<code:office>/poster.pdf", unit_views.poster, name="campaign_poster"),
    path("counting/", counting_room_views.index, name="counting"),
    path("counting/proposals/<int:pk>", decision_views.decide, name="counting_decide"),
    path("counting/<code:office>/team/", decision_views.team, name="counting_team"),
    path("counting/<code:office>/team/<int:pk>/", decision_views.act, name="counting_act"),
    path("counting/<code:office>/team/<int:pk>/revoke", decision_views.revoke, name="counting_revoke"),
    path("counting/<code:office>/past/", past_months_views.page, name="past"),
    path("counting/<code:office>/past/template.csv", past_months_views.template, name="past_template"),
    path("counting/<code:office>/past/<int:pk>/withdraw", past_months_views.withdraw, name="past_withdraw"),
    path("counting/<code:office>/<str:period>/", counting_room_views.room, name="counting_room"),
    path("counting/<code:office>/<str:period>/close", closing_views.close, name="counting_close"),
    path("counting/<code:office>/<str:period>/note", counting_room_views.note, name="counting_note"),
    path("counting/<code:office>/<str:period>/sign", signing_views.sign, name="counting_sign"),
    path("counting/<code:office>/<str:period>/withdraw", signing_views.withdraw, name="counting_withdraw"),
    path("counting/<code:office>/<str:period>/correct", signing_views.correct, name="counting_correct"),
    path("counting/<code:office>/<str:period>/publish", counting_room_views.publish, name="counting_publish"),
    path("counting/<code:office>/<str:period>/scans", counting_room_views.attach, name="counting_attach"),
    path(
        "counting/<code:office>/<str:period>/scans/<int:pk>", counting_room_views.scan, name="counting_scan"
    ),
    path(
        "counting/<code:office>/<str:period>/seals/<int:version>",
        counting_room_views.seal_text,
        name="counting_seal",
    ),
    path("counting/<code:office>/<str:period>/damaged", decision_views.damaged, name="counting_damaged"),
    path("counting/<code:office>/<str:period>/comments", decision_views.comments, name="counting_comments"),
    path("cases/", follow_up_views.index, name="cases"),
    path("cases/case/<str:pk>/", follow_up_views.case, name="case"),
    path("cases/contacts/<int:pk>", follow_up_views.contact_answered, name="contact_answered"),
    path("cases/notices/<str:kind>", follow_up_views.notice_switch, name="notice_switch"),
    path("cases/off/<str:token>", follow_up_views.notices_off, name="notices_off"),
    path("cases/directions/", direction_views.index, name="directions"),
    path("cases/directions/<int:pk>/", direction_views.direction, name="direction"),
    path("cases/<code:office>/<str:period>/direction", direction_views.write, name="direct"),
    path("reports/signals/", integrity_views.index, name="signals"),
    path("reports/signals/cases/<int:pk>", integrity_views.dispose, name="signals_case"),
    path("reports/signals/<code:office>/<str:period>/", integrity_views.period, name="signals_period"),
    path(
        "reports/signals/<code:office>/<str:period>/coverage",
        coverage_views.coverage,
        name="signals_coverage",
    ),
    path(
        "reports/signals/<code:office>/<str:period>/coverage.csv",
        coverage_views.template,
        name="signals_coverage_template",
    ),
    path("reports/signals/<code:office>/<str:period>/calls", integrity_views.calls, name="signals_calls"),
    path(
        "reports/signals/<code:office>/<str:period>/calls/<int:pk>", integrity_views.call, name="signals_call"
    ),
    path("reports/silent/", silent_views.index, name="silent"),
    path("reports/silent/<code:office>/choose", silent_views.choose, name="silent_choose"),
    path("reports/silent/<code:office>/<str:period>/", silent_views.page, name="silent_page"),
    path("reports/silent/<code:office>/<str:period>/draw", silent_views.draw, name="silent_draw"),
    path("reports/silent/<code:office>/<str:period>/letters", silent_views.letters, name="silent_letters"),
    path("reports/silent/<code:office>/<str:period>/close", silent_views.close, name="silent_close"),
    path("reports/silent/<code:office>/<str:period>/silent.txt", silent_views.whole_list, name="silent_list"),
    path("reports/", leadership_views.home, name="home"),
    path("reports/offices/", overview_views.offices, name="offices"),
    path("reports/offices/remind", overview_views.remind, name="offices_remind"),
    path("reports/trail/", trail_views.trail, name="trail"),
    path("reports/papers/", settings_views.index, name="documents"),
    path("reports/papers/<code:office>/", settings_views.of_office, name="documents_of"),
    path("reports/papers/<code:office>/<slug:kind>/", settings_views.edit, name="document_edit"),
    path(
        "reports/papers/<code:office>/<slug:kind>/<str:period>/",
        settings_views.signed,
        name="document_signed",
    ),
    path("reports/<str:office>/", leadership_views.month, name="month"),
    path("reports/<code:office>/<str:period>/kept/", documents_views.kept, name="kept"),
    path("reports/<code:office>/<str:period>/kept/anew", documents_views.keep, name="keep"),
    path("reports/<str:office>/<str:period>/<str:file>", documents_views.export, name="export"),
]
