"""Who may open which address, as a table; one person a role and what fills the addresses."""

from __future__ import annotations

import pytest
from django.db.transaction import atomic, set_rollback
from django.test import Client
from django.utils import timezone

from reports import notices
from reports.follow_up import contacts
from reports.models import Case, Direction, PaperForm, SignedPaper
from surveys import audit, paper
from surveys.accounts import tablets
from surveys.choices import Role
from surveys.models import ApiKey, Ballot, Batch, CalendarDay, Counter, Organisation, User
from surveys.periods import parse_period
from surveys.slips import issuing
from tests import make

# Columns: nobody · the counter's teller · another counter's teller · counting team · leadership · inspector · head office ·
# administrator · leadership, administrator, counting team of another office.
ROLES = (
    "nobody",
    "teller",
    "teller2",
    "count",
    "lead",
    "inspector",
    "head",
    "admin",
    "lead_b",
    "admin_b",
    "count_b",
)


# Cells: a status; `in`: sent to the login page; `no`: refused or not found, or sent away to where nothing is to be had.
# A single cell holds for all. A POST sends what BODIES says, else nothing: 422 is the form's own answer, past every guard.
TABLE = """
/                                       GET  200
/p                                      GET  200
/p/                                     GET  200
/P                                      GET  200
/p/<path:code>                          POST 422 403 403 403 403 403 403 403 403 403 403
/P/<path:code>                          POST 422 403 403 403 403 403 403 403 403 403 403
/privacy                                GET  200
/clips/<slug:digest>                    GET  404
/receipt                                GET  200
/healthz                                GET  200
/readyz                                 GET  200
/metrics                                GET  200

/setup/                                 GET  in  403 403 403 403 403 403 200 403 200 403
/setup/people/                          GET  in  403 403 403 403 403 403 200 403 200 403
/setup/people/new                       GET  in  403 403 403 403 403 403 200 403 200 403
/setup/people/<int:pk>/                 GET  in  403 403 403 403 403 403 200 403 404 403
/setup/people/<int:pk>/letter           POST in  403 403 403 403 403 403 200 403 404 403
/setup/people/<int:pk>/phone            POST in  403 403 403 403 403 403 303 403 404 403
/setup/counters/                        GET  in  403 403 403 403 403 403 200 403 200 403
/setup/counters/new                     GET  in  403 403 403 403 403 403 200 403 200 403
/setup/counters/<int:pk>/               GET  in  403 403 403 403 403 403 200 403 404 403
/setup/procedures/                      GET  in  403 403 403 403 403 403 200 403 200 403
/setup/organisations/                   GET  in  403 403 403 403 403 403 200 403 200 403
/setup/organisations/new                GET  in  403 403 403 403 403 403 200 403 200 403
/setup/organisations/<int:pk>/          GET  in  403 403 403 403 403 403 200 403 404 403
/setup/organisations/import             GET  in  403 403 403 403 403 403 200 403 200 403
/setup/organisations/import.csv         GET  in  403 403 403 403 403 403 200 403 200 403
/setup/calendar/                        GET  in  403 403 403 403 403 403 200 403 200 403
/setup/calendar/<int:pk>/               GET  in  403 403 403 403 403 403 200 403 200 403
/setup/api-keys/                        GET  in  403 403 403 403 403 403 200 403 200 403
/setup/api-keys/<int:pk>/revoke         POST in  403 403 403 403 403 403 303 403 404 403
/setup/printers/                        GET  in  403 403 403 403 403 403 200 403 200 403
/setup/printers/<int:pk>/test           POST in  403 403 403 403 403 403 303 403 404 403
/print-test/<str:token>                 GET  410
/setup/questionnaire/                   GET  in  403 403 403 403 403 403 200 403 200 403
/setup/questionnaire/next               POST in  403 403 403 403 403 403 403 403 403 403
/setup/questionnaire/withdraw           POST in  403 403 403 403 403 403 403 403 403 403
/setup/spoken/                          GET  in  403 403 403 403 403 403 200 403 200 403
/setup/spoken/<slug:voice>/drop         POST in  403 403 403 403 403 403 303 403 303 403
/setup/tablets/                         GET  in  403 403 403 403 403 403 200 403 200 403
/setup/tablets/<int:pk>/move            POST in  403 403 403 403 403 403 303 403 404 403
/setup/tablets/<int:pk>/revoke          POST in  403 403 403 403 403 403 303 403 404 403

/try/ballot                             POST 404
/try/as/<slug:username>                 POST 404
/try/again                              POST 404
/try/tablet                             GET  404

/k/                                     GET  200
/k/pair                                 POST 303
/k/next                                 GET  403
/k/ballot                               GET  403
/k/cast                                 POST 403
/k/language                             POST 403
/k/take                                 POST 403
/k/print                                POST 403
/k/paper                                POST 403
/k/manifest.webmanifest                 GET  200

/counter/                               GET  in  200 200 403 403 403 403 403 403 403 403
/counter/start                          POST in  422 422 403 403 403 403 403 403 403 403
/counter/channel                        POST in  303 303 403 403 403 403 403 403 403 403
/counter/printer                        GET  in  200 200 403 403 403 403 403 403 403 403
/counter/organisations                  GET  in  200 200 403 403 403 403 403 403 403 403
/counter/transactions/<uuid:pk>/finish  POST in  303 404 403 403 403 403 403 403 403 403
/counter/transactions/<uuid:pk>/undo    POST in  303 404 403 403 403 403 403 403 403 403
/counter/transactions/<uuid:pk>/change  GET  in  200 404 403 403 403 403 403 403 403 403
/counter/slips/                         GET  in  200 200 403 403 403 403 403 403 403 403
/counter/slips/<uuid:pk>/               GET  in  200 404 403 403 403 403 403 403 403 403
/counter/slips/<uuid:pk>/reissue        POST in  303 404 403 403 403 403 403 403 403 403
/counter/slips/<uuid:pk>/cancel         POST in  303 404 403 403 403 403 403 403 403 403
/counter/slips/<uuid:pk>/stub           POST in  422 404 403 403 403 403 403 403 403 403

/counting/paper/                        GET  in  403 403 200 403 403 403 403 403 403 200
/counting/paper/sheet                   GET  in  200 200 200 200 200 200 200 200 200 200
/counting/paper/open                    POST in  403 403 303 403 403 403 403 403 403 404
/counting/paper/<int:pk>/               GET  in  403 403 200 403 403 403 403 403 403 404
/counting/paper/<int:pk>/key            GET  in  403 403 200 403 403 403 403 403 403 404
/counting/paper/<int:pk>/comments       POST in  403 403 409 403 403 403 403 403 403 404
/counting/paper/<int:pk>/confirm        POST in  403 403 409 403 403 403 403 403 403 404
/counting/paper/<int:pk>/scan           GET  in  403 403 200 403 403 403 403 403 403 404
/counting/paper/<int:pk>/scan/stop      POST in  403 403 404 403 403 403 403 403 403 404
/counting/paper/<int:pk>/scan/look      GET  in  403 403 404 403 403 403 403 403 403 404
/counting/paper/<int:pk>/scan/done      POST in  403 403 404 403 403 403 403 403 403 404
/counting/paper/<int:pk>/scan/comments  GET  in  403 403 404 403 403 403 403 403 403 404
/counting/paper/<int:pk>/scan/<int:number>/<slug:about>.jpg  GET  in  403 403 404 403 403 403 403 403 403 404
/counting/paper/<int:pk>/give-up        POST in  403 403 303 403 403 403 403 403 403 404

/counting/                              GET  in  403 403 200 200 200 403 403 200 403 200
/counting/proposals/<int:pk>            GET  in  404 404 404 404 404 404 404 404 404 404
/counting/<str:office>/team/            GET  in  403 403 403 200 403 403 403 404 403 403
/counting/<str:office>/team/<int:pk>/  GET  in  403 403 403 404 403 403 403 404 403 403
/counting/<str:office>/team/<int:pk>/revoke  POST in  403 403 403 404 403 403 403 404 403 403
/counting/<str:office>/<str:period>/    GET  in  403 403 200 200 200 403 403 404 403 404
/counting/<str:office>/<str:period>/close  POST in  403 403 409 403 403 403 403 404 403 404
/counting/<str:office>/<str:period>/note   POST in  403 403 422 403 403 403 403 404 403 404
/counting/<str:office>/<str:period>/sign   GET  in  403 403 302 403 403 403 403 404 403 404
/counting/<str:office>/<str:period>/withdraw  POST in  403 403 409 403 403 403 403 404 403 404
/counting/<str:office>/<str:period>/correct   POST in  403 403 422 403 403 403 403 404 403 404
/counting/<str:office>/<str:period>/publish   POST in  403 403 409 403 403 403 403 404 403 404
/counting/<str:office>/<str:period>/scans     POST in  403 403 422 403 403 403 403 404 403 404
/counting/<str:office>/<str:period>/scans/<int:pk>  GET  in  403 403 404 404 404 403 403 404 403 404
/counting/<str:office>/<str:period>/seals/<int:version>  GET  in  403 403 404 404 404 403 403 404 403 404
/counting/<str:office>/<str:period>/damaged   POST in  403 403 403 403 303 403 403 404 403 404
/counting/<str:office>/<str:period>/comments  GET  in  403 403 403 200 200 403 403 404 403 404

/contact                                GET  200
/cases/                                 GET  in  403 403 403 200 200 403 403 200 403 403
/cases/case/<str:pk>/                   GET  in  404 404 404 200 200 404 404 404 404 404
/cases/contacts/<int:pk>                POST in  404 404 404 303 404 404 404 404 404 404
/cases/notices/<str:kind>               POST in  303 303 303 303 303 303 303 303 303 303
/cases/off/<str:token>                  GET  200
/today/                                 GET  in  302 302 200 200 200 200 200 200 200 200
/cases/directions/                      GET  in  403 403 403 200 200 403 403 200 403 403
/cases/directions/<int:pk>/             GET  in  403 403 403 200 200 403 403 404 403 403
/cases/<str:office>/<str:period>/direction  GET  in  403 403 403 200 403 403 403 404 403 403

/reports/signals/                       GET  in  403 403 403 200 200 403 403 200 403 403
/reports/signals/cases/<int:pk>         POST in  403 403 403 403 404 403 403 403 403 403
/reports/signals/<code:office>/<str:period>/  GET  in  403 403 403 200 200 403 403 404 403 403
/reports/signals/<code:office>/<str:period>/coverage  GET  in  403 403 200 403 403 403 403 403 403 404
/reports/signals/<code:office>/<str:period>/coverage.csv  GET  in  403 403 200 403 403 403 403 403 403 404
/reports/signals/<code:office>/<str:period>/calls  GET  in  403 403 403 403 200 403 403 403 403 403
/reports/signals/<code:office>/<str:period>/calls/<int:pk>  POST in  403 403 403 403 404 403 403 403 403 403

/reports/silent/                        GET  in  403 403 403 403 200 403 403 403 403 403
/reports/silent/<code:office>/choose    POST in  403 403 403 403 422 403 403 403 403 403
/reports/silent/<code:office>/<str:period>/  GET  in  403 403 403 403 404 403 403 403 403 403
/reports/silent/<code:office>/<str:period>/draw  POST in  403 403 403 403 404 403 403 403 403 403
/reports/silent/<code:office>/<str:period>/letters  POST in  403 403 403 403 404 403 403 403 403 403
/reports/silent/<code:office>/<str:period>/close  POST in  403 403 403 403 404 403 403 403 403 403
/reports/silent/<code:office>/<str:period>/silent.txt  GET  in  403 403 403 403 404 403 403 403 403 403

/reports/                               GET  in  403 403 302 302 302 200 403 302 403 302
/reports/offices/                       GET  in  403 403 200 200 200 200 403 200 403 200
/reports/trail/                         GET  in  403 403 403 200 200 200 200 200 200 403
/reports/offices/remind                 POST in  403 403 403 403 403 302 403 403 403 403
/reports/<str:office>/                  GET  in  403 403 200 200 200 200 403 404 403 404

/counting/<code:office>/team/                       GET  in  403 403 403 200 403 403 403 404 403 403
/counting/<code:office>/team/<int:pk>/  GET  in  403 403 403 404 403 403 403 404 403 403
/counting/<code:office>/team/<int:pk>/revoke        POST in  403 403 403 404 403 403 403 404 403 403
/counting/<code:office>/past/                       GET  in  403 403 200 403 403 403 403 403 403 404
/counting/<code:office>/past/template.csv           GET  in  403 403 200 403 403 403 403 403 403 404
/counting/<code:office>/past/<int:pk>/withdraw      POST in  403 403 404 403 403 403 403 403 403 404
/counting/<code:office>/<str:period>/               GET  in  403 403 200 200 200 403 403 404 403 404
/counting/<code:office>/<str:period>/close          POST in  403 403 409 403 403 403 403 404 403 404
/counting/<code:office>/<str:period>/note           POST in  403 403 422 403 403 403 403 404 403 404
/counting/<code:office>/<str:period>/sign           GET  in  403 403 302 403 403 403 403 404 403 404
/counting/<code:office>/<str:period>/withdraw       POST in  403 403 409 403 403 403 403 404 403 404
/counting/<code:office>/<str:period>/correct        POST in  403 403 422 403 403 403 403 404 403 404
/counting/<code:office>/<str:period>/publish        POST in  403 403 409 403 403 403 403 404 403 404
/counting/<code:office>/<str:period>/scans          POST in  403 403 422 403 403 403 403 404 403 404
/counting/<code:office>/<str:period>/scans/<int:pk>  GET  in  403 403 404 404 404 403 403 404 403 404
/counting/<code:office>/<str:period>/seals/<int:version>  GET  in  403 403 404 404 404 403 403 404 403 404
/counting/<code:office>/<str:period>/damaged        POST in  403 403 403 403 303 403 403 404 403 404
/counting/<code:office>/<str:period>/comments       GET  in  403 403 403 200 200 403 403 404 403 404

/results/                                           GET  200
/^results/(?P<name>keys[.]txt|verify[.]py)$         GET  404
/^results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/$     GET  404
/^results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<period>[0-9]{4}-(?:[0-9]{2}|Q[1-4]))/$  GET  404
/^results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<period>[0-9]{4}-(?:[0-9]{2}|Q[1-4]))/recount$  GET  404
/^results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<period>[0-9]{4}-(?:[0-9]{2}|Q[1-4]))/evidence[.]zip$  GET  404
/^results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<period>[0-9]{4}-(?:[0-9]{2}|Q[1-4]))/figures[.]json$  GET  404
/^results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<period>[0-9]{4}-(?:[0-9]{2}|Q[1-4]))/figures[.]csv$  GET  404
/^results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<period>[0-9]{4}-(?:[0-9]{2}|Q[1-4]))/(?P<name>seal[.]txt|(?:ballots|receipts|voids)[.]csv)$  GET  404
/^results/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<period>[0-9]{4}-(?:[0-9]{2}|Q[1-4]))/(?P<version>v[1-9][0-9]{0,3})/(?P<name>seal[.]txt|(?:ballots|receipts|voids)[.]csv)$  GET  404
/^results/follow-up/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<period>[0-9]{4}-(?:[0-9]{2}|Q[1-4]))/(?P<name>silent-commit[.]txt|silent-draw[.]txt|follow-up[.]txt|letters[.]csv|letters-receipts[.]csv|check_follow_up[.]py)$  GET  404
/reports/papers/  GET  in  403 403 403 403 403 403 302 403 302 403
/reports/papers/<code:office>/  GET  in  403 403 403 403 403 403 200 403 404 403
/reports/papers/<code:office>/<slug:kind>/  GET  in  403 403 403 403 403 403 404 403 404 403
/reports/papers/<code:office>/<slug:kind>/<str:period>/  GET  in  403 403 403 403 403 403 404 403 404 403
/reports/<code:office>/<str:period>/kept/  GET  in  403 403 404 404 404 404 403 404 403 404
/reports/<code:office>/<str:period>/kept/anew  POST in  403 403 404 404 404 404 403 404 403 404
/reports/<str:office>/<str:period>/<str:file>       GET  in  403 403 200 200 200 200 403 404 403 404
/c/<slug:campaign>/                                 GET  404
/c/<slug:campaign>/<str:office>                     GET  404

/results/c/                                         GET  200
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/$    GET  404
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/standings[.]json$  GET  404
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/standings[.]csv$  GET  404
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/standings[.]xlsx$  GET  404
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/(?P<name>standing[.]txt|rank[.]py)$  GET  404
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/(?P<version>v[1-9][0-9]{0,3})/(?P<name>standing[.]txt)$  GET  404
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/$  GET  404
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<name>seal[.]txt|(?:ballots|receipts|voids)[.]csv)$  GET  404
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/(?P<office>[A-Z0-9][A-Z0-9-]{0,39})/(?P<version>v[1-9][0-9]{0,3})/(?P<name>seal[.]txt|(?:ballots|receipts|voids)[.]csv)$  GET  404
/cases/<code:office>/<str:period>/direction         POST in  403 403 403 422 403 403 403 404 403 403

/api/v1/openapi.json                    GET  200
/api/v1                                 GET  404
/api/v1/                                GET  404
/api/v1/<path:rest>                     GET  404
/api/v1/transactions                    POST 401
/api/v1/months/<period>                 GET  401
/api/v1/coverage                        GET  405

/login                                  GET  200 302 302 302 302 302 302 302 302 302 302
/logout                                 GET  302 200 200 200 200 200 200 200 200 200 200
/password                               GET  in  200 200 200 200 200 200 200 200 200 200
/reauthenticate                         GET  in  200 200 200 200 200 200 200 200 200 200
/reauthenticate/code                    GET  in  302 302 302 302 302 302 302 302 302 302
/help/                                  GET  in  302 302 302 302 302 302 302 302 302 302
/help/<slug:role>/                      GET  in  200 200 200 200 200 200 200 200 200 200
/account/                               GET  in  200 200 200 200 200 200 200 200 200 200
/account/landing                        GET  in  302 302 302 302 302 302 302 302 302 302
/account/app                            GET  in  302 302 302 302 302 302 302 302 302 302
/account/app/remove                     POST in  404 404 404 404 404 404 404 404 404 404
/account/codes                          GET  in  404 404 404 404 404 404 404 404 404 404
/account/codes/new                      POST in  302 302 302 302 302 302 302 302 302 302
/login/code                             GET  in  302 302 302 302 302 302 302 302 302 302
/login/sso                              GET  404
/login/sso/return                       GET  404
/login/sso/cancelled                    GET  200
/inactive                               GET  200
/signup                                 GET  200 302 302 302 302 302 302 302 302 302 302

/admin/                                 GET  in  200 200 200 200 200 200 200 200 200 200
/admin/login/                           GET  in  no  no  no  no  no  no  no  no  no  no
/admin/logout/                          POST in  200 200 200 200 200 200 200 200 200 200
/admin/jsi18n/                          GET  in  200 200 200 200 200 200 200 200 200 200
/admin/password_change/                 GET  in  200 200 200 200 200 200 200 200 200 200
/admin/password_change/done/            GET  in  200 200 200 200 200 200 200 200 200 200
/admin/autocomplete/                    GET  in  no  no  no  no  no  no  no  no  no  no
/admin/r/<path:content_type_id>/<path:object_id>/  GET  in  no  no  no  no  no  no  no  no  no  no
/admin/^(?P<app_label>surveys|reports)/$  GET  in  no  no  no  no  200 no  200 no  200 no
/admin/(?P<url>.*)$                     GET  in  no  no  no  no  no  no  no  no  no  no
/admin/surveys/counter/pad/             GET  in  no  no  no  no  no  no  200 no  200 no
/admin/surveys/user/<id>/password/      GET  in  no  no  no  no  no  no  200 no  no  no

/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/report[.]pdf$ GET  404
/^results/c/(?P<campaign>[a-z][a-z0-9-]{0,39})/report[.]docx$ GET  404
/campaigns/                              GET  in 403 403 403 403 200 200 403 403 403 403
/campaigns/new                           GET  in 403 403 403 403 403 200 403 403 403 403
/campaigns/past                          POST in 403 403 403 403 403 422 403 403 403 403
/campaigns/questionnaires/               GET  in 403 403 403 403 403 200 403 403 403 403
/campaigns/questionnaires/<int:pk>.xlsx  GET  in 403 403 403 403 403 200 403 403 403 403
/campaigns/<slug:slug>/                  GET  in 403 403 403 403 404 404 403 403 403 403
/campaigns/<slug:slug>/edit              GET  in 403 403 403 403 403 404 403 403 403 403
/campaigns/<slug:slug>/open              POST in 403 403 403 403 403 404 403 403 403 403
/campaigns/<slug:slug>/extend            POST in 403 403 403 403 403 404 403 403 403 403
/campaigns/<slug:slug>/close             POST in 403 403 403 403 403 404 403 403 403 403
/campaigns/<slug:slug>/sign              POST in 403 403 403 403 403 404 403 403 403 403
/campaigns/<slug:slug>/publish           POST in 403 403 403 403 403 404 403 403 403 403
/campaigns/<slug:slug>/preview           GET  in 403 403 403 403 404 404 403 403 403 403
/campaigns/<slug:slug>/poster.pdf GET  in 403 403 403 403 404 404 403 403 403 403
/campaigns/<slug:slug>/remind POST in 403 403 403 403 403 404 403 403 403 403
/campaigns/<slug:slug>/<code:office>/    GET  in 403 403 403 404 404 404 403 404 403 403
/campaigns/<slug:slug>/<code:office>/damaged POST in 403 403 403 403 404 404 403 403 403 403
/campaigns/<slug:slug>/<code:office>/invite POST in 403 403 403 403 403 404 403 403 403 403
/campaigns/<slug:slug>/<code:office>/remind POST in 403 403 403 403 403 404 403 403 403 403
/campaigns/<slug:slug>/<code:office>/poster.pdf GET  in 403 403 403 404 404 404 403 404 403 403
/api/v1/campaigns/<slug>/standings       GET  401
"""


