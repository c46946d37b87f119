"""The customer's ballot: on a phone, by typed code, on the counter's tablet."""
