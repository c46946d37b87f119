"""The forms that may lie in a pile, as the product prints them: what scans are compared with."""

from __future__ import annotations

from surveys import printing
from surveys.models import PaperPile
from surveys.paper.scans.process import FormFile
from surveys.periods import parse_period
from surveys.printing.former_ballot import former_pdf
from surveys.reference.questionnaires import questionnaire_of

ANY_STUB = [("AAAAAA", "0" * 26)]  # a stub is not read


def forms_of(pile: PaperPile) -> list[FormFile]:
    """The ballot of the box and of the counter's own office, and what both printed before corner marks.

    Raises `printing.NoPango`; a questionnaire that needs more than a page has no form.
    """
    questionnaire, label = questionnaire_of(pile.questionnaire_id), parse_period(pile.period).label
    levels = tuple(
        (each.code, tuple(level.value for level in each.levels)) for each in questionnaire.criteria
    )
    forms = []
    for office in {each.pk: each for each in (pile.office, pile.counter.office)}.values():
        try:
            ballot = printing.ballot_of(
                box=pile.office, office=office, label=label, questionnaire=questionnaire
            )
        except printing.DoesNotFit:
            continue
        printed = printing.pad_pdf(ANY_STUB, box=pile.office, office=office, label=label, ballot=ballot)
        forms.append(FormFile(ballot.form.to_json(), printed))
        if ballot.drawing.is_half:
            former = former_pdf(box=pile.office, office=office, label=label, questionnaire=questionnaire)
            forms.append(FormFile("", former, levels))
    return forms