#                    list and form       history and row     who
ADMIN_ROWS = {
    "own": (
        "no no no no no no 200 no 200 no",
        "no no no no no no 200 no no no",
        "office counter user paperform signedpaper",
    ),
    "all": (
        "no no no no no no 200 no 200 no",
        "no no no no no no 200 no 200 no",
        "procedure procedureversion questionnaire questionnaireversion scale",
    ),
    "trail": ("no no no no 200 no no no no no", "no no no no 200 no no no no no", "auditentry"),
}


APPS = {"paperform": "reports", "signedpaper": "reports"}


# The trail; and what holds for both offices of the table, so that the administrator of neither may change it.
READ_ONLY = [ADMIN_ROWS[key][2] for key in ("trail", "all")]


REFUSED = {"in", "no", "401", "403", "404", "405"}


NEVER = ["in", *["no"] * 10]


def table() -> dict[str, tuple[str, list[str]]]:
    """Route → method, a cell a role; the administration's rows, which are alike for every model, come last."""
    rows = {}
    for route, method, *cells in map(str.split, filter(None, TABLE.splitlines())):
        rows[route] = (method, cells * len(ROLES) if len(cells) == 1 else cells)
    for many, one, models in ADMIN_ROWS.values():
        for model in models.split():
            start = f"/admin/{APPS.get(model, 'surveys')}/{model}/"
            rows[start] = ("GET", ["in", *many.split()])
            rows[f"{start}add/"] = ("GET", NEVER if models in READ_ONLY else ["in", *many.split()])
            for view in ("history", "change"):
                rows[f"{start}<path:object_id>/{view}/"] = ("GET", ["in", *one.split()])
            rows[f"{start}<path:object_id>/delete/"] = rows[f"{start}<path:object_id>/"] = ("GET", NEVER)
    return rows


