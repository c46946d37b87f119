"""An office's own scanner in figures."""

from surveys.paper.scans.histogram import Kind, histogram


def test_every_box_is_in_one_band_and_the_bands_end_at_the_thresholds():
    fills = [0.0] * 30 + [0.004, 0.0041, 0.025, 0.0251] + [0.3] * 10 + [1.0]
    found = histogram(fills)
    assert sum(band.n for band in found.bands) == found.n == len(fills)
    by_kind = {kind: sum(band.n for band in found.bands if band.kind is kind) for kind in Kind}
    assert by_kind == {Kind.EMPTY: 31, Kind.BETWEEN: 2, Kind.MARKED: 12}
    assert not found.is_apart


def test_a_few_boxes_say_nothing_of_a_scanner():
    assert histogram([0.0] * 39) is None
    assert histogram([0.0] * 40).is_apart
