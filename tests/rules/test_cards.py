"""ID-2 and ID-3 on plain facts: dates and nonces to the second, and one answer for each thing that is wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import CardPolicy
from genesis_tui.mock_backend.rules.sign_in.cards import (
    Card,
    Nonce,
    kind_of,
    may_be,
    may_register,
    may_sign_in,
    may_trust,
    may_use_nonce,
)

NOW = datetime(2026, 11, 23, 14, 42, tzinfo=UTC)
SECOND = timedelta(seconds=1)
GOOD = Card(NOW - timedelta(days=9), NOW + timedelta(days=9), True, False, True, "1187204453", "1187204453", "cac")
FRESH = Nonce(NOW, used=False, audience_right=True)


def reason(decision: Decision) -> str:
    return decision.reason if isinstance(decision, Refused) else "allowed"


@pytest.mark.rule("ID-2")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "allowed"),
        ({"trusted": False}, "card-untrusted"),
        ({"revoked": True}, "card-revoked"),
        ({"signs": False}, "card-key-usage"),
        ({"edipi": ""}, "card-no-dod-id"),
        ({"upn_edipi": ""}, "card-no-dod-id"),
        ({"upn_edipi": "1187204454"}, "card-id-disagrees"),
        ({"not_after": NOW + SECOND}, "allowed"),
        ({"not_after": NOW}, "card-expired"),
        ({"not_after": NOW - SECOND}, "card-expired"),
        ({"not_before": NOW - SECOND}, "allowed"),
        ({"not_before": NOW}, "allowed"),
        ({"not_before": NOW + SECOND}, "card-not-yet-valid"),
    ],
)
def test_each_thing_that_is_wrong_with_a_card_has_its_own_answer(change: dict[str, object], expected: str) -> None:
    assert reason(may_trust(replace(GOOD, **change), NOW)) == expected  # type: ignore[arg-type]


@pytest.mark.rule("ID-2")
def test_no_two_answers_are_the_same() -> None:
    bad = (
        replace(GOOD, trusted=False),
        replace(GOOD, revoked=True),
        replace(GOOD, signs=False),
        replace(GOOD, edipi=""),
        replace(GOOD, upn_edipi="1"),
        replace(GOOD, not_after=NOW),
        replace(GOOD, not_before=NOW + SECOND),
    )
    refusals = [decision for card in bad if isinstance(decision := may_trust(card, NOW), Refused)]
    assert len({refused.title for refused in refusals}) == len(bad)
    assert all(refused.next for refused in refusals)


@pytest.mark.rule("ID-2")
@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, "allowed"), (59, "allowed"), (60, "nonce-stale"), (61, "nonce-stale")]
)
def test_a_nonce_lives_for_less_than_a_minute(seconds: int, expected: str) -> None:
    assert reason(may_use_nonce(FRESH, CardPolicy(), NOW + seconds * SECOND)) == expected


@pytest.mark.rule("ID-2")
@pytest.mark.parametrize(
    ("nonce", "expected"),
    [
        (replace(FRESH, used=True), "nonce-replayed"),
        (replace(FRESH, audience_right=False), "nonce-audience"),
        (replace(FRESH, made=None), "nonce-stale"),
    ],
)
def test_a_nonce_is_for_one_server_and_one_sign_in(nonce: Nonce, expected: str) -> None:
    assert reason(may_use_nonce(nonce, CardPolicy(), NOW)) == expected


@pytest.mark.rule("ID-1", "ID-3", "VET-1")
@pytest.mark.parametrize(
    ("method", "known", "has_method", "separated", "expected"),
    [
        ("cac", True, True, False, "allowed"),
        ("piv", True, True, False, "allowed"),
        ("cac", False, False, False, "no-deers-record"),
        ("piv", True, False, False, "piv-not-registered"),
        ("cac", True, False, False, "card-untrusted"),
        ("cac", True, True, True, "card-revoked"),
        ("cac", True, False, True, "card-revoked"),
    ],
)
def test_whom_a_card_signs_in(method: str, known: bool, has_method: bool, separated: bool, expected: str) -> None:
    assert reason(may_sign_in(method, known=known, has_method=has_method, separated=separated)) == expected


@pytest.mark.rule("ID-3", "DEERS-3")
def test_a_piv_is_registered_to_its_own_holder() -> None:
    assert isinstance(may_register("1187204453", "1187204453"), Allowed)
    assert reason(may_register("1187204453", "1187204454")) == "deers-mismatch"


CAC, PIV = "2.16.840.1.101.2.1.11.42", "2.16.840.1.101.3.2.1.3.13"


@pytest.mark.rule("ID-3")
@pytest.mark.parametrize(
    ("issued_as", "policies", "kind"),
    [
        ("cac", {CAC}, "cac"),
        ("piv", {PIV}, "piv"),
        ("cac", {PIV}, ""),
        ("piv", {CAC}, ""),
        ("piv", {CAC, PIV}, ""),
        ("cac", {CAC, "1.2.3"}, "cac"),
        ("cac", set(), ""),
        ("", {CAC}, ""),
        ("", set(), ""),
    ],
)
def test_issuer_and_policy_say_together_what_a_card_is(issued_as: str, policies: set[str], kind: str) -> None:
    assert kind_of(issued_as, frozenset(policies)) == kind
    for method in ("cac", "piv"):
        assert reason(may_be(kind, method)) == ("allowed" if method == kind else "card-kind")
