"""From an empty office to its first real ballot: a list whose steps are done when the system has seen it, and that stays as the
office's state of health."""
