"""Which events of a record's log are told to whom, and in which words (AUD-1, FAM-10)."""

import pytest

from genesis_tui.mock_backend.rules.family.access_log import (
    EventFacts,
    LogKind,
    event_words,
    is_of,
    is_read,
    may_show,
    why_words,
)

PATIENT, READER, OTHER = "1", "2", "3"


@pytest.mark.rule("AUD-1", "FAM-7", "FAM-8", "REL-3")
@pytest.mark.parametrize(
    ("who", "what", "outcome", "patient", "proxy"),
    [
        (PATIENT, "message", "allowed", True, False),
        (PATIENT, "book", "allowed", True, False),
        (OTHER, "book", "allowed", True, False),
        (OTHER, "book", "too-late", True, False),
        (READER, "book", "allowed", True, True),
        (OTHER, "appointments", "allowed", True, True),
        (OTHER, "read Appointment", "allowed", True, True),
        (OTHER, "search Observation", "restricted-teen", True, True),
        (OTHER, "profile", "not-found", True, False),
        (PATIENT, "profile", "not-found", False, False),
        (READER, "cancel-appointment", "not-found", False, False),
        (PATIENT, "read Observation", "not-found", False, False),
        (OTHER, "read Observation", "not-found", False, False),
        (READER, "read Observation", "restricted-teen", False, False),
        (READER, "thread", "not-found", False, False),
    ],
)
def test_no_event_tells_of_an_entry_that_is_hidden(
    who: str, what: str, outcome: str, patient: bool, proxy: bool
) -> None:
    event = EventFacts(who, what, outcome)
    assert may_show(event, reader_id=PATIENT, patient_id=PATIENT) is patient
    assert may_show(event, reader_id=READER, patient_id=PATIENT) is proxy


@pytest.mark.rule("AUD-1")
@pytest.mark.parametrize(
    ("who", "what", "outcome", "own", "of_another"),
    [
        (OTHER, "threads", "allowed", {"any", "all", "reads"}, {"any", "all", "reads"}),
        (OTHER, "message", "allowed", {"any", "all", "acts"}, {"any", "all", "acts"}),
        (OTHER, "threads", "no-grant", {"any", "all", "refused"}, {"any", "all", "refused"}),
        (PATIENT, "threads", "allowed", {"mine"}, {"mine"}),
        (PATIENT, "message", "allowed", {"any", "mine"}, {"any", "all", "acts", "mine"}),
        (PATIENT, "threads", "no-grant", {"any", "mine"}, {"any", "all", "refused", "mine"}),
    ],
)
def test_one_s_own_reads_are_only_among_one_s_own(
    who: str, what: str, outcome: str, own: set[LogKind], of_another: set[LogKind]
) -> None:
    kinds: tuple[LogKind, ...] = ("any", "all", "reads", "acts", "refused", "mine")
    event = EventFacts(who, what, outcome)
    assert {kind for kind in kinds if is_of(kind, event, reader_id=PATIENT, patient_id=PATIENT)} == own
    assert {kind for kind in kinds if is_of(kind, event, reader_id=PATIENT, patient_id=OTHER)} == of_another


@pytest.mark.rule("FAM-10")
@pytest.mark.parametrize(
    ("what", "outcome", "words"),
    [
        ("search Observation", "allowed", "looked at the results and notes"),
        ("read Observation", "allowed", "looked at the results and notes"),
        ("appointments", "no-grant", "was refused the appointments"),
        ("book", "allowed", "booked an appointment"),
        ("book", "too-late", "was refused to book an appointment"),
        ("sign-in", "wrong-credentials", "was refused to sign in"),
        ("search Practitioner", "allowed", "looked at the record"),
        ("something-new", "allowed", "acted on the record"),
    ],
)
def test_events_are_told_in_words(what: str, outcome: str, words: str) -> None:
    assert event_words(EventFacts(OTHER, what, outcome)) == words


def test_why_is_told_in_words() -> None:
    assert why_words("allowed", "FAM-5") == "by grant"
    assert why_words("allowed", "APPT-4") == ""
    assert why_words("no-grant", "FAM-6") == "no grant, FAM-6"
    assert why_words("card-blocked", "") == "card blocked"
    assert not is_read("read")
    assert is_read("read Patient")
