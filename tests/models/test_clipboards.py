"""Clipboards here: the same questions are asked as at the mock, and what is typed becomes an answer."""

from datetime import UTC

import pytest

from genesis_tui.api_client.portal.appointments.clipboards.questionnaires import questions_of
from genesis_tui.api_client.portal.appointments.clipboards.responses import answers_of
from genesis_tui.models.appointments.clipboards.editing import answered, begun, once_less, once_more
from genesis_tui.models.appointments.clipboards.form import AskedItem, laid_out, missing, not_sent
from genesis_tui.models.appointments.clipboards.questions import Amount, Answers, Coded, FormItem, Unread, Value
from genesis_tui.models.appointments.clipboards.reading import read_value
from genesis_tui.models.appointments.clipboards.wording import asks_for, because, typed_text, value_text
from tests.clipboards_of import CAT, ENABLED, MISSING, YES, Json, answer, item, when


def form(items: list[Json], given: list[Json]) -> AskedItem:
    questions = questions_of({"item": items})
    return laid_out(questions, answers_of(questions, {"item": given}))


@pytest.mark.rule("CLIP-2")
@pytest.mark.parametrize("case", ENABLED)
def test_what_is_asked(case: str) -> None:
    items, given, asked = ENABLED[case]
    assert [one.question.id for one in form(items, given).within() if one.enabled] == asked.split()


@pytest.mark.rule("CLIP-2")
@pytest.mark.parametrize("case", MISSING)
def test_what_is_still_to_be_answered(case: str) -> None:
    items, given, ids = MISSING[case]
    assert [one.question.id for one in missing(form(items, given))] == ids.split()


def question(kind: str, **more: object) -> FormItem:
    return questions_of({"item": [item("a", kind, **more)]})[0]


UNITS = [
    {
        "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption",
        "valueCoding": {"system": "u", "code": code, "display": words},
    }
    for code, words in (("[degF]", "°F"), ("Cel", "°C"))
]
BOUNDS = [
    {"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger": 60},
    {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 800},
]
FROM_NINE = [{"url": BOUNDS[0]["url"], "valueDateTime": "2026-11-14T10:00:00+01:00"}]
TEMPERATURE = question("quantity", extension=UNITS)
LIST = question("choice", answerOption=[{"valueCoding": CAT}, {"valueString": "bird"}])
OPEN = question("open-choice", answerOption=[{"valueCoding": CAT}])
NINE = "Sat 14 Nov 2026 09:00 UTC"
PET = Coded("urn:pets", "cat", "Cat")


@pytest.mark.parametrize(
    ("asked", "typed", "value", "shown"),
    [
        (question("boolean"), "Yes", True, "yes"),
        (question("integer"), " 7 ", 7, "7"),
        (question("decimal"), "7,5", 7.5, "7.5"),
        (question("date"), "2026-11-14", "2026-11-14", "Sat 14 Nov 2026"),
        (question("date"), "2026-11", "2026-11", "Nov 2026"),
        (question("dateTime"), "2026-11-14 9:30", "2026-11-14T09:30:00+00:00", "Sat 14 Nov 2026 09:30 UTC"),
        (question("dateTime", extension=FROM_NINE), "2026-11-14 9:00", "2026-11-14T09:00:00+00:00", NINE),
        (question("time"), "9:30", "09:30:00", "09:30"),
        (question("url"), "https://example.org", "https://example.org", "https://example.org"),
        (question("quantity"), "3 weeks", Amount(3, "weeks"), "3 weeks"),
        (TEMPERATURE, "101.5", Amount(101.5, "°F", "u", "[degF]"), "101.5 °F"),
        (TEMPERATURE, "38 c", Amount(38, "°C", "u", "Cel"), "38 °C"),
        (LIST, "cat", PET, "Cat"),
        (LIST, "Bird", "bird", "bird"),
        (OPEN, "a mouse", "a mouse", "a mouse"),
        (question("choice"), "whatever", Coded(display="whatever"), "whatever"),
    ],
)
def test_what_is_typed_is_read(asked: FormItem, typed: str, value: Value, shown: str) -> None:
    read = read_value(asked, typed, UTC)
    assert read == value
    assert value_text(asked, read) == shown
    assert read_value(asked, typed_text(asked, read), UTC) == read


