"""No English reaches a Vietnamese page, and every compiled catalogue says what its source says."""

import ast
import gettext as plain_gettext
import json
import re
from pathlib import Path
from unicodedata import combining, normalize

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator, MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.urls import resolve
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext, override, pgettext
from django.utils.translation.template import templatize

from surveys.management.commands.messages import is_customer_page

LOCALE = Path(settings.LOCALE_PATHS[0])
SOURCES = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
ENGLISH_WORD = re.compile(
    r"\b(the|this|that|is|are|must|enter|please|valid|select|your|not|and|with|password)\b", re.I
)


@pytest.fixture(autouse=True)
def vietnamese():
    with override("vi"):
        yield


def read_po(path):
    """What a .po file says, as {(context, msgid, plural): [translations]}; fuzzy and obsolete entries left out."""
    said = {}
    for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#~")]
        if any(line.startswith("#,") and "fuzzy" in line for line in lines):
            continue
        fields = {}
        for line in lines:
            if keyword := re.match(r"(msg\w+(?:\[\d\])?) ", line):
                field = keyword[1]
                fields[field] = ast.literal_eval(line[keyword.end() :])
            elif line.startswith('"'):
                fields[field] += ast.literal_eval(line)
        if fields.get("msgid"):
            key = (fields.get("msgctxt"), fields["msgid"], fields.get("msgid_plural"))
            said[key] = [text for name, text in fields.items() if name.startswith("msgstr")]
    return said


def read_mo(path):
    """The compiled catalogue in the same shape, empty translations left out as the compiler leaves them out."""
    with path.open("rb") as file:
        compiled = plain_gettext.GNUTranslations(file)._catalog
    said = {}
    for key, text in compiled.items():
        msgid, index = key if isinstance(key, tuple) else (key, 0)
        context, _, bare = msgid.rpartition("\x04")
        if bare:
            said.setdefault((context or None, bare), {})[index] = text
    return {key: [texts[index] for index in sorted(texts)] for key, texts in said.items()}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parts[-3])
def test_the_compiled_catalogue_says_what_its_source_says(source):
    written = {key[:2]: texts for key, texts in read_po(source).items() if all(texts)}
    assert read_mo(source.with_suffix(".mo")) == written, "run `make messages`"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parts[-3])
def test_every_translation_keeps_the_places_of_its_sentence(source):
    places = re.compile(r"%\(\w+\)[a-z]|%[ds]|\{\w*\}")
    for (_, msgid, plural), texts in read_po(source).items():
        for text in filter(None, texts):
            found = sorted(places.findall(text))
            assert found in (sorted(places.findall(msgid)), sorted(places.findall(plural or ""))), msgid


def test_nobody_is_addressed_as_friend():
    for texts in read_po(LOCALE / "vi/LC_MESSAGES/django.po").values():
        assert not any(re.search(r"\bbạn\b", text, re.I) for text in texts)


def is_vietnamese(sentence):
    return any(map(combining, normalize("NFD", sentence)))


def errors_of(field, value):
    with pytest.raises(ValidationError) as refusal:
        field.clean(value)
    return refusal.value.messages


WRONG = [
    (forms.CharField(), ""),
    (forms.CharField(max_length=3), "dài quá"),
    (forms.CharField(min_length=9), "ngắn"),
    (forms.CharField(), "a\x00b"),
    (forms.IntegerField(), "x"),
    (forms.IntegerField(min_value=1), "0"),
    (forms.IntegerField(max_value=9), "10"),
    (forms.IntegerField(step_size=5), "7"),
    (forms.FloatField(), "x"),
    (forms.DecimalField(max_digits=2), "123"),
    (forms.DecimalField(decimal_places=1), "1,25"),
    (forms.DateField(), "2026-13-01"),
    (forms.TimeField(), "25:00"),
    (forms.DateTimeField(), "hôm nay"),
    (forms.DurationField(), "lâu"),
    (forms.RegexField("^a$"), "b"),
    (forms.EmailField(), "x"),
    (forms.URLField(assume_scheme="https"), "x y"),
    (forms.UUIDField(), "x"),
    (forms.SlugField(), "x y"),
    (forms.JSONField(), "{"),
    (forms.GenericIPAddressField(), "x"),
    (forms.ChoiceField(choices=[("1", "Hài lòng")]), "2"),
    (forms.TypedMultipleChoiceField(choices=[("1", "Hài lòng")]), ["2"]),
    (forms.MultipleChoiceField(choices=[("1", "Hài lòng")]), "1"),
    (forms.FileField(), None),
    (forms.BooleanField(), False),
]


@pytest.mark.parametrize(("field", "value"), WRONG, ids=lambda part: type(part).__name__)
def test_a_refused_value_is_explained_in_vietnamese(field, value):
    for sentence in errors_of(field, value):
        assert not ENGLISH_WORD.search(sentence), sentence
        assert is_vietnamese(sentence), sentence


def test_a_broken_formset_is_explained_in_vietnamese():
    class Row(forms.Form):
        name = forms.CharField()

    rows = forms.formset_factory(Row, max_num=1, validate_max=True)
    too_many = rows(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "a", "form-1-name": "b"}
    )
    assert too_many.non_form_errors() == ["Chỉ được gửi nhiều nhất 1 biểu mẫu."]
    assert rows({}).non_form_errors()[0].startswith("Biểu mẫu gửi lên bị thiếu")


