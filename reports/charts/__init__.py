"""Pictures of figures as SVG that the server draws: lengths in percent of the width, letters in the page's own size.

So one drawing fits a phone, a desk and paper, and its words stay as large as the words around it. Colours come from the
style sheet by class; what is good or bad differs by shape as well. Every number arrives printed.
"""

from reports.charts.bars import FlowRow, bounds, flow, funnel_start, in_limits, returned
from reports.charts.shapes import NOTHING
from reports.charts.trends import (
    BOTTOM,
    LABELS_NARROW,
    LABELS_WIDE,
    gaps,
    past_key,
    return_rates,
    strip,
    with_slips,
)

__all__ = [
    "BOTTOM",
    "LABELS_NARROW",
    "LABELS_WIDE",
    "NOTHING",
    "FlowRow",
    "bounds",
    "flow",
    "funnel_start",
    "gaps",
    "in_limits",
    "past_key",
    "return_rates",
    "returned",
    "strip",
    "with_slips",
]
