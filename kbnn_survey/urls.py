"""The doors of the house."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import JavaScriptCatalog

urlpatterns = [
    path("", include("surveys.urls")),
    path("", include("reports.urls")),
    # Django's own view of this address reads its own catalogue only; this one reads ours too.
    path("admin/jsi18n/", JavaScriptCatalog.as_view()),
    path("admin/", admin.site.urls),
]