@pytest.fixture
def people() -> dict[str, User]:
    """One user a role at an office with two counters, and two users of another office; each is let into /admin/."""
    own, other = make.department(of=make.office("HB")), make.department()
    first, second = make.counter("Q1", of=own), make.counter("Q2", of=own)
    box, box_b = own.parent, other.parent
    staff = {
        "teller": make.teller(at=first),
        "teller2": make.teller(at=second),
        "count": make.user(Role.COUNTING, of=box),
        "lead": make.user(Role.LEADERSHIP, of=box),
        "inspector": make.user(Role.INSPECTOR, of=box),
        "head": make.user(Role.HEAD_OFFICE, of=make.office("KBNN")),
        "admin": make.user(Role.ADMIN, of=box),
        "lead_b": make.user(Role.LEADERSHIP, of=box_b),
        "admin_b": make.user(Role.ADMIN, of=box_b),
        "count_b": make.user(Role.COUNTING, of=box_b),
    }
    User.objects.update(is_staff=True)  # the flag alone must open nothing
    return staff


@pytest.fixture
def values(people) -> dict[str, dict[str, object]]:
    """What fills the holes of a route, by the beginning of the route; everything belongs to the first counter."""
    counter = Counter.objects.get(code="Q1")
    handed = make.issued(at=counter, now=timezone.now())
    procedure = handed.slip.procedure
    running = issuing.log_transaction(
        counter=counter,
        procedure=procedure,
        reference="GD-RUNNING",
        started_at=timezone.now(),
        now=timezone.now(),
    )
    audit.record(action="thử", actor=people["admin"], now=timezone.now(), subject="Q1")
    organisation = Organisation.objects.create(office=counter.box_office, code="TC1", name="Tổ chức 1")
    PaperForm.objects.create(office=counter.box_office, kind="minutes")
    SignedPaper.objects.create(office=counter.box_office, kind="minutes", period=handed.slip.period)
    day = CalendarDay.objects.create(day=make.LONG_AGO, works=False, note="Nghỉ")
    key = ApiKey.objects.create(
        office=counter.box_office, name="TABMIS", digest=ApiKey.digest_of("khoá"), created_at=timezone.now()
    )
    asking = tablets.ask_for_pairing(now=timezone.now()).tablet
    tablet = tablets.pair(code=asking.pairing_code, counter=counter, name="Máy", now=timezone.now())
    pile = paper.open_pile(
        office=counter.box_office,
        counter=counter,
        period=parse_period(handed.slip.period),
        by=people["count"],
        now=timezone.now(),
    )
    return {
        "": {
            "office": counter.box_office.code,
            "period": handed.slip.period,
            "pk": 1,
            "version": 1,
            "campaign": "none",
        }
        | {"name": "seal.txt", "file": "report.pdf"},
        "p/": {"code": handed.code},
        "P/": {"code": handed.code},
        "counter/transactions/": {"pk": running.pk},
        "counter/slips/": {"pk": handed.slip.pk},
        "cases/": {"kind": "weekly", "token": notices.off_token(people["lead"], "weekly")},
        **follow_up(handed, people["lead"]),
        "counting/": {
            "office": counter.box_office.code,
            "period": handed.slip.period,
            "pk": 10**6,
            "version": 9,
        },
        "counting/paper/": {"pk": pile.pk, "number": 1, "about": "whole"},
        "setup/people/": {"pk": people["teller"].pk},
        "setup/counters/": {"pk": counter.pk},
        "setup/organisations/": {"pk": organisation.pk},
        "setup/calendar/": {"pk": day.pk},
        "setup/api-keys/": {"pk": key.pk},
        "setup/printers/": {"pk": counter.pk},
        "print-test/": {"token": "old"},
        "setup/spoken/": {"voice": "vi"},
        "help/": {"role": "teller"},
        "clips/": {"digest": "0" * 64},
        "setup/tablets/": {"pk": tablet.pk},
        "reports/signals/": {"pk": 10**6},
        "campaigns/questionnaires/": {"pk": handed.slip.questionnaire_id},
        "api/": {"period": handed.slip.period, "rest": "nothing"},
        "admin/": {
            "app_label": "surveys",
            "url": "nothing",
            "content_type_id": 1,
            "object_id": 1,
            "id": people["admin"].pk,
        },
    }


