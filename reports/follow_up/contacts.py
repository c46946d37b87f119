"""Contact details that a customer left with a receipt: asked for, answered, erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.db.transaction import atomic

from reports.follow_up.cases import CONTACT_ANSWERED, CaseRefused, MayNotHandle, may_lead
from reports.models import Contact
from surveys import audit
from surveys.models import Office, User
from surveys.periods import local_day

CONTACT_KEPT = timedelta(days=65)


MOST_CONTACTS_A_DAY = 50


class TooManyContacts(CaseRefused):
    """More requests in a day than people can have sent."""


@atomic
def ask_for_contact(*, office: Office, name: str, address: str, words: str, now: datetime) -> Contact:
    """Kept apart from every ballot, receipt and visit. Raises `TooManyContacts`."""
    today = local_day(now)
    if Contact.objects.of(office).filter(asked_on=today).count() >= MOST_CONTACTS_A_DAY:
        raise TooManyContacts
    return Contact.objects.create(office=office, asked_on=today, name=name, address=address, words=words)


@atomic
def answer_contact(*, contact: Contact, by: User, now: datetime) -> Contact:
    """Somebody was answered; what tells who it was is erased at once. Raises `MayNotHandle`."""
    standing = Contact.objects.select_related("office").select_for_update(of=("self",)).get(pk=contact.pk)
    if not may_lead(by, standing.office):
        raise MayNotHandle
    if standing.answered_on is None and standing.erased_on is None:
        standing.answered_on, standing.answered_by = local_day(now), by
        _erase(standing, now)
        standing.save()
        audit.record(action=CONTACT_ANSWERED, now=now, actor=by, office=standing.office)
    return standing


def erase_old_contacts(*, now: datetime) -> None:
    """Erase what was not answered in 65 days, and whatever an answer has left."""
    over = Q(asked_on__lte=local_day(now) - CONTACT_KEPT) | Q(answered_on__isnull=False)
    Contact.objects.filter(over, erased_on__isnull=True).update(
        name="", address="", words="", erased_on=local_day(now)
    )


def _erase(contact: Contact, now: datetime) -> None:
    contact.name = contact.address = contact.words = ""
    contact.erased_on = local_day(now)
