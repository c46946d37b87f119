"""Reference data: questionnaires, counters, what is in force on a day, and how it is loaded."""