def test_a_weak_password_is_refused_in_vietnamese():
    with pytest.raises(ValidationError, match="Mật khẩu quá ngắn: phải có ít nhất 10 ký tự"):
        MinimumLengthValidator(10).validate("ngan")
    with pytest.raises(ValidationError, match="Mật khẩu này nhiều người dùng"):
        CommonPasswordValidator().validate("password")


def test_a_page_that_is_not_there_is_explained_in_vietnamese():
    from django.core.paginator import InvalidPage

    for number in ("x", 0, 9):
        with pytest.raises(InvalidPage) as refusal:
            Paginator([1, 2, 3], 2).page(number)
        assert "rang" in str(refusal.value)


def test_spans_of_time_are_vietnamese():
    from datetime import datetime, timedelta

    start = datetime(2023, 3, 15, 8, 0)
    assert timesince(start, start + timedelta(days=2, hours=3)) == "2\xa0ngày, 3\xa0giờ"


@pytest.mark.parametrize(
    "english",
    [
        "This account is currently inactive.",
        "The username and/or password you specified are not correct.",
        "Too many failed login attempts. Try again later.",
        "Be patient, you are sending too many requests.",
        "Account locked: too many login attempts. Please try again later.",
        "Account locked: too many login attempts. Contact an admin to unlock your account.",
        "Please type your current password.",
        "You must type the same password each time.",
        "Current Password",
        "New Password (again)",
        "Remember Me",
        "Are you sure you want to sign out?",
        "You have signed out.",
        "Password successfully changed.",
        "We are sorry, but the sign up is currently closed.",
        "CSRF verification failed. Request aborted.",
        "Constraint “%(name)s” is violated.",
        "Skip to main content",
        "Select all objects on this page for an action",
    ],
)
def test_signing_in_and_out_speaks_vietnamese(english):
    assert is_vietnamese(gettext(english))


def test_words_with_a_context_or_a_plural_are_found_too():
    assert pgettext("field label", "Login") == "Tên đăng nhập"
    assert ngettext("%(num)d day", "%(num)d days", 1) % {"num": 1} == "1 ngày"


def test_the_scripts_of_the_administration_pages_speak_vietnamese(rf):
    catalogue = resolve("/admin/jsi18n/").func(rf.get("/admin/jsi18n/")).content.decode()
    assert json.dumps("Chọn mọi %s") in catalogue
    assert json.dumps("Thứ Hai") in catalogue


# Names of languages, and the page Django shows to a developer before there is any other, reach no user.
DEVELOPERS_ONLY = re.compile(
    "Django|DEBUG|Tutorial|Topics, references|install worked|Connect, get help|Get started"
)


def test_nothing_of_djangos_own_is_left_in_english():
    import django
    from django.conf.locale import LANG_INFO

    languages = {info["name"] for info in LANG_INFO.values() if "name" in info}
    left = []
    for catalogue in ("conf", "contrib/admin", "contrib/auth", "contrib/contenttypes", "contrib/sessions"):
        english = Path(django.__file__).parent / catalogue / "locale/en/LC_MESSAGES/django.po"
        for context, msgid, plural in read_po(english):
            if msgid in languages or DEVELOPERS_ONLY.search(msgid):
                continue
            if plural:
                found = ngettext(msgid, plural, 2)
            else:
                found = pgettext(context, msgid) if context else gettext(msgid)
            if found == (plural or msgid) and len(ENGLISH_WORD.findall(msgid)) >= 1:
                left.append(msgid)
    assert left == []


CUSTOMER_FILES = sorted(
    path
    for room in ("templates", "surveys", "reports")
    for path in Path(settings.BASE_DIR, room).rglob("*")
    if path.suffix in (".html", ".txt", ".py") and is_customer_page(path)
)
MARKED = re.compile(r"""(?:gettext|\b_)\(u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")


def sentences(path):
    """What a file marks for translation."""
    text = path.read_text(encoding="utf-8")
    marked = text if path.suffix == ".py" else templatize(text, origin=str(path))
    return {ast.literal_eval(literal) for literal in MARKED.findall(marked)}


@pytest.mark.parametrize("file", CUSTOMER_FILES, ids=lambda path: path.name)
def test_every_sentence_of_a_customers_page_has_an_english_one(file):
    english = {
        msgid for (_, msgid, _), texts in read_po(LOCALE / "en/LC_MESSAGES/django.po").items() if all(texts)
    }
    assert sentences(file) - english == set(), "run `make messages` and fill in locale/en"


def test_the_customers_pages_are_found_and_their_sentences_read():
    ballot = next(path for path in CUSTOMER_FILES if path.name == "ballot.html")
    assert {"Gửi phiếu", 'Còn <a href="#c%(n)s">tiêu chí %(n)s</a> chưa được chọn.'} <= sentences(ballot)


def test_english_pages_fall_back_to_vietnamese_and_never_the_other_way_round():
    with override("en"):
        assert gettext("Gửi phiếu") == "Send ballot"
        assert gettext("câu chưa dịch") == "câu chưa dịch"
    assert gettext("Gửi phiếu") == "Gửi phiếu"
