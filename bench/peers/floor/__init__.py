"""The floor: one bare view with CSRF, a form and one INSERT. No session, no user, no receipt, no rule."""
