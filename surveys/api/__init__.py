"""The API through which the treasury's own software logs transactions."""
