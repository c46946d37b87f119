"""Tables that people send: workbooks and delimited text, read strictly."""
