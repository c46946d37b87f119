"""Content or table → bytes: PDF, DOCX, XLSX, CSV. The same content gives the same bytes; no clock is read here."""
