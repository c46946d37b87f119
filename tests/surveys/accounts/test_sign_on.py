"""Single sign-on against a provider of its own: it says who somebody is, never that there is an account."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from kbnn_survey.env import sign_on
from surveys.accounts import second_factor
from surveys.audit import Action
from surveys.choices import Role
from surveys.models import AuditEntry, User
from tests import make
from tests.provider import CLIENT, SECRET, Provider

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running, settings, monkeypatch):
    monkeypatch.setenv("OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("OIDC_CLIENT_SECRET", SECRET)
    settings.OIDC_ISSUER = running.issuer
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": sign_on(running.issuer, "KBNN")}}
    running.claims, running.spoil, running.refuses = {"sub": "7", "preferred_username": "lan"}, {}, ""
    running.calls_itself = running.moved_to = ""
    return running


def sent_on(client: Client) -> str:
    """The address to which the provider sends the browser back."""
    asked = client.get("/login/sso")
    assert asked.status_code == 302
    return requests.get(asked["Location"], allow_redirects=False, timeout=5).headers["Location"]


def come_in(client: Client | None = None):
    """(the browser, the answer to its coming back)"""
    client = client or Client()
    back = urlsplit(sent_on(client))
    return client, client.get(f"{back.path}?{back.query}")


def is_in(client: Client, user: User) -> bool:
    return client.session.get("_auth_user_id") == str(user.pk)


def test_it_is_off_without_an_issuer(client):
    assert client.get("/login/sso").status_code == 404
    assert client.get("/login/sso/return").status_code == 404
    assert "/login/sso" not in client.get("/login").content.decode()
    assert sign_on("", "KBNN") == []


def test_the_login_page_offers_it_when_there_is_one(provider, client):
    page = client.get("/login").content.decode()

    assert 'href="/login/sso"' in page
    assert "Đăng nhập qua KBNN" in page


def test_whom_we_know_by_name_comes_in_and_is_bound_to_the_unchanging_id(provider):
    user = make.user(Role.LEADERSHIP, of=make.office(), username="lan")

    client, answer = come_in()

    assert (answer.status_code, answer["Location"]) == (302, "/today/")
    assert is_in(client, user)
    assert SocialAccount.objects.get().uid == "7"
    assert AuditEntry.objects.get().action == Action.SIGN_ON_LINKED

    provider.claims = {"sub": "7", "preferred_username": "lan.nguyen"}  # renamed at the provider
    assert is_in(come_in()[0], user)


def test_nobody_is_ever_created(provider):
    make.user(username="minh")

    client, answer = come_in()

    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_a_name_given_to_somebody_else_at_the_provider_opens_nothing(provider):
    user = make.user(Role.LEADERSHIP, of=make.office(), username="lan")
    come_in()
    provider.claims = {"sub": "8", "preferred_username": "lan"}

    client, answer = come_in()

    assert answer.status_code == 403
    assert not is_in(client, user)


def test_an_account_that_has_ended_stays_closed(provider):
    user = make.user(username="lan", is_active=False)
    assert come_in()[1].status_code == 403

    user.is_active = True
    user.save()
    come_in()
    user.is_active = False
    user.save()
    client, _answer = come_in()
    assert not is_in(client, user)


@pytest.mark.parametrize(("verified", "status"), [(True, 302), (False, 403), ("true", 403), (None, 403)])
def test_an_address_counts_only_when_the_provider_has_verified_it(provider, settings, verified, status):
    settings.OIDC_CLAIM = "email"
    make.user(username="x", email="Lan@kbnn.vn")
    provider.claims = {"sub": "7", "email": "lan@kbnn.vn", "email_verified": verified}

    assert come_in()[1].status_code == status


def test_two_accounts_with_one_address_are_nobodys(provider, settings):
    settings.OIDC_CLAIM = "email"
    for name in ("x", "y"):
        make.user(username=name, email="lan@kbnn.vn")
    provider.claims = {"sub": "7", "email": "lan@kbnn.vn", "email_verified": True}

    assert come_in()[1].status_code == 403


@pytest.mark.parametrize(
    "spoil",
    [{"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}],
    ids=lambda each: next(iter(each)),
)
def test_a_token_of_another_issuer_for_another_client_or_of_yesterday_is_refused(provider, spoil):
    user = make.user(username="lan")
    provider.spoil = spoil

    client, answer = come_in()

    assert answer.status_code == 401
    assert not is_in(client, user)


def test_a_provider_that_gives_itself_out_for_another_lets_nobody_in(provider):
    user = make.user(username="lan")
    provider.calls_itself, provider.spoil = "https://sso.kbnn.vn", {"iss": "https://sso.kbnn.vn"}

    client, answer = come_in()

    assert answer.status_code == 403
    assert not is_in(client, user)


@pytest.mark.parametrize("spoil", ["away", "moved"])
def test_a_provider_that_is_away_or_says_that_it_has_moved_is_told_and_not_followed(
    provider, settings, spoil
):
    provider.moved_to = "/elsewhere" if spoil == "moved" else ""
    if spoil == "away":
        gone = sign_on("http://127.0.0.1:9", "KBNN")
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": gone}}

    answer = Client().get("/login/sso")

    assert answer.status_code == 503
    assert "Hệ thống đăng nhập một lần không trả lời" in answer.content.decode()


def test_no_other_page_logs_anybody_in_who_did_not_ask(provider):
    make.user(username="lan")
    for site in ("cross-site", "same-site"):
        answer = Client().get("/login/sso", headers={"sec-fetch-site": site})
        assert (answer.status_code, answer["Location"]) == (302, "/login")
    for site in ("same-origin", "none"):
        asked = Client().get("/login/sso", headers={"sec-fetch-site": site})
        assert asked["Location"].startswith(provider.issuer)


def test_an_answer_that_this_browser_did_not_ask_for_is_refused(provider):
    """Login by a foreign answer: the state belongs to the browser that asked."""
    user = make.user(username="lan")
    back = urlsplit(sent_on(Client()))

    victim = Client()
    answer = victim.get(f"{back.path}?{back.query}")

    assert answer.status_code == 401
    assert not is_in(victim, user)
    assert parse_qs(back.query)["state"]


def test_an_answer_is_good_once(provider):
    make.user(username="lan")
    client = Client()
    back = urlsplit(sent_on(client))
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    client.post("/logout")

    assert client.get(f"{back.path}?{back.query}").status_code == 401


def test_who_stops_at_the_provider_is_told_so(provider):
    provider.refuses = "access_denied"

    client, answer = come_in()

    assert answer["Location"] == "/login/sso/cancelled"
    assert client.get("/login/sso/cancelled").status_code == 200


def test_nobody_logged_in_can_tie_a_second_identity_to_the_account(provider):
    user = make.user(username="lan")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    asked = client.get("/login/sso?process=connect")
    back = urlsplit(requests.get(asked["Location"], allow_redirects=False, timeout=5).headers["Location"])

    assert client.get(f"{back.path}?{back.query}").status_code == 403
    assert not SocialAccount.objects.exists()


def test_the_second_factor_is_still_ours_unless_the_provider_demands_one(provider, settings):
    settings.SECOND_FACTOR = True
    make.user(Role.INSPECTOR, of=make.office(), username="lan")

    client, _answer = come_in()
    assert client.get("/reports/signals/").headers["Location"].startswith("/account/app")

    settings.OIDC_SECOND_FACTOR = True
    client, _answer = come_in()
    assert client.get("/reports/signals/").status_code == 200


def test_setting_somebody_back_undoes_the_binding(provider):
    user = make.user(username="lan", of=make.office())
    come_in()

    second_factor.reset(user=user, by=None, now=make.NOW)

    assert not SocialAccount.objects.exists()


def test_a_provider_without_tls_is_refused_but_on_a_private_address(monkeypatch):
    monkeypatch.setenv("OIDC_CLIENT_ID", CLIENT)
    monkeypatch.setenv("OIDC_CLIENT_SECRET", SECRET)
    with pytest.raises(ImproperlyConfigured):
        sign_on("http://sso.kbnn.vn", "KBNN")
    assert sign_on("https://sso.kbnn.vn", "KBNN")[0]["settings"]["server_url"] == "https://sso.kbnn.vn"
