"""Questionnaires and responses that both sides read alike: what is asked, and what is still to be answered."""

from typing import Any

Json = dict[str, Any]
CM = {"value": 5, "unit": "cm", "system": "http://unitsofmeasure.org", "code": "cm"}
MAYA = {"reference": "Patient/1"}
CAT = {"system": "urn:pets", "code": "cat", "display": "Cat"}


def item(id: str, kind: str = "boolean", **more: Any) -> Json:
    return {"linkId": id, "text": id.upper(), "type": kind, **more}


def when(operator: str, question: str = "a", **wanted: Any) -> Json:
    [(name, value)] = wanted.items()
    return {"question": question, "operator": operator, f"answer{name}": value}


def answer(id: str, *values: Json, inside: list[Json] | None = None) -> Json:
    return {"linkId": id, "answer": [{**value, **({"item": inside} if inside else {})} for value in values]}


def _one(kind: str, condition: Json, *values: Json) -> tuple[list[Json], list[Json]]:
    """A question of a kind, and one that hangs on it."""
    repeats = {"repeats": True} if len(values) > 1 else {}
    asks = [item("a", kind, **repeats), item("b", "string", enableWhen=[condition])]
    return asks, [answer("a", *values)] if values else []


YES, NO = {"valueBoolean": True}, {"valueBoolean": False}
_OPERATORS = {
    "exists, and it does": (*_one("boolean", when("exists", Boolean=True), NO), "a b"),
    "exists, and it does not": (*_one("boolean", when("exists", Boolean=True)), "a"),
    "does not exist": (*_one("boolean", when("exists", Boolean=False)), "a b"),
    "equal": (*_one("boolean", when("=", Boolean=True), YES), "a b"),
    "not the equal one": (*_one("boolean", when("=", Boolean=True), NO), "a"),
    "unequal": (*_one("integer", when("!=", Integer=3), {"valueInteger": 4}), "a b"),
    "unequal with one that is equal": (
        *_one("integer", when("!=", Integer=3), {"valueInteger": 4}, {"valueInteger": 3}),
        "a",
    ),
    "unequal without an answer": (*_one("integer", when("!=", Integer=3)), "a b"),
    "greater": (*_one("integer", when(">", Integer=3), {"valueInteger": 4}), "a b"),
    "not greater": (*_one("integer", when(">", Integer=3), {"valueInteger": 3}), "a"),
    "greater or equal": (*_one("decimal", when(">=", Decimal=3.5), {"valueDecimal": 3.5}), "a b"),
    "less": (*_one("decimal", when("<", Decimal=3.5), {"valueDecimal": 3.4}), "a b"),
    "less or equal": (*_one("date", when("<=", Date="2026-11-30"), {"valueDate": "2026-11-30"}), "a b"),
    "a later day": (*_one("date", when("<=", Date="2026-11-30"), {"valueDate": "2026-12-01"}), "a"),
    "an instant in another zone": (
        *_one(
            "dateTime",
            when("=", DateTime="2026-11-30T10:00:00Z"),
            {"valueDateTime": "2026-11-30T11:00:00+01:00"},
        ),
        "a b",
    ),
    "a time of day": (*_one("time", when(">", Time="12:00:00"), {"valueTime": "12:30:00"}), "a b"),
    "words": (*_one("string", when("=", String="cat"), {"valueString": "cat"}), "a b"),
    "one of several": (
        *_one("choice", when("=", Coding=CAT), {"valueCoding": {"code": "dog"}}, {"valueCoding": CAT}),
        "a b",
    ),
    "a code of another system": (
        *_one("choice", when("=", Coding=CAT), {"valueCoding": {"system": "urn:x", "code": "cat"}}),
        "a",
    ),
    "a code without a system": (*_one("choice", when("=", Coding={"code": "cat"}), {"valueCoding": CAT}), "a b"),
    "words are no code": (*_one("open-choice", when("=", Coding=CAT), {"valueString": "cat"}), "a"),
    "a quantity": (*_one("quantity", when(">=", Quantity=CM), {"valueQuantity": CM}), "a b"),
    "a quantity in another unit": (
        *_one("quantity", when(">", Quantity=CM), {"valueQuantity": {"value": 50, "unit": "mm", "code": "mm"}}),
        "a",
    ),
    "a reference": (*_one("reference", when("=", Reference=MAYA), {"valueReference": MAYA | {"display": "M"}}), "a b"),
    "another reference": (*_one("reference", when("=", Reference=MAYA), {"valueReference": {"reference": "x"}}), "a"),
    "another type": (*_one("string", when("=", Integer=3), {"valueString": "3"}), "a"),
    "an operator that nobody knows": (*_one("boolean", when("~", Boolean=True), YES), "a"),
}

