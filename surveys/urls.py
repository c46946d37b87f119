"""Addresses of what collects. Those of the customer are printed on slips and stay (docs: what others rely on)."""

from django.urls import path

from surveys.views import health, public

app_name = "surveys"
urlpatterns = [
    # the customer
    path("", public.home, name="home"),
    path("p", public.typed_code, name="typed_code"),
    path("p/", public.typed_code),
    path("p/<path:code>", public.ballot, name="ballot"),
    path("P/<path:code>", public.ballot),  # capitals make a smaller QR
    path("P", public.typed_code),
    path("privacy", public.privacy, name="privacy"),
    # machines
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    # staff
]
