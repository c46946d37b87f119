"""The doors of the house."""

from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import JavaScriptCatalog

from kbnn_survey.api import urls as api_urls
from reports.views.results import front

urlpatterns = [
    path("", front),  # in place of surveys' own home: the one with the published months
    path("", include("surveys.urls")),  # the ballot's address is looked up most, hence first
    path("", include("reports.urls")),
    # Django's own view of this address reads its own catalogue only; this one reads ours too.
    path("admin/jsi18n/", JavaScriptCatalog.as_view()),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", admin.site.urls),
    path("api/v1/", api_urls),
    # staff accounts: made by an administrator, hence no sign-up, no reset by e-mail
    path("login", account.login, name="account_login"),
    path("logout", account.logout, name="account_logout"),
    path("password", account.password_change, name="account_change_password"),
    path("reauthenticate", account.reauthenticate, name="account_reauthenticate"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("signup", account.signup, name="account_signup"),
]
