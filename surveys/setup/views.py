"""Trying the pilot: a ballot, a role, a tablet, and all of it from the beginning. 404 wherever it is not offered."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from surveys.accounts import landing_of
from surveys.ballot import tablet_views
from surveys.customer.rendering import page
from surveys.models import Office, User
from surveys.setup import trying
from surveys.setup.pilot import played, today

BACKEND = "django.contrib.auth.backends.ModelBackend"
#: In the session: the role that was taken, for the bar that leads to another one.
ROLE = "trying"
#: In the session: where the counter's page sends whoever tries it while the demonstration tablet is not open.
TABLET = "try_tablet"


def offered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @login_not_required
    @never_cache
    @require_POST
    @wraps(view)
    def answer(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not trying.is_offered(request):
            raise Http404
        return view(request, *args, **kwargs)

    return answer


@offered
def ballot(request: HttpRequest) -> HttpResponse:
    """A fresh slip of counter 1 in this month; a browser of staff may not answer, so its session ends first."""
    logout(request)
    code = today.hand_out(_office(), now=timezone.now())
    return HttpResponseRedirect(reverse("surveys:ballot", args=[code]), status=303)


@offered
def role(request: HttpRequest, username: str) -> HttpResponse:
    """Become one of the pilot's people. The session of before ends; it counts as a login just now."""
    if username not in trying.ROLES:
        raise Http404
    user = get_object_or_404(User, username=username, is_active=True)
    logout(request)
    record_authentication(request, user, method=ROLE)
    login(request, user, backend=BACKEND)
    request.session[ROLE] = str(trying.ROLES[username][0])
    request.session[TABLET] = trying.tablet_address(request)
    return HttpResponseRedirect(landing_of(user), status=303)


@offered
def again(request: HttpRequest) -> HttpResponse:
    """Ask whoever started the server for the database as it was after the replay."""
    if not played.is_kept():
        raise Http404
    played.wish().touch()
    return page("surveys/public/try_again.html")


@login_not_required
@never_cache
@require_GET
def tablet(request: HttpRequest) -> HttpResponse:
    """Make this browser the demonstration tablet, under a name of the machine that no role uses."""
    if not trying.is_tablet_offered(request):
        raise Http404
    response = HttpResponseRedirect(reverse("surveys:tablet"))
    response.set_cookie(
        tablet_views.COOKIE,
        trying.tablet_secret(),
        path=tablet_views.COOKIE_PATH,
        httponly=True,
        samesite="Strict",
    )
    return response


def _office() -> Office:
    return Office.objects.get(code="HB")
