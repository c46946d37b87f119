"""The set-up room: an administrator's daily work on people, counters, procedures and tablets of the own subtree."""
