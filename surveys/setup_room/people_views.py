"""People: the list, a new person with a letter to hand over, changes, a new password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys.accounts import second_factor
from surveys.accounts.requests import StaffRequest
from surveys.fields import FindForm
from surveys.models import User
from surveys.periods import local_day
from surveys.setup_room import people
from surveys.setup_room.forms import PersonForm
from surveys.setup_room.pages import may_administer, page_of, show

TAB = "people"
RESTED = lazy(
    "Tài khoản đã đóng nay mở lại: vai trò %(roles)s nghỉ đến khi lãnh đạo đơn vị cử lại; thanh tra đã được báo."
)


@require_safe
@may_administer
@never_cache
def index(request: StaffRequest) -> HttpResponse:
    """Accounts of the subtree; ``q`` in name or login, with or without marks."""
    typed = request.GET.get("q", "").strip()
    rows = people.people_of(request.user)
    if typed:
        rows = people.named_like(rows, typed)
    page = page_of(request, rows)
    listed = [(each, people.words_of(group.name for group in each.groups.all())) for each in page]
    query = f"{urlencode({'q': typed})}&" if typed else ""
    find = FindForm(_("Tìm theo tên hoặc tên đăng nhập"), typed)
    context = {"page": page, "people": listed, "find": find, "typed": typed, "query": query}
    return show(request, "people.html", TAB, context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
@never_cache
def new(request: StaffRequest) -> HttpResponse:
    """A new account; what comes back is the letter with its first password, shown this once."""
    form = PersonForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        password = people.enter(
            person=form.instance, roles=form.cleaned_data["groups"], by=request.user, now=timezone.now()
        )
        return _letter(request, form.instance, password)
    return show(request, "person.html", TAB, {}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@may_administer
@never_cache
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(people.people_of(request.user), pk=pk)
    name = person.get_full_name()
    form = PersonForm(request.POST or None, instance=person, by=request.user)
    if request.method == "POST" and form.is_valid():
        rested = people.change(
            person=form.instance,
            roles=form.cleaned_data["groups"],
            fields=form.changed_data,
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Đã lưu %(name)s.") % {"name": form.instance.get_full_name()})
        if rested:
            messages.warning(request, RESTED % {"roles": ", ".join(people.words_of(rested))})
        return HttpResponseRedirect(reverse("surveys:setup_people"), status=303)
    return show(request, "person.html", TAB, {"person": person, "name": name}, form=form)


@require_POST
@may_administer
@never_cache
def letter(request: StaffRequest, pk: int) -> HttpResponse:
    """Another letter with a new password, for whoever lost the first one or forgot the own."""
    person = get_object_or_404(people.people_of(request.user), pk=pk)
    try:
        password = people.set_password_back(person=person, by=request.user, now=timezone.now())
    except people.OwnPassword:
        messages.error(request, _("Mật khẩu của chính mình đổi ở mục Đổi mật khẩu."))
        return _to_person(person)
    return _letter(request, person, password)


@require_POST
@may_administer
def phone(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the second factor off an account whose phone and codes are lost; only from an office above."""
    person = get_object_or_404(people.people_of(request.user), pk=pk)
    try:
        second_factor.reset(user=person, by=request.user, now=timezone.now())
    except second_factor.ResetRefused:
        words = _("Chỉ người quản trị của đơn vị cấp trên được gỡ; ở đơn vị cao nhất là một người khác.")
        messages.error(request, words)
    else:
        messages.success(request, _("Đã gỡ mã trên điện thoại và đăng xuất khỏi mọi máy."))
    return _to_person(person)


def _letter(request: StaffRequest, person: User, password: str) -> HttpResponse:
    context = {
        "tab": TAB,
        "person": person,
        "password": password,
        "roles": people.words_of(person.groups.values_list("name", flat=True)),
        "needs_phone": second_factor.is_on()
        and second_factor.is_demanded(person, on=local_day(timezone.now())),
        "address": request.build_absolute_uri(reverse("account_login")),
    }
    return render(request, "surveys/setup_room/letter.html", context)


def _to_person(person: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("surveys:setup_person", args=[person.pk]), status=303)
