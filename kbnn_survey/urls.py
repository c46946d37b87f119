"""The doors of the house."""

from allauth.account import views as account
from allauth.mfa.base.views import authenticate, index
from allauth.mfa.base.views import reauthenticate as code_again
from allauth.mfa.recovery_codes.views import view_recovery_codes
from allauth.socialaccount.providers.openid_connect import views as openid
from allauth.socialaccount.views import login_cancelled
from django.apps import apps
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

from kbnn_survey import health
from kbnn_survey.api import nowhere
from kbnn_survey.api import urls as api_urls
from kbnn_survey.exposition import metrics
from reports.results.views import front
from surveys.accounts import views

# What proves who somebody is, is set back as a whole (surveys/accounts), never edited.
for label in ("account", "mfa", "socialaccount"):
    for model in filter(admin.site.is_registered, apps.get_app_config(label).get_models()):
        admin.site.unregister(model)

urlpatterns = [
    path("", front),  # in place of surveys' own home: the one with the published months
    path("", include("surveys.urls")),  # the ballot's address is looked up most, hence first
    path("", include("reports.urls")),
    # Django's own view of this address reads its own catalogue only; this one reads ours too.
    path("admin/jsi18n/", JavaScriptCatalog.as_view()),
    path("admin/login/", views.administration_door),
    path("admin/", admin.site.urls),
    path("api/v1/", api_urls),
    path("api/v1", nowhere, {"rest": ""}),  # else the slash that lacks would be added by a page
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics, name="metrics"),  # for machines of the house
    path("help/", views.help_page, name="own_help"),
    path("help/<slug:role>/", views.help_page, name="help"),
    # staff accounts: made by an administrator, hence no sign-up, no reset by e-mail
    path("login", account.login, name="account_login"),
    path("logout", account.logout, name="account_logout"),
    path("password", account.password_change, name="account_change_password"),
    path("reauthenticate", account.reauthenticate, name="account_reauthenticate"),
    path("inactive", account.account_inactive, name="account_inactive"),
    path("signup", account.signup, name="account_signup"),
    # the second factor; the names are the account app's own
    path("login/code", authenticate, name="mfa_authenticate"),
    path("reauthenticate/code", code_again, name="mfa_reauthenticate"),
    path("account/", index, name="mfa_index"),
    path("account/landing", views.landing, name="account_landing"),
    path("account/app", views.enrol, name="mfa_activate_totp"),
    path("account/app/remove", views.remove, name="mfa_deactivate_totp"),
    path("account/codes", view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/codes/new", views.new_codes, name="mfa_generate_recovery_codes"),
    # single sign-on: not found unless a provider is set
    path("login/sso", views.sign_on, name="openid_connect_login"),
    path("login/sso/return", openid.callback, {"provider_id": "sso"}, name="openid_connect_callback"),
    path("login/sso/cancelled", login_cancelled, name="socialaccount_login_cancelled"),
]

handler400 = "kbnn_survey.refusals.bad_request"
handler404 = "kbnn_survey.refusals.page_not_found"
handler500 = "kbnn_survey.refusals.server_error"
