"""Addresses of what concludes."""

from django.urls import path

from reports.views import leadership, public

app_name = "reports"
urlpatterns = [
    # everybody
    path("receipt", public.receipt, name="receipt"),
    # staff
    path("reports/", leadership.home, name="home"),
    path("reports/offices/", leadership.offices, name="offices"),
    path("reports/<str:office>/", leadership.month, name="month"),
]
