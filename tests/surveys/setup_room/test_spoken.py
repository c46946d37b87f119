"""A ballot read out: clips are uploaded and heard in the set-up room, and offered once every passage is there."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from surveys.choices import Role
from surveys.customer import cached_pages
from surveys.models import QuestionnaireVersion, SpokenClip, Voice
from surveys.reference import spoken
from surveys.reference.questionnaires import read_questionnaire
from surveys.setup_room import sounds
from surveys.setup_room.spoken import LARGEST
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/setup/spoken/"
MP3 = make.mp3("Mở đầu")
M4A = b"\0\0\0\x20ftypM4A " + bytes(20) + b"\0\0\0\x0cmoovsoun" + b"\0\0\0\x0amdat\1\2"


@pytest.fixture
def handed():
    return make.issued(at=make.counter("Q1"), kind=make.procedure("P1"), now=timezone.now())


@pytest.fixture
def admin(handed) -> Client:
    client = Client()
    client.force_login(make.user(Role.ADMIN, of=handed.slip.office))
    return client


def passages(voice: Voice) -> list[spoken.Passage]:
    return spoken.passages(read_questionnaire(QuestionnaireVersion.objects.get().pk), voice)


def speak(admin: Client, voice: Voice, *, content: bytes = MP3, leave_out: int = 0):
    many = len(passages(voice)) - leave_out
    return admin.post(PAGE, {f"{voice}-{n}": SimpleUploadedFile("a.mp3", content) for n in range(many)})


def ballot(handed, language: str = "vi") -> str:
    spoken.forget()
    cached_pages.forget_skeletons()
    return Client().get(f"/p/{handed.code}?lang={language}").content.decode()


def test_a_voice_is_offered_once_every_passage_is_spoken_and_fetches_nothing_before(admin, handed):
    speak(admin, Voice.VIETNAMESE, leave_out=1)
    assert "<audio" not in ballot(handed)
    assert speak(admin, Voice.VIETNAMESE).status_code == 303
    page = ballot(handed)
    assert page.count("<audio") == len(passages(Voice.VIETNAMESE)) == 4
    assert page.count('preload="none"') == 4
    assert "<audio" not in ballot(handed, "en")


def test_the_english_page_offers_english_and_the_vietnamese_page_muong(admin, handed):
    speak(admin, Voice.ENGLISH)
    speak(admin, Voice.MUONG)
    assert ("Tiếng Mường" in ballot(handed), ballot(handed).count("<audio")) == (True, 4)
    assert ballot(handed, "en").count("<audio") == 4


def test_a_changed_sentence_has_no_clip_and_an_unchanged_one_keeps_its_own(admin, handed):
    speak(admin, Voice.VIETNAMESE)
    before = passages(Voice.VIETNAMESE)
    version = QuestionnaireVersion.objects.get()
    version.title = "Ông/bà đánh giá thế nào"
    QuestionnaireVersion.objects.bulk_update([version], ["title"])
    wanted = passages(Voice.VIETNAMESE)
    kept = spoken.kept(handed.slip.office_id, Voice.VIETNAMESE, wanted)
    assert set(kept) == {one.digest for one in before[1:]}


def test_a_clip_says_every_answer_and_none_that_was_chosen(admin, handed):
    asked = passages(Voice.VIETNAMESE)[1].words
    assert all(level in asked for level in ("Hài lòng", "Không hài lòng"))
    speak(admin, Voice.VIETNAMESE)
    sent = Client().post(f"/p/{handed.code}", {"time": "1"})
    assert sent.status_code == 422
    heard = [
        re.findall(r'<audio[^>]*src="([^"]+)"', page) for page in (ballot(handed), sent.content.decode())
    ]
    assert heard[0] == heard[1]


def test_what_is_no_sound_or_too_large_is_said_at_its_file_and_the_others_are_kept(admin):
    files = {
        "vi-0": SimpleUploadedFile("ghi âm.mp3", b"RIFF....WAVE"),
        "vi-1": SimpleUploadedFile("b.mp3", b"ID3" + bytes(LARGEST)),
        "vi-2": SimpleUploadedFile("c.m4a", M4A),
    }
    response = admin.post(PAGE, files)
    page = response.content.decode()
    assert response.status_code == 422
    assert "“ghi âm.mp3” không phải tệp MP3 hay M4A, hoặc bị đứt giữa chừng." in page
    assert "“b.mp3” lớn hơn 800 kB." in page
    assert "Đã giữ 1 đoạn đọc." in page
    assert 'href="#vi-0"' in page.partition('role="alert"')[2].partition("</div>")[0]
    assert SpokenClip.objects.get().kind == "audio/mp4"
    assert "Chưa chọn tệp nào." in admin.post(PAGE, follow=True).content.decode()


@pytest.mark.parametrize(
    "content",
    [
        MP3[:-1],  # breaks off within its last frame
        MP3[: 21 + 5 * 104],  # whole frames, shorter than half a second
        b"ID3" + bytes(300),
        MP3[:-104] + b"<html>" + bytes(98),
        M4A[:-1],
        M4A.replace(b"soun", b"vide"),
        M4A.replace(b"mdat", b"free"),
        M4A[:32] + b"\0\0\0\x04" + M4A[36:],  # a box shorter than its own head
        b"\xff\xfb",
        b"",
    ],
)
def test_what_breaks_off_or_only_begins_like_a_sound_is_none(content):
    with pytest.raises(sounds.NotASound):
        sounds.kind_of(content)


@pytest.mark.parametrize("content", [MP3, make.mp3()[10:], MP3 + b"TAG" + bytes(125), M4A])
def test_whole_sounds_are_known_with_and_without_their_tags(content):
    assert sounds.kind_of(content) in ("audio/mpeg", "audio/mp4")


def test_a_player_gets_the_part_that_it_asks_for(admin, handed):
    speak(admin, Voice.VIETNAMESE)
    address = spoken.address_of(SpokenClip.objects.first())
    whole = Client().get(address)
    assert (whole.content, whole["Content-Type"], whole["Accept-Ranges"]) == (MP3, "audio/mpeg", "bytes")
    for asked, part in (("bytes=0-1", MP3[:2]), ("bytes=200-", MP3[200:]), ("bytes=-4", MP3[-4:])):
        answer = Client().get(address, headers={"Range": asked, "Accept-Encoding": "gzip"})
        assert (answer.status_code, answer.content) == (206, part), asked
        assert answer["Content-Range"].endswith(f"/{len(MP3)}")
    assert Client().get(address, headers={"Range": "bytes=9000-"}).status_code == 416
    assert Client().get(address, headers={"Range": "bytes=-"}).status_code == 200


def test_a_voice_is_taken_away_and_another_office_s_stays(admin, handed):
    speak(admin, Voice.VIETNAMESE)
    elsewhere = SpokenClip.objects.first()
    elsewhere.pk, elsewhere.office = None, make.office("HN")
    elsewhere.save()
    assert admin.post(f"{PAGE}vi/drop").status_code == 303
    assert list(SpokenClip.objects.all()) == [elsewhere]
    assert "<audio" not in ballot(handed)
    assert admin.post(f"{PAGE}xx/drop").status_code == 404
