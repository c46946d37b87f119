"""Standings: counted from sums, signed by two, sealed with their evidence, redone from the published files."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from reports import ledger, standings
from reports.exports import pdf
from reports.exports.content import Basis, Signer, words_of
from reports.models import MonthCell, MonthSum, PaperForm, PastResult, Seal, Standing
from reports.publication import verify
from reports.standings import scoring
from reports.standings.document import document, formula_of, units_of
from reports.standings.pages import page_of, unit_page
from reports.standings.report import report
from reports.standings.signing import lay_out
from surveys import evidence
from surveys.accounts import two_persons
from surveys.audit import Action
from surveys.box import casting, mixing, signed_form
from surveys.box.boxed import INVITED, OPEN
from surveys.campaigns import invitations
from surveys.choices import Role
from surveys.crypto import keys
from surveys.models import ApiKey, AuditEntry, Campaign, CampaignUnit, Office, User
from surveys.reference import answers as reference_answers
from surveys.vietnamese import with_long_dates
from tests import campaigns, make
from tests.make import NOW
from tests.reports.exports.reading import left_over, text_of_docx, text_of_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]
FULL, MIXED = {"easy": 4, "solved": 1}, {"easy": 2, "solved": 1}


def invited(unit: CampaignUnit, n: int, **answers) -> None:
    organisations = [(f"Trường {number}", "") for number in range(n)]
    for one in invitations.invite(unit=unit, name="Đợt 1", organisations=organisations, by=None, now=NOW):
        slip = casting.find_slip(code=one.code)
        form = signed_form.read_form(slip=slip, field=signed_form.open_form(slip=slip, now=NOW))
        said = reference_answers.Said({"easy": 4, "online": None, "solved": 1, "why": None} | answers)
        casting.cast(slip=slip, form=form, said=said, via="link", now=NOW)


@pytest.fixture
def over() -> datetime:
    return NOW + timedelta(days=21)


@pytest.fixture
def counted(over) -> Campaign:
    """A: 30 open and 12 invited answers, B: 40 open ones, C: 29, D: none."""
    offices = [make.office(code) for code in "ABCD"]
    campaign = campaigns.campaign(*offices)
    a, b, c, _d = campaign.units.select_related("campaign").order_by("office__code")
    for unit, n, answers in ((a, 30, FULL), (b, 40, MIXED), (c, 29, FULL)):
        for _answer in range(n):
            campaigns.answer(unit, **answers)
    invited(a, 12, easy=3)
    list(standings.close_and_count(campaign=campaign, now=over))
    campaign.refresh_from_db()
    return campaign


@pytest.fixture
def heads() -> list[User]:
    office = make.office("KBNN", seals=False)
    return [make.user(Role.HEAD_OFFICE, of=office), make.user(Role.HEAD_OFFICE, of=office)]


def signed(campaign: Campaign, heads: list[User], now: datetime, *, reason: str = "") -> Standing:
    seen = evidence.digest(standings.standing_text(campaign, reason=reason))
    facts = {"campaign": campaign, "seen": seen, "now": now, "logged_in_at": now}
    standings.sign_first(user=heads[0], reason=reason, **facts)
    return standings.sign_second(user=heads[1], **facts)


def unit(standing: Standing, code: str) -> dict:
    return next(unit for unit in standing.document["units"] if unit["office"] == code)


@pytest.mark.both_engines
def test_scores_and_places_come_from_single_answers(counted, heads, over):
    standing = signed(counted, heads, over)
    told = [(u["office"], u["score"], u["place"]) for u in standing.document["units"]]
    assert told == [("A", "96.43", 1), ("B", "75.00", 2), ("C", None, None), ("D", None, None)]


def test_open_and_invited_are_shown_apart_and_together(counted, heads, over):
    one = unit(signed(counted, heads, over), "A")
    assert (one["n"], one["modes"]["open"]) == (42, {"n": 30, "score": "100.00"})
    assert one["modes"]["invited"] == {"n": 12, "score": None}  # fewer than 30: a count and no score


def test_a_unit_under_the_minimum_is_listed_without_score_or_place(counted, heads, over):
    one = unit(signed(counted, heads, over), "C")
    assert (one["n"], one["score"], one["place"], one["levels"]) == (29, None, None, None)


def small_remainders() -> Campaign:
    """A: 40 open answers; B: 12 of which 3 came to the last mix; C: 3; each with the voids and modes it has."""
    campaign = campaigns.campaign(*(make.office(code) for code in "ABC"))
    a, b, c = campaign.units.select_related("campaign", "office").order_by("office__code")
    for unit, n, answers in ((a, 40, FULL), (b, 10, MIXED), (c, 3, {"easy": 0, "solved": 0, "why": 1})):
        for _answer in range(n):
            campaigns.answer(unit, **answers)
    assert mixing.mix(office=b.office, period=campaign.period, now=NOW).ballots == 10
    for _answer in range(3):
        campaigns.answer(b, easy=0, solved=1)
    return campaign


@pytest.mark.both_engines
def test_a_unit_whose_last_mix_holds_fewer_than_ten_is_counted_and_signed(heads, over):
    campaign = small_remainders()
    list(standings.close_and_count(campaign=campaign, now=over))
    campaign.refresh_from_db()
    standing = signed(campaign, heads, over)
    assert [unit(standing, code)["n"] for code in "ABC"] == [40, 13, None]
    assert ledger.examine() == []


def test_the_country_less_the_units_that_are_printed_is_nothing(heads, over):
    campaign = small_remainders()
    list(standings.close_and_count(campaign=campaign, now=over))
    campaign.refresh_from_db()
    said = signed(campaign, heads, over).document
    shown = [each for each in said["units"] if each["levels"]]
    assert (said["country"]["n"], said["country"]["units"]) == (sum(each["n"] for each in shown), len(shown))
    assert said["country"]["sections"] == shown[0]["sections"]
    page = unit_page(Standing.objects.get(), "A")
    assert (page["country_of"], page["sections"][0]["country"]) == (1, page["sections"][0]["own"])


@pytest.mark.parametrize("seed", range(6))
def test_nothing_in_a_standing_tells_a_group_below_ten(seed):
    """All that is printed of random units, as equations: no remainder of any of them holds one to nine ballots."""
    dice = random.Random(seed)
    campaign = campaigns.campaign(*(make.office(f"U{n}") for n in range(6)))
    for row in campaign.units.select_related("office"):
        for mode in (OPEN, INVITED, ""):
            counted_row(campaign, row.office, mode, dice.choice([0, 0, 3, 9, 10, 25, 31, 50]), dice)
    said = document(campaign=campaign, version=1, reason="")
    units = {each.office: each for each in units_of(campaign)}
    printed = [each for each in said["units"] if each["levels"] is not None]
    assert said["country"]["n"] == sum(units[each["office"]].n for each in printed)
    together: dict = {}
    for each in printed:
        assert each["n"] >= 30
        for code, levels in each["levels"].items():
            for level, n in levels.items():
                counts = together.setdefault(code, {})
                counts[int(level)] = counts.get(int(level), 0) + n
    sections = scoring.calculate(formula_of(campaign), together).sections
    assert said["country"]["sections"] == {
        code: None if score is None else str(scoring.two_decimals(score)) for code, score in sections.items()
    }
    for each in said["units"]:
        own = units[each["office"]]
        modes = each["modes"] or {}
        told = [mode["n"] for mode in modes.values() if mode["n"] is not None]
        assert not told or all(n == 0 or n >= 10 for n in (*told, own.n - sum(told)))
        assert each["n"] is not None or 0 < own.n < 10
        assert (each["score"] is None) == (own.n < 30)


def counted_row(campaign: Campaign, office: Office, mode: str, n: int, dice: random.Random) -> None:
    """The sums of n ballots of one mode; the last criterion answered at random."""
    if not n:
        return
    satisfied = dice.choice([0, n // 2, n])
    key = {"office": office, "period": campaign.slug, "counter": mode, "procedure": ""}
    MonthCell.objects.create(**key, ballots=n, valid=n, satisfied=satisfied, void=0)
    for level, part in ((4, satisfied), (0, n - satisfied)):
        if part:
            levels = {
                "questionnaire_id": campaign.questionnaire_id,
                "criterion": "easy",
                "level": level,
                "n": part,
            }
            MonthSum.objects.create(**key, **levels)


@pytest.mark.both_engines
def test_two_persons_sign_and_the_second_is_another(counted, heads, over):
    seen = evidence.digest(standings.standing_text(counted))
    facts = {"campaign": counted, "seen": seen, "now": over, "logged_in_at": over}
    standings.sign_first(user=heads[0], **facts)
    with pytest.raises(two_persons.SamePersonTwice):
        standings.sign_second(user=heads[0], **facts)


@pytest.mark.parametrize(
    ("minutes", "role", "fact"),
    [
        (11, Role.HEAD_OFFICE, two_persons.LoginTooOld),
        (-11, Role.HEAD_OFFICE, two_persons.LoginTooOld),  # by a clock that was set back
        (0, Role.INSPECTOR, standings.NotForYou),
    ],
)
def test_who_signs_runs_campaigns_and_has_just_logged_in(counted, over, minutes, role, fact):
    seen = evidence.digest(standings.standing_text(counted))
    with pytest.raises(fact):
        standings.sign_first(
            campaign=counted,
            user=make.user(role, of=make.office()),
            seen=seen,
            now=over,
            logged_in_at=over - timedelta(minutes=minutes),
        )


def test_a_first_signature_ends_after_a_day(counted, heads, over):
    seen = evidence.digest(standings.standing_text(counted))
    standings.sign_first(campaign=counted, user=heads[0], seen=seen, now=over, logged_in_at=over)
    late = over + timedelta(hours=24)
    with pytest.raises(two_persons.NoFirstSignature):
        standings.sign_second(campaign=counted, user=heads[1], seen=seen, now=late, logged_in_at=late)


def test_nobody_signs_first_in_anothers_place(counted, heads, over):
    seen = evidence.digest(standings.standing_text(counted))
    facts = {"campaign": counted, "seen": seen, "now": over, "logged_in_at": over}
    standing = standings.sign_first(user=heads[0], **facts)
    with pytest.raises(two_persons.AnotherSignatureStands):
        standings.sign_first(user=heads[1], **facts)
    assert standings.open_signature(counted, now=over) == standing


def test_a_change_after_the_first_signature_makes_it_void(counted, heads, over, monkeypatch):
    seen = evidence.digest(standings.standing_text(counted))
    facts = {"campaign": counted, "seen": seen, "now": over, "logged_in_at": over}
    standings.sign_first(user=heads[0], **facts)
    monkeypatch.setattr(standings.signing, "standing_text", lambda campaign, reason: "other figures")
    with pytest.raises(two_persons.ChangedSince):
        standings.sign_second(user=heads[1], **facts)
    assert standings.open_signature(counted, now=over) is None
    assert AuditEntry.objects.get(action=Action.SIGNATURE_VOID).subject == counted.slug


def test_an_old_page_leaves_the_first_signature_standing(counted, heads, over):
    seen = evidence.digest(standings.standing_text(counted))
    facts = {"campaign": counted, "now": over, "logged_in_at": over}
    standing = standings.sign_first(user=heads[0], seen=seen, **facts)
    with pytest.raises(two_persons.ChangedSince):
        standings.sign_second(user=heads[1], seen="0" * 64, **facts)
    assert standings.open_signature(counted, now=over) == standing


def test_nothing_is_signed_while_the_campaign_is_open(heads):
    with pytest.raises(standings.CampaignNotCounted):
        standings.standing_text(campaigns.campaign())


@pytest.mark.both_engines
def test_a_standing_never_changes(counted, heads, over):
    standing = signed(counted, heads, over)
    with pytest.raises(DatabaseError), transaction.atomic():
        Standing.objects.filter(pk=standing.pk).update(reason="khác")


@pytest.mark.both_engines
def test_a_correction_is_the_next_version_with_a_reason(counted, heads, over):
    signed(counted, heads, over)
    with pytest.raises(standings.NoReason):
        standings.standing_text(counted)
    second = signed(counted, heads, over, reason="Sửa tên đơn vị")
    assert (second.version, Standing.objects.count(), Seal.objects.count()) == (2, 2, 4)


def test_a_campaign_that_nobody_answered_is_signed_with_the_reason_for_it_only(heads, over):
    silent = campaigns.campaign(make.office("HB"))
    list(standings.close_and_count(campaign=silent, now=over))
    silent.refresh_from_db()
    with pytest.raises(standings.NobodyAnswered):
        standings.standing_text(silent)
    signed_one = signed(silent, heads, over, reason="Hoãn vì bão lũ")
    assert (signed_one.version, signed_one.document["reason"]) == (1, "Hoãn vì bão lũ")


def test_a_campaign_with_ballots_needs_no_reason_for_its_first_version(counted):
    with pytest.raises(standings.NoReason):
        standings.standing_text(counted, reason="Không cần")


@pytest.mark.both_engines
def test_every_unit_is_sealed_and_the_whole_ledger_verifies(counted, heads, over):
    signed(counted, heads, over)
    seal = Seal.objects.get(office__code="A")
    assert "\nissued: 42\n" in seal.text
    assert ledger.examine() == []


def test_the_sealed_files_of_a_unit_verify_alone(counted, heads, over, tmp_path):
    standings.publish(standing=signed(counted, heads, over), by=heads[0], now=over, root=tmp_path)
    folder = tmp_path / "c" / counted.slug / "A"
    public = keys.public_keys()[-1].public.hex()  # the mixer's come before
    told = subprocess.run(
        [sys.executable, verify.__file__, str(folder), public], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_stranger_ranks_again_from_the_published_files(counted, heads, over, tmp_path):
    standings.publish(standing=signed(counted, heads, over), by=heads[0], now=over, root=tmp_path)
    folder = tmp_path / "c" / counted.slug
    command = [sys.executable, str(folder / "rank.py"), str(folder)]
    told = subprocess.run(command, capture_output=True, text=True)
    assert told.stdout == "2 units ranked again, 0 differ\n", told.stdout + told.stderr
    ballots = folder / "B" / "ballots.csv"
    ballots.write_text(ballots.read_text().replace(",2,", ",4,"))
    assert subprocess.run(command, capture_output=True, text=True).returncode == 1


def test_the_script_that_ranks_again_is_short_enough_to_be_read():
    assert len((Path(standings.__file__).parent / "rank.py").read_text("utf-8").splitlines()) <= 85


def test_places_rest_on_single_ballots_and_say_how_sure_they_are(counted, heads, over):
    """Of B all 40 ballots are worth 75: the low end t is where 1/41 of 0 outweighs them as seldom as agreed."""
    said = {code: unit(signed(counted, heads, over), code) for code in "B"} | {
        "A": unit(Standing.objects.get(), "A")
    }
    for one in said.values():
        assert Decimal(one["low"]) < Decimal(one["score"]) < Decimal(one["high"])
    # The weight W of the one more ballot is Beta(1, 40): P(W > w) = (1 - w)^40, and 75 (1 - W) lies under t = 75 (1 - w) as often.
    seldom = (1 - 0.95 ** (1 / 2)) / 2
    exact = 75 * seldom ** (1 / 40)
    assert float(said["B"]["low"]) == pytest.approx(exact, rel=0.002)


def test_a_standing_of_before_is_laid_out_with_the_script_of_then(counted, heads, over, tmp_path):
    standing = signed(counted, heads, over)
    said = {key: value for key, value in standing.document.items() if key != "bound"}
    former = Standing(
        campaign=counted,
        version=1,
        note=standing.note,
        text=f"kbnn-standing-v1 1\n{evidence.canonical(said)}",
    )
    for each, method in ((standing, "Gaffke"), (former, "Wilson's interval")):
        lay_out(each, root=tmp_path)
        assert method in (tmp_path / "c" / counted.slug / "rank.py").read_text("utf-8")


def test_publication_is_an_act_of_its_own_and_is_for_head_office(counted, heads, over, tmp_path):
    standing = signed(counted, heads, over)
    assert not standing.is_published
    with pytest.raises(standings.NotForYou):
        standings.publish(
            standing=standing, by=make.user(Role.INSPECTOR, of=make.office()), now=over, root=tmp_path
        )
    standings.publish(standing=standing, by=heads[0], now=over, root=tmp_path)
    assert Standing.objects.get().is_published


@pytest.mark.both_engines
def test_counting_goes_on_where_it_broke_off(over):
    campaign = campaigns.campaign(make.office("A"), make.office("B"))
    next(standings.close_and_count(campaign=campaign, now=over))
    campaign.refresh_from_db()
    assert [office.code for office in standings.uncounted(campaign)] == ["B"]
    list(standings.close_and_count(campaign=campaign, now=over))
    assert standings.uncounted(campaign) == []


def test_the_formula_is_words_that_a_clerk_can_read(counted):
    assert "trung bình các phần theo trọng số" in standings.formula_words(counted)


def test_target_n_is_yamanes(counted, heads, over):
    assert unit(signed(counted, heads, over), "A")["target"] == 172


@pytest.mark.both_engines
def test_a_past_result_is_typed_in_with_its_source():
    row = PastResult.objects.create(
        office=make.office("HB"),
        name="Khảo sát 2023",
        first_day=NOW.date(),
        last_day=NOW.date(),
        score=Decimal("96.25"),
        place=10,
        of=64,
        source="Bài báo",
    )
    assert Office.objects.get(code="HB").past_results.get() == row


def test_a_past_place_lies_among_the_units():
    with pytest.raises(DatabaseError), transaction.atomic():
        PastResult.objects.create(
            office=make.office("HB"),
            name="x",
            first_day=NOW.date(),
            last_day=NOW.date(),
            score=1,
            place=65,
            of=64,
            source="x",
        )


def test_the_document_costs_the_same_however_many_answered(counted, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        standings.document(campaign=counted, version=1, reason="")


# ── Pages ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def published(counted, heads, over, tmp_path, settings) -> Standing:
    settings.DATA_DIR = tmp_path
    standing = signed(counted, heads, over)
    standings.publish(standing=standing, by=heads[0], now=over)
    return standing


def results(standing: Standing, rest: str = "") -> str:
    return f"/results/c/{standing.campaign.slug}/{rest}"


def test_the_report_has_bases_signer_and_end_of_a_paper_and_tells_no_mark_that_does_not_occur(published):
    first = published.first
    PaperForm.objects.create(
        office=first.office,
        kind="report",
        authority="TỔNG GIÁM ĐỐC",
        signer="Lê Thị An",
        bases="Luật số 1 ngày 2/3/2020",
    )
    paper = report(published)
    said = list(words_of(paper))
    assert [block.text for block in paper.blocks if isinstance(block, Basis)] == [
        f"Căn cứ {with_long_dates(published.document['legal_basis'].rstrip('.'))};",
        "Căn cứ Luật số 1 ngày 02 tháng 3 năm 2020.",
    ]
    assert paper.signers[0][0] == Signer(("TỔNG GIÁM ĐỐC",), ("Lê Thị An",))
    assert sum(text.count("./.") for text in said) == 1
    assert any("không xếp hạng, vì có dưới 30 phiếu" in text for text in said)  # C and D
    whole = {**published.document, "units": [u for u in published.document["units"] if u["place"]]}
    published.__dict__["document"] = whole
    assert not any("không xếp hạng" in text for text in words_of(report(published)) if "Ghi chú" in text)


def test_the_report_says_the_same_in_word_as_in_pdf_and_the_page_leads_to_both(client, published):
    paper = report(published)
    page = client.get(results(published)).content.decode()
    assert ('href="report.pdf"' in page, 'href="report.docx"' in page) == (True, True)
    for name, text_of in (("report.docx", text_of_docx), ("report.pdf", text_of_pdf)):
        if name == "report.pdf" and not pdf.is_available():
            continue
        response = client.get(results(published, name))
        assert response["Content-Disposition"] == (
            f'attachment; filename="bao-cao-{published.campaign.slug}.{name[7:]}"'
        )
        rest = left_over(text_of(response.content), paper)
        assert not re.search(r"\d", rest), rest  # no figure but the paper's


def test_nothing_is_shown_before_it_is_published(client, counted, heads, over):
    standing = signed(counted, heads, over)
    rests = ("", "A/", "A/seal.txt", "report.docx", "report.pdf", "standing.txt")
    rests += tuple(f"standings.{kind}" for kind in ("json", "csv", "xlsx"))
    assert {client.get(results(standing, rest)).status_code for rest in rests} == {404}


def test_the_table_shows_place_score_and_interval_of_every_unit(client, published):
    text = client.get(results(published, "?unit=A")).content.decode()
    assert "Hạng 1 trong 2 đơn vị. Với số phiếu đã có, không có hạng nào khác" in text
    assert ("96,43" in text, "75,00" in text, 'class="chosen"' in text) == (True, True, True)


def test_the_pages_say_what_the_interval_leaves_out_which_half_and_who_fell_short_of_the_plan(
    client, published
):
    text = client.get(results(published)).content.decode()
    said = page_of(published)
    assert (said["below_target"], said["with_target"]) == (4, 4)
    assert "4 trong 4 đơn vị có số phiếu dưới chỉ tiêu của mình" in text
    assert "dưới chỉ tiêu 172" in text
    assert said["bands"] in text
    assert "không kể đến người không trả lời và không kể đến nhiều phiếu của cùng một tổ chức" in text
    own = client.get(results(published, "A/")).content.decode()
    assert "độ tin cậy 95%, tính chung cho cả 2 đơn vị" in own
    assert "điểm chung có thể cao hơn, hoặc thấp hơn, cả hai cách trả lời" in own


@pytest.mark.both_engines
def test_the_table_is_filtered_by_name_and_says_what_it_hides(client, published):
    text = client.get(results(published, "?q=kbnn a")).content.decode()
    assert ("KBNN A<" in text, "KBNN B<" in text, "3 đơn vị không hiện" in text) == (True, False, True)


def test_a_unit_has_its_own_page_with_its_calculation(client, published):
    text = client.get(results(published, "B/")).content.decode()
    assert ("Phép tính" in text, "Nếu phần “Phần access” bằng mức cả nước" in text) == (True, True)
    assert client.get(results(published, "KHAC/")).status_code == 404


def test_a_small_unit_tells_no_calculation(client, published):
    assert "Dưới 30 phiếu" in client.get(results(published, "C/")).content.decode()


@pytest.mark.parametrize(
    "name", ["standings.json", "standings.csv", "standings.xlsx", "standing.txt", "rank.py", "A/ballots.csv"]
)
def test_every_file_is_there(client, published, name):
    response = client.get(results(published, name))
    response.close()
    assert response.status_code == 200


def test_the_results_page_costs_the_same_however_many_units_and_answers(
    client, published, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        client.get(results(published))


def test_results_list_their_campaigns(client, published):
    assert f'href="{published.campaign.slug}/"' in client.get("/results/c/").content.decode()


def test_machines_read_the_published_places(client, published):
    ApiKey.objects.create(
        office=make.office("K"), name="TABMIS", digest=ApiKey.digest_of("khoa"), created_at=NOW
    )
    headers = {"Authorization": "Bearer khoa"}
    response = client.get(f"/api/v1/campaigns/{published.campaign.slug}/standings", headers=headers)
    assert response.json()["offices"][0] == {
        **{
            "office": "A",
            "name": "KBNN A",
            "score": "96.43",
            "place": 1,
            "place_low": 1,
            "place_high": 1,
            "n": 42,
            "target": 172,
        }
    }


def test_machines_read_nothing_that_is_not_published(client, counted, heads, over):
    signed(counted, heads, over)
    ApiKey.objects.create(
        office=make.office("K"), name="TABMIS", digest=ApiKey.digest_of("khoa"), created_at=NOW
    )
    response = client.get(
        f"/api/v1/campaigns/{counted.slug}/standings", headers={"Authorization": "Bearer khoa"}
    )
    assert response.status_code == 404
