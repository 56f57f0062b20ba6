"""What one request may read: the scopes of its token, and all the categories that a search touches."""

import re
from collections.abc import Iterable

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.access import RecordAccess, may_read
from genesis_tui.mock_backend.rules.policy import Policy

LAUNCH_PATIENT = "launch/patient"
"""Asks for a patient to be chosen: a token has one exactly when this was asked for (SMART App Launch)."""
_READS = re.compile(r"(patient|user)/(\*|[A-Z][A-Za-z]{0,63})\.(read|rs|r|s)")
"""Reading in SMART App Launch 2 (`rs`, `r`, `s`) and 1 (`read`), of everything or of one type."""

NO_SCOPE = Refused("", "", "The token's scopes do not cover this request.", next="Ask for the scope at sign-in.")


def may_search(
    standing: RecordAccess, categories: frozenset[str], *, level: int, role: str, policy: Policy
) -> Decision:
    """Whether a search may be answered: every category it could find must be open (FAM-3, ID-5, SUP-5).

    So the answer does not depend on which records exist. Returns the first refusal by category name.
    """
    decision: Decision = Allowed(standing.rule)
    for category in sorted(categories):
        decision = may_read(standing, category, level=level, role=role, policy=policy)
        if isinstance(decision, Refused):
            return decision
    return decision


def scope_allows(scopes: Iterable[str], resource_type: str, interaction: str, *, patient: bool) -> bool:
    """Whether SMART scopes (`user/*.rs`, `patient/Observation.r`) cover a type and `r` (read) or `s` (search).

    A scope narrowed by a query (`?category=…`) covers nothing here: the mock offers none. `patient`: the token has
    one; without, `patient/` scopes open nothing.
    """
    said = (_READS.fullmatch(scope) for scope in scopes)
    return any(_covers(one, resource_type, interaction) for one in said if one and (patient or one[1] == "user"))


def context_of(scope: str) -> str:
    """`patient` or `user` for a scope that reads of the record, and nothing else; '' for any other."""
    said = _READS.fullmatch(scope)
    return said[1] if said else ""


def within(granted: frozenset[str], wanted: Iterable[str]) -> bool:
    """Whether a refresh that wants these scopes asks for no more than was granted (RFC 6749, 6)."""
    return all(scope in granted or _is_part(granted, scope) for scope in wanted)


def _is_part(granted: Iterable[str], scope: str) -> bool:
    wanted = _READS.fullmatch(scope)
    if wanted is None:
        return False
    said = [one for one in map(_READS.fullmatch, granted) if one and one[1] == wanted[1]]
    return all(any(_covers(one, wanted[2], verb) for one in said) for verb in _verbs(wanted))


def _covers(said: re.Match[str], resource_type: str, interaction: str) -> bool:
    return said[2] in ("*", resource_type) and interaction in _verbs(said)


def _verbs(said: re.Match[str]) -> str:
    return "rs" if said[3] == "read" else said[3]
