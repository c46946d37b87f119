"""Addresses of what concludes."""

from django.urls import path

from reports.views import public

app_name = "reports"
urlpatterns = [
    # everybody
    path("receipt", public.receipt, name="receipt"),
    # staff
]
