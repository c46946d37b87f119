"""Two of the middlewares, asked for less: a customer's page needs neither a look at who is there nor a new policy."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class LoginRequired(LoginRequiredMiddleware):
    """Django's, but it asks the page before the person: on one that is open to all, no session is looked up."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class Policy(CSPMiddleware):
    """One policy for every page, without nonces: django-csp would put the same line together for each response."""

    def __init__(self, get_response):
        super().__init__(get_response)
        self.line = build_policy()

    def process_request(self, request: HttpRequest) -> None:
        """No nonce to prepare."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault(HEADER, self.line)
        return response
