"""Campaigns: lifecycle, invitations, open answers, participation."""
