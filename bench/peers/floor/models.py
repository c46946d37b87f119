from django.db import models


class Answer(models.Model):
    attitude = models.SmallIntegerField()
    time = models.SmallIntegerField()

    class Meta:
        app_label = "floor"
        db_table = "floor_answer"
