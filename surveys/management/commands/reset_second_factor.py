"""The last way back: the only administrator has lost the device. Whoever may run it has the whole server anyway."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from surveys.accounts import second_factor
from surveys.models import User


class Command(BaseCommand):
    help = (
        "Gỡ xác thực hai lớp của một tài khoản và đăng xuất tài khoản đó khỏi mọi máy; được ghi vào nhật ký."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"Không có tài khoản {username}.")
        second_factor.reset(user=user, by=None, now=timezone.now())
        self.stdout.write(f"{username}: đã gỡ; lần đăng nhập sau phải bật lại.")
