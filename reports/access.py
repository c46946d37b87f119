"""Who may see figures, campaigns and their rooms; a stranger's row is a 404."""

from __future__ import annotations

from django.contrib.auth.decorators import permission_required

may_see_figures = permission_required("surveys.view_figures", raise_exception=True)


may_read = permission_required("surveys.read_campaigns", raise_exception=True)


may_run = permission_required("surveys.run_campaigns", raise_exception=True)