@pytest.mark.parametrize(
    ("asked", "typed", "words"),
    [
        (question("boolean"), "maybe", "yes or no"),
        (question("integer"), "7.5", "whole number"),
        (question("integer", extension=BOUNDS), "801", "60 to 800"),
        (question("quantity", extension=BOUNDS), "59", "60 to 800"),
        (question("integer"), "2147483648", "too large"),
        (question("decimal"), "nan", "too large"),
        (question("integer"), "1_0", "whole number"),
        (question("dateTime", extension=FROM_NINE), "2026-11-14 08:59", "at least"),
        (question("text", maxLength=3), "long", "At most 3"),
        (question("text").at_most(1000), "x" * 1001, "At most 1,000 characters; this has 1,001"),
        (question("quantity").at_most(3), "5 cups", "At most 3"),
        (question("date"), "2026-02-30", "year-month-day"),
        (question("date"), "2026-1-1-1", "year-month-day"),
        (question("dateTime"), "2026-11-14 25:00", "day and time"),
        (question("time"), "25:00", "time"),
        (question("url"), "not one", "no spaces"),
        (question("string", maxLength=3), "long", "At most 3"),
        (TEMPERATURE, "38 K", "°F, °C"),
        (LIST, "dog", "Cat; bird"),
    ],
)
def test_what_is_no_answer_says_why(asked: FormItem, typed: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_value(asked, typed)


def test_what_is_asked_for_is_said() -> None:
    assert asks_for(question("integer", extension=BOUNDS)) == "a whole number, 60 to 800"
    assert asks_for(TEMPERATURE) == "a number in °F or °C"
    assert (asks_for(LIST), asks_for(question("text"))) == ("one answer", "text")


def test_a_group_comes_and_goes() -> None:
    group = item("g", "group", repeats=True, item=[item("a", "integer")])
    questions = questions_of({"item": [group, item("z", "integer")]})
    first = laid_out(questions, Answers()).inside[0]
    answers = answered(answered(Answers(), (("g", 0), ("a", 0)), [1]), (("z", 0),), [9])
    answers = answered(once_more(answers, first.path), (("g", 1), ("a", 0)), [2])
    assert [one.values for one in laid_out(questions, answers).within() if one.values] == [(1,), (2,), (9,)]
    less = once_less(answers, (("g", 0),))
    assert [one.values for one in laid_out(questions, less).within() if one.values] == [(2,), (9,)]
    assert [one.values for one in laid_out(questions, once_less(less, (("g", 0),))).within() if one.values] == [(9,)]
    assert answered(less, (("z", 0),), []).values == {(("g", 0), ("a", 0)): (2,)}


def test_a_form_begins_with_what_it_says() -> None:
    chosen = [{"valueCoding": CAT, "initialSelected": True}, {"valueString": "dog"}]
    items = [
        item("a", "integer", initial=[{"valueInteger": 2}]),
        item("g", "group", item=[item("b", "choice", repeats=True, answerOption=chosen), item("c")]),
    ]
    assert begun(questions_of({"item": items})).values == {(("a", 0),): (2,), (("g", 0), ("b", 0)): (PET,)}


@pytest.mark.rule("CLIP-2")
def test_what_is_no_longer_asked_keeps_its_answer_here_and_says_on_what_it_hangs() -> None:
    items = [item("a"), item("b", "integer", enableWhen=[when("=", Boolean=True)])]
    questions = questions_of({"item": items})
    answers = answers_of(questions, {"item": [answer("a", YES), answer("b", {"valueInteger": 3})]})
    root = laid_out(questions, answers)
    assert (because(root.inside[1]), not_sent(root)) == ("because 1 is yes", [])
    root = laid_out(questions, answered(answers, (("a", 0),), [False]))
    assert [one.question.id for one in not_sent(root)] == ["b"]


def test_what_was_typed_and_is_no_answer_is_missing() -> None:
    questions = questions_of({"item": [item("a", "date")]})
    root = laid_out(questions, answered(Answers(), (("a", 0),), [Unread("in May")]))
    assert [one.unread for one in missing(root)] == ["in May"]
    assert root.inside[0].given == ()


@pytest.mark.parametrize("broken", [None, [], {"item": 7}, {"item": [7, {"type": "group"}, {"linkId": 3}]}])
def test_what_is_no_questionnaire_asks_nothing(broken: object) -> None:
    assert questions_of(broken) == ()
