"""What one request may read: every category that a search touches, and the token's scopes."""

import pytest

from genesis_tui.mock_backend.rules.decision import Allowed, Refused
from genesis_tui.mock_backend.rules.family.access import NO_TIE, RecordAccess
from genesis_tui.mock_backend.rules.policy import Policy
from genesis_tui.mock_backend.rules.record import CATEGORIES, DIRECTORY, WORDS, word_of, words_of
from genesis_tui.mock_backend.rules.sign_in.scopes import may_search, scope_allows, within

POLICY = Policy()
TEEN = RecordAccess("limited", "FAM-3", "restricted-teen")


def searched(found: RecordAccess, words: frozenset[str], *, level: int = 2, role: str = "patient") -> str:
    decision = may_search(found, words, level=level, role=role, policy=POLICY)
    return (decision.reason or str(decision.status)) if isinstance(decision, Refused) else "allowed"


@pytest.mark.rule("FAM-3")
def test_a_search_is_refused_when_any_category_it_touches_is_withheld() -> None:
    assert searched(TEEN, words_of("Immunization")) == "allowed"
    assert searched(TEEN, words_of("Observation")) == "restricted-teen"
    assert searched(TEEN, words_of("Observation", frozenset({"vital-signs"}))) == "restricted-teen"
    assert searched(TEEN, frozenset({"immunizations", "results"})) == "restricted-teen"


@pytest.mark.rule("ID-5")
def test_a_basic_search_needs_every_category_open_to_basic() -> None:
    own = RecordAccess("full", "FAM-1")
    assert searched(own, words_of("MedicationRequest"), level=1) == "allowed"
    assert searched(own, words_of("Observation"), level=1) == "premium-required"
    assert searched(own, words_of("Observation"), level=2) == "allowed"


@pytest.mark.rule("SUP-5", "FAM-8")
def test_support_and_strangers_search_nothing() -> None:
    assert searched(RecordAccess("full", "FAM-1"), words_of("Patient"), role="support") == "support-no-clinical"
    assert searched(NO_TIE, words_of("Patient")) == "404"


@pytest.mark.rule("FAM-3")
def test_every_type_belongs_to_a_category_that_the_rules_know() -> None:
    known = {*CATEGORIES, DIRECTORY}
    assert {word for words in WORDS.values() for word in words.values()} <= known
    assert word_of("Observation", "vital-signs") == "vitals"
    assert word_of("Observation", "laboratory") == word_of("Observation", "imaging") == "results"
    assert word_of("DocumentReference", "clinical-note") == "results"
    assert words_of("DocumentReference") == {"results", "documents"}


@pytest.mark.parametrize(
    ("scopes", "read", "search"),
    [
        ({"user/*.rs"}, True, True),
        ({"patient/*.rs"}, True, True),
        ({"user/Observation.r"}, True, False),
        ({"user/Observation.s"}, False, True),
        ({"user/*.read"}, True, True),
        ({"user/*.cud"}, False, False),
        ({"user/Patient.rs", "openid", "portal"}, False, False),
        ({"user/Observation.rs?category=laboratory"}, False, False),
        ({"system/*.rs"}, False, False),
        (set(), False, False),
    ],
)
@pytest.mark.rule("FAM-8")
def test_scopes_cover_what_they_name(scopes: set[str], read: bool, search: bool) -> None:
    allowed = frozenset(scopes)
    assert scope_allows(allowed, "Observation", "r", patient=True) is read
    assert scope_allows(allowed, "Observation", "s", patient=True) is search
    personal = any(scope.startswith("user/") for scope in scopes)
    assert scope_allows(allowed, "Observation", "r", patient=False) is (read and personal)
    assert scope_allows(allowed, "Observation", "s", patient=False) is (search and personal)


@pytest.mark.parametrize(
    ("granted", "wanted", "expected"),
    [
        ({"patient/*.rs"}, {"patient/Observation.r"}, True),
        ({"patient/*.rs"}, {"patient/*.read"}, True),
        ({"patient/*.read"}, {"patient/*.rs"}, True),
        ({"patient/Observation.r", "patient/*.s"}, {"patient/Observation.rs"}, True),
        ({"patient/Observation.r"}, {"patient/Observation.rs"}, False),
        ({"patient/Observation.rs"}, {"patient/*.r"}, False),
        ({"patient/*.rs"}, {"user/Observation.r"}, False),
        ({"patient/*.rs"}, {"openid"}, False),
        ({"patient/*.rs", "openid"}, {"openid"}, True),
        ({"portal"}, {"portal.counts"}, False),
        ({"openid"}, set(), True),
    ],
)
def test_a_refresh_asks_for_no_more_than_was_granted(granted: set[str], wanted: set[str], *, expected: bool) -> None:
    assert within(frozenset(granted), wanted) is expected


def test_an_empty_search_of_words_keeps_the_rule_that_opened_the_record() -> None:
    decision = may_search(RecordAccess("full", "FAM-2"), frozenset(), level=2, role="patient", policy=POLICY)
    assert decision == Allowed("FAM-2")
