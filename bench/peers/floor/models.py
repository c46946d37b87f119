from django.db import models


class Answer(models.Model):
    attitude = models.SmallIntegerField()
    time = models.SmallIntegerField()

    class Meta:
        app_label = "floor"
        db_table = "floor_answer"

    def __str__(self):
        return f"{self.attitude}{self.time}"
