"""Elements that change what an entry means (R4 "Is-Modifier"), in the words that stand first (REC-9)."""

from collections.abc import Iterator

from genesis_tui.api_client.fhir.paths import Code, Tree, at, in_words, words
from genesis_tui.models.results.result import SAYS_MORE

NEGATED = frozenset({"not-done", "not-taken", "noshow", "cancelled", "declined", "rejected", "revoked"})
"""Statuses of what did not happen, or must not."""
UNDECIDED = frozenset({"draft", "proposed", "entered-in-error"})
"""Statuses of what nobody has decided on, or nobody should rely on."""
_ORDERED = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
_INTENTS = {"proposal": "Proposed", "plan": "Planned", "option": "One option", "directive": "Directive"}
_USUAL_INTENT = {"CarePlan": frozenset({"plan", *_ORDERED})}
_NOT = {"MedicationRequest": "Do not take", "ServiceRequest": "Do not perform"}
_STATUS_WORDS = {
    ("Immunization", "not-done"): "Not given",
    ("MedicationAdministration", "not-done"): "Not given",
    ("MedicationDispense", "declined"): "Not dispensed",
    ("Appointment", "noshow"): "Not attended",
}
_NOT_DONE = {"Given": "Not given", "Reported": "Not taken", "Dispensed": "Not dispensed"}
GROUPS = (
    *("Prescribed", "Not to be taken", "Proposed"),
    *("Reported", "Not taken", "Dispensed", "Not dispensed", "Given", "Not given"),
)
"""Headings of medications, in their order."""
_FIRM = frozenset({"", "confirmed"})


def status_words(kind: str, status: str) -> str:
    """A status as it is said of a type: `Not given` of an immunization that was not done."""
    return _STATUS_WORDS.get((kind, status)) or in_words(status)


def modifiers_of(tree: Tree, status: str) -> tuple[str, ...]:
    """What stands before the title, the most far-reaching first; empty for what is as it seems."""
    return tuple(dict.fromkeys(filter(None, _modifiers(tree, str(tree.get("resourceType")), status))))


def group_of(tree: Tree, status: str, usual: str) -> str:
    """The heading of an entry: of medications it says of nothing that it was ordered or done that was not."""
    if usual not in GROUPS:
        return usual
    if tree.get("doNotPerform") is True:
        return "Not to be taken"
    if _intent(tree):
        return "Proposed"
    return _NOT_DONE.get(usual, usual) if status in NEGATED else usual


def certainty(tree: Tree) -> str:
    """`Refuted`, `Unconfirmed`, `Provisional` …; empty where it is confirmed or not said."""
    codes = [str(one) for one in at(tree, "verificationStatus.coding.code") if isinstance(one, str)]
    if codes:
        return ", ".join(in_words(one) for one in dict.fromkeys(codes) if one not in _FIRM)
    said = ", ".join(filter(None, map(words, at(tree, "verificationStatus"))))
    return "" if said.casefold() in _FIRM else said


def _modifiers(tree: Tree, kind: str, status: str) -> Iterator[str]:
    if _extended(tree):
        yield SAYS_MORE
    if status in NEGATED or status in UNDECIDED:
        yield status_words(kind, status)
    if kind in ("AllergyIntolerance", "Condition"):
        yield certainty(tree)
    yield _intent(tree)
    if tree.get("doNotPerform") is True:
        yield _NOT.get(kind, "Do not")
    if tree.get("isSubpotent") is True:
        yield "Subpotent"


def _intent(tree: Tree) -> str:
    """`Proposed`, `Planned` …; empty for an order, and for the plan that a care plan is."""
    intent, kind = tree.get("intent"), str(tree.get("resourceType"))
    if not isinstance(intent, str) or intent in _USUAL_INTENT.get(kind, _ORDERED):
        return ""
    return _INTENTS.get(intent) or words(Code(intent))


def _extended(value: object) -> bool:
    """Whether an extension that changes the meaning stands anywhere in it."""
    if isinstance(value, list):
        return any(map(_extended, value))
    if not isinstance(value, dict):
        return False
    return bool(value.get("modifierExtension")) or any(
        _extended(one) for one in value.values() if isinstance(one, dict | list)
    )
