"""Leadership's pages: home and one office's month or stretch of months."""
