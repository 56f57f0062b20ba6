"""What one request may read: the scopes of its token, and all the categories that a search touches."""

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.family.access import RecordAccess, may_read
from genesis_tui.mock_backend.rules.policy import Policy

_VERBS = frozenset("cruds")

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


def scope_allows(scopes: frozenset[str], resource_type: str, interaction: str) -> bool:
    """Whether SMART v2 scopes (`user/*.rs`, `patient/Observation.r`) cover a type and `r` (read) or `s` (search).

    A scope narrowed by a query (`?category=…`) covers nothing here: the mock offers none.
    """
    return any(_covers(scope, resource_type, interaction) for scope in scopes)


def _covers(scope: str, resource_type: str, interaction: str) -> bool:
    context, _, rest = scope.partition("/")
    name, _, verbs = rest.partition(".")
    verbs = "rs" if verbs in ("read", "*") else verbs
    plain = _VERBS.issuperset(verbs) and context in ("user", "patient")
    return plain and name in ("*", resource_type) and interaction in verbs
