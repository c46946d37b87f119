"""Tables that people send: XLSX, CSV and pasted text, read strictly.

From the file to what is stored:

* `process.read` bounds the file and has it read in a child process of limited memory and time (`child`);
* `reading.read` is what the child does: `archive`, `markup`, `workbook`, `worksheet` for XLSX, `delimited` for text;
  `file_kinds` names what is neither;
* `book` is what comes back: sheets of cells that know their place, kind and shown text;
* `declared`, `headings`, `columns` and `tables` say what a table should hold, find it and turn cells into values or complaints;
* `dry_run` shows what would be stored, with totals and differences, under a digest.

Everything here but `holding` is pure: no Django, no clock, the standard library alone.
"""
