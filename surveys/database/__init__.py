"""What the database itself enforces and keeps: triggers, grants, statements, dumps, deletion."""
