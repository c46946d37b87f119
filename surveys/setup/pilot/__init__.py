"""The pilot: KBNN Hòa Bình with illustrative figures, so that every page can be seen at work.

The totals are the article's; days, counters, procedures and customers are invented, and every page says so.
"""
