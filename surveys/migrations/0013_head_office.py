"""Head office's rank is one stored fact. Whoever founded a database founded head office first: the oldest office without
a parent has the rank, and none that lost its parent since."""

from django.db import migrations, models
from django.db.models import Q


def rank(apps, _schema) -> None:
    offices = apps.get_model("surveys", "Office").objects
    first = offices.filter(parent__isnull=True).order_by("pk").first()
    if first:
        offices.filter(pk=first.pk).update(is_head=True)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0012_transactions_by_start")]

    operations = [
        migrations.AddField(
            "office",
            "is_head",
            models.BooleanField(default=False, editable=False, verbose_name="đơn vị cao nhất"),
        ),
        migrations.RunPython(rank, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            "office",
            models.UniqueConstraint(
                condition=Q(("is_head", True)),
                fields=("is_head",),
                name="office_one_head",
                violation_error_message="Đã có đơn vị cao nhất.",
            ),
        ),
        migrations.AddConstraint(
            "office",
            models.CheckConstraint(
                condition=Q(("is_head", False), ("parent__isnull", True), _connector="OR"),
                name="office_head_has_no_parent",
                violation_error_message="Đơn vị cao nhất không có đơn vị cấp trên.",
            ),
        ),
    ]
