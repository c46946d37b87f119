"""What Django's own `vi` leaves out or does otherwise: groups of three, dates typed and printed as 15/3/2023.

Django fills what is missing here from its own module, and appends the ISO input formats.
"""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3

DATE_FORMAT = SHORT_DATE_FORMAT = "j/n/Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "H:i j/n/Y"
YEAR_MONTH_FORMAT = r"\t\há\n\g n/Y"
MONTH_DAY_FORMAT = "j/n"
FIRST_DAY_OF_WEEK = 1

# Day before month, always: without this list "05/03/2026" would be read the American way.
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%Hh%M"]
DATETIME_INPUT_FORMATS = [
    f"{first} {second}"
    for day in DATE_INPUT_FORMATS
    for time in TIME_INPUT_FORMATS
    for first, second in ((day, time), (time, day))
]
