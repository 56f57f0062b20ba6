"""CLIP-1, CLIP-2 by themselves: until when, which questions, and what is still to be answered."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from genesis_tui.mock_backend.rules.clipboards import content
from genesis_tui.mock_backend.rules.clipboards.questions import HIDDEN, can_be_given, laid_out, missing, progress
from genesis_tui.mock_backend.rules.clipboards.scoring import Scale, scores
from genesis_tui.mock_backend.rules.clipboards.status import ClipboardFacts, may_save, may_submit
from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from tests.clipboards_of import CAT, ENABLED, MISSING, NO, YES, Json, answer, item, when

START = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
OPEN = ClipboardFacts("booked", START, "America/New_York", None, 2)
SECOND = timedelta(seconds=1)


@pytest.mark.rule("CLIP-1")
@pytest.mark.parametrize(
    ("facts", "now", "reason"),
    [
        (OPEN, START - SECOND, ""),
        (OPEN, START, "already-started"),
        (OPEN, START + SECOND, "already-started"),
        (replace(OPEN, submitted=START), START + SECOND, "already-submitted"),
        (replace(OPEN, start=None, status="proposed"), START, ""),
        (replace(OPEN, submitted=START - SECOND), START - SECOND, "already-submitted"),
        (replace(OPEN, status="arrived"), START - SECOND, "already-started"),
        (replace(OPEN, status="checked-in"), START - SECOND, "already-started"),
        (replace(OPEN, status="cancelled"), START - SECOND, "status-change"),
        (replace(OPEN, status="fulfilled"), START - SECOND, "already-started"),
        (replace(OPEN, status="noshow"), START, "status-change"),
        (replace(OPEN, level=1), START - SECOND, "premium-required"),
    ],
)
def test_it_is_open_until_it_is_submitted_or_the_visit_starts(
    facts: ClipboardFacts, now: datetime, reason: str
) -> None:
    for decision in (may_save(facts, now), may_submit(facts, (), now)):
        assert (decision.reason if isinstance(decision, Refused) else "") == reason
        if isinstance(decision, Refused):
            assert decision.status == {"already-submitted": 409, "status-change": 422}.get(reason, 403)


@pytest.mark.rule("CLIP-2")
def test_what_is_missing_is_named() -> None:
    assert isinstance(may_save(OPEN, START - SECOND), Allowed)
    decision = may_submit(OPEN, ("Peak flow", "How much", "Since when", "More"), START - SECOND)
    assert isinstance(decision, Refused)
    assert (decision.rule, decision.reason, decision.status) == ("CLIP-2", "required-missing", 422)
    assert decision.title == "4 questions are still to be answered: Peak flow; How much; Since when; and more"


@pytest.mark.rule("CLIP-2")
@pytest.mark.parametrize("case", ENABLED)
def test_what_is_asked(case: str) -> None:
    items, given, asked = ENABLED[case]
    assert [one.link_id for one in laid_out(items, given).within() if one.enabled] == asked.split()


@pytest.mark.rule("CLIP-2")
@pytest.mark.parametrize("case", MISSING)
def test_what_is_still_to_be_answered(case: str) -> None:
    items, given, ids = MISSING[case]
    assert [one.link_id for one in missing(laid_out(items, given))] == ids.split()


@pytest.mark.rule("CLIP-2")
@pytest.mark.parametrize(
    ("asked", "can"),
    [
        ({"type": "string"}, True),
        ({"type": "attachment"}, False),
        ({"type": "reference"}, False),
        ({"type": "reference", "answerOption": [{"valueReference": {"reference": "Location/1"}}]}, True),
        ({"type": "reference", "answerOption": [{"valueString": "the clinic"}]}, False),
        ({"type": "string", "readOnly": True}, False),
        ({"type": "string", "extension": [{"url": HIDDEN, "valueBoolean": True}]}, False),
        ({"type": "string", "extension": [{"url": HIDDEN, "valueBoolean": False}]}, True),
    ],
)
def test_what_can_be_answered_here(asked: Json, can: bool) -> None:
    assert can_be_given(asked) is can


def test_how_far_it_is() -> None:
    items = [item("a"), item("b", enableWhen=[when("=", Boolean=True)]), item("c", "attachment"), item("d", "display")]
    assert progress(laid_out(items, [])) == (0, 1)
    assert progress(laid_out(items, [answer("a", YES)])) == (1, 2)


CHOICE = item("a", "choice", answerOption=[{"valueCoding": CAT}])
NUMBERS = item("a", "choice", answerOption=[{"valueInteger": 2}, {"valueInteger": 3}])
LEAST = {"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger": 1}


@pytest.mark.parametrize(
    ("asked", "given", "words"),
    [
        (CHOICE, answer("a", {"valueCoding": CAT}), ""),
        (CHOICE, answer("a", {"valueCoding": {"system": "urn:pets", "code": "dog"}}), "none of those"),
        (CHOICE, answer("a", {"valueString": "cat"}), "of another kind"),
        (NUMBERS, answer("a", {"valueInteger": 3}), ""),
        (NUMBERS, answer("a", {"valueInteger": 4}), "none of those"),
        (CHOICE | {"type": "open-choice"}, answer("a", {"valueString": "a mouse"}), ""),
        (item("a"), answer("a", YES, NO), "too many"),
        (item("a", repeats=True), answer("a", YES, NO), ""),
        (item("a", "string", maxLength=3), answer("a", {"valueString": "lon"}), ""),
        (item("a", "string", maxLength=3), answer("a", {"valueString": "long"}), "longer"),
        (item("a", "integer", extension=[LEAST]), answer("a", {"valueInteger": 1}), ""),
        (item("a", "integer", extension=[LEAST]), answer("a", {"valueInteger": 0}), "smaller"),
        (item("a", enableWhen=[when("=", "z", Boolean=True)]), answer("a", YES), "not asked"),
        (item("a", "text", maxLength=30), answer("a", {"valueString": "x" * 20}), ""),
        (item("a", "text", maxLength=30), answer("a", {"valueString": "x" * 21}), "longer than 20"),
        (item("a", "url"), answer("a", {"valueUri": "x" * 21}), "longer than 20"),
        (item("a", "choice"), answer("a", {"valueCoding": {"display": "x" * 21}}), "longer than 20"),
        (item("a", "quantity"), answer("a", {"valueQuantity": {"value": 1, "unit": "x" * 21}}), "longer than 20"),
    ],
)
def test_what_may_be_given(asked: Json, given: Json, words: str) -> None:
    found = list(content.faults(laid_out([asked], [given]), 20))
    assert (words in found[0]) if words else not found


def test_what_nobody_asked() -> None:
    items = [item("g", "group", item=[item("a", item=[item("b")])])]
    inside = [answer("a", YES, inside=[answer("b", NO), answer("x", NO)])]
    assert content.unknown(items, [{"linkId": "g", "item": inside}, answer("y", NO)]) == ["x", "y"]


def test_what_it_adds_up_to() -> None:
    scale = Scale("Sum", ("a", "b"), {"few": 1, "many": 2}, ((0, "low"), (3, "high")))
    items = [item("a", "choice"), item("b", "choice")]
    given = [answer("a", {"valueCoding": {"code": "few"}}), answer("b", {"valueCoding": {"code": "many"}})]
    assert scores(laid_out(items, given), [scale]) == [{"name": "Sum", "sum": 3, "words": "high"}]
    assert scores(laid_out(items, given[:1]), [scale]) == []
