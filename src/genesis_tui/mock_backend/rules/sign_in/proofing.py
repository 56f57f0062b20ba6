"""ID-6 and ID-11: proving who one is, and from what. What a sign-in can read never proves its owner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.policy import AccountPolicy, Policy
from genesis_tui.mock_backend.rules.record import LIMITED

DAY = timedelta(days=1)
_OFFICE = "Go to an ID card office (RAPIDS) with two forms of ID."


def may_prove(failures: Sequence[datetime], policy: AccountPolicy, now: datetime, *, premium: bool = False) -> Decision:
    """ID-6: whether proofing may be tried; `failures` are the instants of those that failed, oldest first.

    `premium`: the sign-in is that already, so that there is nothing to prove.
    """
    if premium:
        return Refused("ID-6", "invalid", "This sign-in is Premium already.")
    again = paused_until(failures, policy.proofing_failures, policy)
    if again is None or now >= again:
        return Allowed("ID-6")
    return Refused(
        "ID-6",
        "proofing-paused",
        "Your identity could not be confirmed several times; you can try again in a day.",
        next=f"Wait until then. Sooner: {_OFFICE[0].lower()}{_OFFICE[1:]}",
        from_=again,
    )


def paused_until(failures: Sequence[datetime], most: int, policy: AccountPolicy) -> datetime | None:
    """The end of the last pause that `most` failures within a day have led to; None where they never did."""
    strikes = [last for first, last in zip(failures, failures[most - 1 :], strict=False) if last - first < DAY]
    return strikes[-1] + timedelta(hours=policy.proofing_pause_hours) if strikes else None


def proofings_left(failures: Sequence[datetime], policy: AccountPolicy, now: datetime) -> int:
    """How many proofings may still fail before they pause."""
    return max(0, policy.proofing_failures - sum(now - failed < DAY for failed in failures))


PROOFING_FAILED = Refused(
    "ID-6", "proofing-failed", "Not every answer was right.", next=f"Try again with a new code. Or: {_OFFICE}"
)
TOO_LATE = Refused(
    "ID-11", "proofing-failed", "No questions are open, or their time is over.", next="Begin again with a new code."
)
NO_CONTACT = Refused(
    "ID-11",
    "factor-wrong",
    "DEERS holds no e-mail or phone that is yours alone and has stood for a month.",
    next=_OFFICE,
)
NO_QUESTIONS = Refused(
    "ID-11",
    "factor-wrong",
    "Your record holds too little that you alone could know.",
    next=_OFFICE,
)


@dataclass(frozen=True, slots=True)
class RecordFact:
    """One entry of a record that can be asked about. `kind` is a key of `KINDS`, `category` a word of `rules.record`,
    `visible` the instant from which it could be read."""

    kind: str
    name: str
    category: str
    visible: datetime


KINDS = {
    "test": "Which of these laboratory tests have you had?",
    "report": "Which of these examinations have you had?",
    "condition": "Which of these is in your record as a condition?",
    "procedure": "Which of these procedures have you had?",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody else's access to the record: all of it, or what limited access opens; `until` None while it lasts."""

    full: bool
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question of proofing with its choices, (id, words) each; `right` is the id of the right one."""

    id: str
    text: str
    choices: tuple[tuple[str, str], ...]
    right: str


def could_read(fact: RecordFact, readings: Iterable[Reading], policy: Policy) -> bool:
    """ID-11: whether the account as Basic, or a present or former proxy, could ever read an entry."""
    if fact.category in policy.basic.reads:
        return True
    return any(
        (one.full or fact.category in LIMITED) and (one.until is None or fact.visible < one.until) for one in readings
    )


def own_alone(facts: Sequence[RecordFact], readings: Sequence[Reading], policy: Policy) -> list[tuple[str, str]]:
    """ID-11: (kind, name) of what the person alone could know: no entry of that name was ever open to another."""
    known = {(fact.kind, fact.name) for fact in facts if could_read(fact, readings, policy)}
    return sorted({(fact.kind, fact.name) for fact in facts} - known)


def questions(
    own: Iterable[tuple[str, str]],
    person_id: str,
    everybody: Mapping[tuple[str, str], frozenset[str]],
    policy: AccountPolicy,
    seed: str,
) -> tuple[Question, ...]:
    """ID-11: as many questions as the policy wants, of what fewest people have; none where there are too few.

    `own` is what can be asked about, `everybody` (kind, name) -> who has an entry of that name. The same seed gives the
    same questions, so that asking again tells nothing about which choices are right.
    """
    shuffle = Random(seed)  # noqa: S311 - the seed is secret, and made from a keyed hash
    wrong = {kind: _wrong(kind, person_id, everybody) for kind in KINDS}
    usable = [one for one in own if len(wrong[one[0]]) >= policy.choices - 1]
    chosen = sorted(usable, key=lambda one: (len(everybody.get(one, ())), one))[: policy.questions]
    if len(chosen) < policy.questions:
        return ()
    return tuple(
        _question(f"q{n}", kind, name, shuffle.sample(wrong[kind], policy.choices - 1), shuffle)
        for n, (kind, name) in enumerate(chosen, 1)
    )


def _wrong(kind: str, person_id: str, everybody: Mapping[tuple[str, str], frozenset[str]]) -> list[str]:
    """Names that are wrong for a person: nothing that they have, nor the same in more or fewer words."""
    named = {name: owners for (of, name), owners in everybody.items() if of == kind}
    had = [name.casefold() for name, owners in named.items() if person_id in owners]
    return sorted(name for name in named if not any(own in name.casefold() or name.casefold() in own for own in had))


def _question(id: str, kind: str, name: str, wrong: list[str], shuffle: Random) -> Question:
    words = [name, *wrong]
    shuffle.shuffle(words)
    choices = tuple((chr(ord("a") + place), word) for place, word in enumerate(words))
    return Question(id, KINDS[kind], choices, next(key for key, word in choices if word == name))


def all_right(right: Mapping[str, str], given: Mapping[str, str]) -> bool:
    """Whether every question was answered by its right choice; no questions prove nobody."""
    return bool(right) and all(given.get(question) == choice for question, choice in right.items())
