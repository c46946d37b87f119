"""Staff with their roles, and roles lent for some days."""

from __future__ import annotations

from datetime import timedelta

import factory
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.django import DjangoModelFactory

from surveys.choices import Role
from surveys.models import Delegation, User

PASSWORD = "mat-khau-thu"


class UserFactory(DjangoModelFactory):
    """``roles``: those of the account itself. The password is hashed, as the product does it."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class, *args, **fields):
        return model_class.objects.create_user(*args, **fields)

    @factory.post_generation
    def roles(self, create, extracted, **kwargs):
        if create and extracted:
            self.groups.set(Group.objects.filter(name__in=extracted))


class DelegationFactory(DjangoModelFactory):
    """The counting of another office's box, for one day unless ``days`` more are given."""

    class Meta:
        model = Delegation

    class Params:
        days = 0

    role = Role.COUNTING
    valid_to = factory.LazyAttribute(lambda lent: lent.valid_from + timedelta(days=lent.days))
    reason = "QĐ số 45/QĐ-KBNN"
    granted_by = factory.LazyAttribute(lambda lent: UserFactory(roles=[Role.LEADERSHIP], office=lent.office))
    granted_at = factory.LazyFunction(timezone.now)
