"""The pilot's replay: a year and a campaign played through the product's own verbs."""
