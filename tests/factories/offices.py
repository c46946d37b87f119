"""Offices, departments, counters and the procedures they handle."""

from __future__ import annotations

from datetime import date

import factory
from django.conf import settings
from factory.django import DjangoModelFactory

from surveys.choices import OfficeKind
from surveys.models import Counter, Office, Procedure, ProcedureVersion

LONG_AGO = date(2020, 1, 1)


class OfficeFactory(DjangoModelFactory):
    """A provincial office with a box of its own."""

    class Meta:
        model = Office

    code = factory.Sequence(lambda n: f"KB{n}")
    name = factory.LazyAttribute(lambda office: f"Kho bạc Nhà nước {office.code}")
    short_name = factory.LazyAttribute(lambda office: f"KBNN {office.code}")
    kind = OfficeKind.PROVINCIAL
    seals = True
    valid_from = LONG_AGO
    # The loopback address needs the administrator's word.
    phones_reach = factory.LazyFunction(lambda: settings.BASE_URL)


class DepartmentFactory(OfficeFactory):
    """A department, whose ballots go into the box of its office."""

    parent = factory.SubFactory(OfficeFactory)
    code = factory.LazyAttributeSequence(lambda department, n: f"{department.parent.code}-KT{n}")
    name = short_name = "Phòng Kế toán Nhà nước"
    kind = OfficeKind.DEPARTMENT
    seals = False


class CounterFactory(DjangoModelFactory):
    class Meta:
        model = Counter

    office = factory.SubFactory(DepartmentFactory)
    code = factory.Sequence(lambda n: f"Q{n}")
    name = factory.LazyAttribute(lambda counter: f"Quầy {counter.code}")


class ProcedureVersionFactory(DjangoModelFactory):
    class Meta:
        model = ProcedureVersion

    official_name = factory.LazyAttribute(lambda version: version.procedure.short_name)
    legal_basis = "Nghị định 347/2025/NĐ-CP"
    valid_from = LONG_AGO
    limit_value = 30
    limit_unit = factory.LazyAttribute(lambda version: "minute" if version.limit_value else "")


class ProcedureFactory(DjangoModelFactory):
    """With one version, in force since long ago: `version__limit_value`, `version__limit_unit`."""

    class Meta:
        model = Procedure
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"TT{n}")  # none that a test gives by hand
    short_name = factory.LazyAttribute(lambda procedure: f"Thủ tục {procedure.code}")
    version = factory.RelatedFactory(ProcedureVersionFactory, factory_related_name="procedure")