def follow_up(handed: issuing.Issued, leader: User) -> dict[str, dict[str, object]]:
    """A case, a request for contact and a direction of the first office."""
    slip, now = handed.slip, timezone.now()
    facts = {"office": slip.office, "period": slip.period}
    batch = Batch.objects.create(**facts, number=1, ballots=10, mixed_on=now.date(), checkpoint="")
    ballot = Ballot.objects.create(
        **facts,
        id="0" * 32,
        batch=batch,
        questionnaire=slip.questionnaire,
        answers="{}",
        x="0" * 64,
        leaf="0" * 64,
    )
    case = Case.objects.create(**facts, ballot=ballot, is_dissatisfied=True, due_on=now.date())
    asked = contacts.ask_for_contact(office=slip.office, name="", address="090", words="Xin hỏi", now=now)
    told = {"text": "Làm", "unit": "Phòng", "due_on": now.date(), "author": leader, "written_at": now}
    direction = Direction.objects.create(**facts, **told)
    return {
        "cases/case/": {"pk": case.pk},
        "cases/contacts/": {"pk": asked.pk},
        "cases/directions/": {"pk": direction.pk},
    }


class Visitor:
    """One person's browser, logged in once; what a request changes is undone."""

    def __init__(self, person: User | None) -> None:
        self.client = Client()
        if person:
            self.client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        self.session = self.client.cookies.output(header="")

    def asks(self, method: str, path: str, body: dict[str, str] | None = None) -> str:
        """The table's cell for what is answered."""
        self.client.cookies.clear()
        self.client.cookies.load(self.session)
        with atomic():
            response = self.client.post(path, body) if method == "POST" else self.client.get(path)
            set_rollback(True)
        if response.status_code == 302 and response["Location"].startswith(("/login", "/admin/login")):
            return "in"
        if response.status_code == 403 and "Phiên làm việc đã hết" in response.content.decode():
            return "in"
        if path.startswith("/admin/") and response.status_code in {302, 403, 404}:
            return "no"
        return str(response.status_code)
