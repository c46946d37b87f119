"""The one menu: who may enter which room, and in which one stands."""

from types import SimpleNamespace

import pytest

from reports import menu

EVERYTHING = {each for room in (*menu.FIRST, *menu.ROOMS) for each in room.may.split()}


def user_with(*may: str, roles: frozenset[str] = frozenset(), is_staff: bool = False):
    powers = {f"surveys.{each}" for each in may}
    return SimpleNamespace(has_perm=powers.__contains__, roles=roles, is_staff=is_staff)


def menu_of(user, path: str = "/", *, is_lent: bool = False) -> list[menu.Line]:
    return menu.lines(user, path, is_lent=lambda: is_lent)


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("/counter/slips/", "Quầy giao dịch"),
        ("/counting/HB/2023-05/", "Kiểm phiếu"),
        ("/counting/paper/7/", "Phiếu giấy"),
        ("/reports/HB/", "Tháng"),
        ("/reports/offices/", "Tháng"),
        ("/reports/signals/HB/2023-05/", "Tín hiệu"),
        ("/reports/silent/", "Tín hiệu"),
        ("/reports/papers/HB/", "Mẫu văn bản"),
        ("/reports/trail/", "Nhật ký"),
        ("/cases/case/ab/", "Phản ánh"),
        ("/cases/directions/", "Chỉ đạo"),
        ("/cases/HB/2023-05/direction", "Chỉ đạo"),
        ("/campaigns/x/", "Đợt khảo sát"),
        ("/setup/people/", "Thiết lập"),
    ],
)
def test_of_all_rooms_one_is_the_current_one(path, room):
    assert [line.words for line in menu_of(user_with(*EVERYTHING), path) if line.is_current] == [room]


def test_the_first_room_of_a_teller_is_the_counter_and_of_others_today():
    assert menu_of(user_with("log_transactions", "view_figures"))[0].words == "Quầy giao dịch"
    assert menu_of(user_with("view_figures"))[0].words == "Việc hôm nay"


def test_whoever_may_nothing_has_an_empty_menu():
    assert menu_of(user_with()) == []


def test_whoever_has_no_role_and_counts_for_another_office_enters_the_counting_and_the_paper():
    assert [line.words for line in menu_of(user_with(), is_lent=True)] == ["Kiểm phiếu", "Phiếu giấy"]
    assert menu_of(user_with(roles=frozenset({"teller"})), is_lent=True) == []


def test_only_staff_of_the_administration_sees_its_lists():
    assert [line.words for line in menu_of(user_with(is_staff=True))] == ["Danh mục"]
