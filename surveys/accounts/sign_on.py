"""Single sign-on with an office's own OpenID Connect provider: it says who somebody is, never that there is an account.

The first time, one claim (OIDC_CLAIM) names the account; from then on the provider's own unchanging id (`sub`) does, so
that a name given to somebody else at the provider opens nothing here.
"""

from __future__ import annotations

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils import timezone
from requests import Session

from surveys import audit
from surveys.accounts import second_factor
from surveys.audit import Action
from surveys.models import User


class SignOnAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in whom we know, bind whom we meet for the first time, turn everybody else away."""
        claims = sociallogin.account.extra_data.get("id_token") or {}
        if sociallogin.state.get("process") != AuthProcess.LOGIN or not _is_of_our_provider(claims):
            raise ImmediateHttpResponse(_turned_away(request))
        if not sociallogin.is_existing:
            user = _named_by(claims)
            if user is None or SocialAccount.objects.filter(user=user).exists():
                raise ImmediateHttpResponse(_turned_away(request))
            sociallogin.connect(request, user)
            audit.record(
                action=Action.SIGN_ON_LINKED,
                now=timezone.now(),
                actor=user,
                subject=str(user),
                provider=settings.OIDC_ISSUER,
            )
        if settings.OIDC_SECOND_FACTOR:
            second_factor.mark(request, sociallogin.user)

    def get_requests_session(self) -> Session:
        """What asks the provider: nobody is followed to another address."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session


def _is_of_our_provider(claims: dict) -> bool:
    """Whether the token's issuer is the one of the settings: its discovery document names whom it likes (ASVS 10.5.3)."""
    return str(claims.get("iss", "")).rstrip("/") == settings.OIDC_ISSUER


def _named_by(claims: dict) -> User | None:
    """The one active account that the claim names; an address that the provider has not verified names nobody."""
    said = claims.get(settings.OIDC_CLAIM)
    if not isinstance(said, str) or not said:
        return None
    if settings.OIDC_CLAIM == "email":
        if claims.get("email_verified") is not True:
            return None
        found = User.objects.filter(is_active=True, email__iexact=said)
    else:
        found = User.objects.filter(is_active=True, username=said)
    return found.get() if found.count() == 1 else None


def _turned_away(request: HttpRequest):
    return render(request, "account/sso_unknown.html", status=403)
