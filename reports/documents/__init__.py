"""Minutes, reports, poster, tables of figures: a snapshot and an office's forms become content (reports.exports.content)."""
