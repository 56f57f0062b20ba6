"""Portal JSON to models: unknown fields pass, a broken row costs itself, a broken whole is a bad answer."""

from typing import Any

import pytest

from genesis_tui.api_client.http.client import Response
from genesis_tui.api_client.portal import client, family
from genesis_tui.models.base.errors import BadAnswer
from genesis_tui.models.family import Access, FamilyMember

MEMBER: dict[str, Any] = {"id": "1", "number": 1, "name": "A B", "age": 40, "access": "full", "relation": "you"}


def people(*rows: Any) -> tuple[FamilyMember, ...]:
    return family.FAMILY.decoded({"people": list(rows)}).people


def test_a_broken_row_costs_itself() -> None:
    assert [p.id for p in people(MEMBER, {"id": "2"}, "x", None, {**MEMBER, "id": "3", "age": "old"})] == ["1"]


def test_unknown_fields_and_words_are_taken_calmly() -> None:
    (person,) = people({**MEMBER, "shoe": 42, "access": "partial", "why": None, "can": [{"action": "x"}, 7]})
    assert (person.access, person.why, person.can) == (Access.NONE, "", ())


@pytest.mark.parametrize("field", ["name", "given", "family", "relation", "why", "rule", "reason", "next"])
def test_every_word_is_made_harmless(field: str) -> None:
    (person,) = people({**MEMBER, field: "x\x1b]0;t\x07\u202e\n[/y]"})
    assert getattr(person, field) == "x␛]0;t␇⟨U+202E⟩ [/y]"


def test_an_action_that_is_not_named_is_not_offered() -> None:
    (person,) = people({**MEMBER, "can": [{"action": "results.read", "allowed": True, "from": None}]})
    assert person.may("results.read").allowed
    assert not person.may("messages.read").allowed


def test_when_an_action_opens_is_read() -> None:
    can = {"action": "a", "allowed": False, "rule": "RX-7", "from": "2026-12-03T00:00:00Z"}
    (person,) = people({**MEMBER, "can": [can]})
    assert person.may("a").from_ is not None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"people": 7}', b"\xff", b"[" * 3000])
def test_a_broken_whole_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        client.read(family.FAMILY, Response(200, body, {}, "req-9"))
    assert caught.value.request_id == "req-9"


def test_a_whole_family_is_found_by_name_relation_and_number() -> None:
    members = family.FAMILY.decoded(
        {
            "people": [
                MEMBER,
                {**MEMBER, "id": "2", "number": 2, "name": "Maya Reyes", "family": "Reyes", "relation": "son"},
            ]
        }
    )
    for want in ("2", "maya", "MAYA REYES", "son", " reyes "):
        assert [p.id for p in members.find(want)] == ["2"]
    assert members.find("nobody") == ()
