"""S1 at the boundary: whatever string field of an answer carries an attack, no model carries it on."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec
import pytest

from genesis_tui.api_client.portal import family, home, sign_in
from genesis_tui.api_client.sign_in.discovery import Endpoints
from genesis_tui.api_client.sign_in.methods import offered_methods
from genesis_tui.api_client.testing import personas
from genesis_tui.mock_backend.oauth.discovery import configuration
from genesis_tui.sanitize import plain
from tests.api_client.test_chart import PATIENT, chart, lab, note, report
from tests.e2e.attacks import EVERYTHING

NOT_TEXT = {
    *("resourceType", "id", "status", "docStatus", "system", "url", "data", "access", "scope"),
    *("effectiveDateTime", "date", "issued", "recorded", "lastUpdated", "start", "valueInstant", "contentType"),
    *("at", "now", "ends", "until", "since", "from", "last_visit", "read_at", "username", "password"),
}
"""Fields that are no words: dates, codes of a fixed list, addresses; what is wrong in them costs the entry."""


def poisoned(tree: Any, name: str = "") -> Any:
    """The same tree with the attack in front of every text."""
    if isinstance(tree, dict):
        return {key: poisoned(value, key) for key, value in tree.items()}
    if isinstance(tree, list):
        return [poisoned(value, name) for value in tree]
    return EVERYTHING + tree if isinstance(tree, str) and name not in NOT_TEXT else tree


def words(model: Any) -> Iterator[str]:
    """Every string in a model."""
    if isinstance(model, str):
        yield model
    elif isinstance(model, tuple | list | frozenset):
        for part in model:
            yield from words(part)
    elif is_dataclass(model):
        for field in fields(model):
            yield from words(getattr(model, field.name))


def harmless(model: Any) -> int:
    """How many strings carry the attack; fails when one carries it alive."""
    carried = 0
    for text in words(model):
        assert plain(text, lines=True) == text
        carried += "owned" in text
    return carried


SUBJECT = {"reference": f"Patient/{PATIENT}"}
LAB = {
    "performer": [{"display": "Belvoir Laboratory"}, {"display": "Other"}],
    "specimen": {"display": "Blood"},
    "interpretation": [{"text": "odd", "coding": [{"code": "ODD"}]}],
    "referenceRange": [{"text": "< 130"}],
    "note": [{"text": "one\ntwo"}],
    "valueQuantity": {"value": 1, "unit": "mg/dL", "comparator": "<"},
    "component": [{"code": {"text": "part"}, "valueString": "x"}],
    "contained": [{"resourceType": "ServiceRequest", "id": "o", "code": {"text": "order"}}],
    "basedOn": [{"reference": "#o", "display": "order"}],
}
REPORT = {
    "performer": [{"display": "a"}],
    "resultsInterpreter": [{"display": "b"}],
    "specimen": [{"display": "c"}],
    "conclusion": "d",
}
ORIGIN = {"meta": {"tag": [{"system": "https://genesis-tui.example/fhir/CodeSystem/origin", "code": "community"}]}}


def test_results_carry_nothing_alive() -> None:
    labs = [lab("1", **LAB), lab("2", **LAB), lab("3", **{**LAB, "valueQuantity": None, "valueString": "x"})]
    bodies = [*labs, report("r", "1", **REPORT), note("n", description="note", custodian={"display": "place"})]
    spoiled = [{**poisoned(body), "subject": SUBJECT} for body in bodies]
    spoiled[3]["result"] = [{"reference": "Observation/1"}]
    found = chart(*spoiled).results()
    assert len(found.rows) == 3
    assert found.unreadable.count == 0
    assert harmless(found.rows) >= 20


PEOPLE = {
    "people": [
        {
            **dict.fromkeys(("id", "name", "given", "family", "relation", "why", "rule", "reason", "next"), "x"),
            "number": 1,
            "age": 8,
            "access": "full",
            "can": [{"action": "a", "allowed": False, "title": "t"}],
        }
    ],
    "grants": [{"id": "g", "giver": "a", "receiver": "b", "scope": "full", "kind": "k", "since": "2026-01-02"}],
}
SESSION = {
    "person": {"id": "1", "name": "n", "zone": "z"},
    **dict.fromkeys(("method", "method_title", "level_title", "role"), "x"),
    "now": "2026-11-20T00:00:00Z",
    "ends": "2026-11-20T00:00:00Z",
    "outages": [{"title": "o", "detail": "d", "still_works": "s"}],
    "support": {"name": "n", "phone": "p", "hours": "h"},
}
PROFILE = {
    "deers": dict.fromkeys(("name", "birth_date", "dod_id", "sex", "email", "phone"), "x") | {"address": ["a"]},
    **dict.fromkeys(("status", "pcm", "level", "sharing"), "x"),
    **{name: ["x"] for name in ("team", "clinics", "methods")},
}
LOG = {
    "events": [
        {"at": "2026-11-20T00:00:00Z", **dict.fromkeys(("who", "words", "why", "outcome", "rule", "request_id"), "x")}
    ]
}
PERSONAS = [{"name": "n", "story": "s", "method": "m", "level": "l", "state": "s"}]


@pytest.mark.parametrize(
    ("model", "least"),
    [
        (family.FAMILY.decoded(poisoned(PEOPLE)), 13),
        (sign_in.SessionJson.decoded(poisoned(SESSION)).model(), 10),
        (family.PROFILE.decoded(poisoned(PROFILE)), 13),
        (family.ACCESS_PAGE.decoded(poisoned(LOG)), 6),
        (tuple(personas.listed(poisoned(PERSONAS))), 5),
    ],
)
def test_the_portals_answers_carry_nothing_alive(model: Any, least: int) -> None:
    assert harmless(model) >= least


def test_the_inbox_of_home_carries_nothing_alive() -> None:
    item = {"place": "results", "type": "T", "id": "i", "title": "t", "state": "s", "at": "2026-11-20T00:00:00Z"}
    ahead = {"at": "2026-11-20T00:00:00Z", "zone": "z", "what": "w", "place": "p", "status": "s"}
    person = family.FAMILY.decoded(PEOPLE).people[0]
    news = home.NewsJson.decoded(poisoned({"items": [item], "coming": [ahead]})).model(person)
    assert harmless(news) >= 7


def test_what_a_server_says_of_itself_carries_nothing_alive() -> None:
    """Titles and notes of its methods; a method whose id is no plain word can't be chosen and is left out."""
    ids = ("ds-logon", "my\x1b[2Jauth", EVERYTHING)
    named = [
        {"id": id, "title": EVERYTHING, "kind": kind, "note": EVERYTHING} for id in ids for kind in ("password", "card")
    ]
    tree = configuration("http://127.0.0.1:8801") | {"sign_in_methods": named}
    methods = offered_methods(msgspec.convert(tree, Endpoints))
    assert [way.id for way in methods] == ["ds-logon", "ds-logon", "browser", "device"]
    assert harmless(methods) >= 2
