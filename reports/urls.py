"""Addresses of what concludes."""

from django.urls import path, re_path

from reports.views import documents, leadership, public, results

app_name = "reports"
# Codes of offices are written in capitals, so that /results/c/ stays free for campaigns.
OFFICE = "results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/"
PERIOD = f"{OFFICE}(?P<period>[0-9]{{4}}-(?:[0-9]{{2}}|Q[1-4]))/"
FILE = "(?P<name>seal[.]txt|(?:ballots|receipts|voids)[.]csv)$"
urlpatterns = [
    # everybody
    path("", results.front, name="front"),  # the home page of surveys, with the published months
    path("receipt", public.receipt, name="receipt"),
    path("results/", results.index, name="results"),
    re_path("^results/(?P<name>keys[.]txt|verify[.]py)$", results.tool, name="results_tool"),
    re_path(f"^{OFFICE}$", results.office, name="results_office"),
    re_path(f"^{PERIOD}$", results.period, name="results_period"),
    re_path(f"^{PERIOD}figures[.]json$", results.figures_json, name="results_json"),
    re_path(f"^{PERIOD}figures[.]csv$", results.figures_csv, name="results_csv"),
    re_path(f"^{PERIOD}{FILE}", results.evidence, name="results_file"),
    re_path(f"^{PERIOD}(?P<version>v[1-9][0-9]{{0,3}})/{FILE}", results.evidence, name="results_version_file"),
    # staff
    path("reports/", leadership.home, name="home"),
    path("reports/offices/", leadership.offices, name="offices"),
    path("reports/<str:office>/", leadership.month, name="month"),
    path("reports/<str:office>/<str:period>/<str:file>", documents.export, name="export"),
]