_TWO = [when("=", Boolean=True), when(">", "c", Integer=3)]
_BOTH = [item("a"), item("c", "integer")]
_INNER = item("q", "choice", item=[item("in", "string", enableWhen=[when("=", "q", Coding=CAT)])])
_GROUP = item("g", "group", repeats=True, item=[item("a"), item("b", enableWhen=[when("=", Boolean=True)])])
_WAYS = {
    "any of two": (
        [*_BOTH, item("b", enableWhen=_TWO, enableBehavior="any")],
        [answer("a", YES), answer("c", {"valueInteger": 1})],
        "a c b",
    ),
    "all of two": (
        [*_BOTH, item("b", enableWhen=_TWO, enableBehavior="all")],
        [answer("a", YES), answer("c", {"valueInteger": 1})],
        "a c",
    ),
    "any where nothing is said": ([*_BOTH, item("b", enableWhen=_TWO)], [answer("a", YES)], "a c b"),
    "what is no longer asked counts for nothing": (
        [
            item("a"),
            item("b", enableWhen=[when("=", Boolean=True)]),
            item("c", enableWhen=[when("=", "b", Boolean=True)]),
        ],
        [answer("a", NO), answer("b", YES)],
        "a",
    ),
    "a group and all in it": (
        [item("a"), item("g", "group", enableWhen=[when("=", Boolean=True)], item=[item("b")])],
        [answer("a", NO)],
        "a",
    ),
    "a group that repeats, each by itself": (
        [_GROUP],
        [
            {"linkId": "g", "item": [answer("a", YES)]},
            {"linkId": "g", "item": [answer("a", NO)]},
        ],
        "g a b g a",
    ),
    "from outside of groups, any of them": (
        [_GROUP, item("c", enableWhen=[when("=", Boolean=True)])],
        [{"linkId": "g", "item": [answer("a", NO)]}, {"linkId": "g", "item": [answer("a", YES)]}],
        "g a g a b c",
    ),
    "inside of a question that has no answer": ([_INNER], [], "q"),
    "inside of a question, by its answer": ([_INNER], [answer("q", {"valueCoding": CAT})], "q in"),
    "inside of a question, by another": ([_INNER], [answer("q", {"valueCoding": {"code": "dog"}})], "q"),
    "what waits for itself": ([item("a", enableWhen=[when("=", Boolean=True)])], [answer("a", YES)], ""),
    "two that wait for each other": (
        [item("a", enableWhen=[when("exists", "b", Boolean=True)]), item("b", enableWhen=[when("=", Boolean=True)])],
        [],
        "",
    ),
    "a question that there is not": ([item("a", enableWhen=[when("=", "x", Boolean=True)])], [], ""),
    "hidden": (
        [
            item(
                "a",
                extension=[
                    {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}
                ],
            )
        ],
        [],
        "",
    ),
}
ENABLED: dict[str, tuple[list[Json], list[Json], str]] = {**_OPERATORS, **_WAYS}
"""Case -> items, given items, ids of what is asked in the order of the form."""

_NEEDED = {"required": True}
MISSING: dict[str, tuple[list[Json], list[Json], str]] = {
    "a question": ([item("a", **_NEEDED), item("b")], [], "a"),
    "nothing": ([item("a", **_NEEDED)], [answer("a", NO)], ""),
    "what is not asked": ([item("a"), item("b", enableWhen=[when("=", Boolean=True)], **_NEEDED)], [], ""),
    "what is asked by now": (
        [item("a"), item("b", enableWhen=[when("=", Boolean=True)], **_NEEDED)],
        [answer("a", YES)],
        "b",
    ),
    "a file": ([item("a", "attachment", **_NEEDED), item("b", "reference", **_NEEDED)], [], ""),
    "a group with no answer in it": ([item("g", "group", item=[item("a"), item("b")], **_NEEDED)], [], "g"),
    "a group with one": (
        [item("g", "group", item=[item("a")], **_NEEDED)],
        [{"linkId": "g", "item": [answer("a", NO)]}],
        "",
    ),
    "a question of a group that must have one": ([item("g", "group", item=[item("a", **_NEEDED)], **_NEEDED)], [], "a"),
    "a group of words": ([item("g", "group", item=[item("a", "display")], **_NEEDED)], [], ""),
    "in the second of a group": (
        [item("g", "group", repeats=True, item=[item("a", **_NEEDED), item("b")])],
        [{"linkId": "g", "item": [answer("a", NO)]}, {"linkId": "g", "item": [answer("b", NO)]}],
        "a",
    ),
    "inside of an answer": ([item("a", item=[item("b", **_NEEDED)])], [answer("a", YES)], "b"),
    "what can't be changed": ([item("a", readOnly=True, **_NEEDED)], [], ""),
}
"""Case -> items, given items, ids of what is required and empty."""
