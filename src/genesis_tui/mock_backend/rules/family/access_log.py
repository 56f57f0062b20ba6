"""AUD-1, FAM-10: which events of a record's log somebody may read, of what kind each is, and what is said of it."""

from typing import Final, Literal, NamedTuple

from genesis_tui.mock_backend.rules.record import CATEGORIES, OTHER, WORDS

ALLOWED: Final = "allowed"
NOT_FOUND: Final = "not-found"
LogKind = Literal["any", "all", "reads", "acts", "refused", "mine"]


class EventFacts(NamedTuple):
    """An event: who did what, and how it ended (`allowed`, or a reason code)."""

    who_id: str
    what: str
    outcome: str


_NOUNS: Final = {
    "profile": "the details",
    "deers": "what DEERS says",
    "news": "what is new",
    "access-log": "this log",
    "prescriptions": "the prescriptions",
    "appointments": "the appointments",
    "visit-types": "the kinds of visits",
    "clinics": "the clinics",
    "slots": "the free times",
    "clipboards": "the clipboards",
    "threads": "the messages",
    "drafts": "the drafts",
    "recipients": "who can be written to",
    "preview": "a preview of a message",
    "corrections": "the corrections",
    "thread": "the messages",
    "attachment": "the files of messages",
}
SECTION_READS: Final = frozenset(_NOUNS) - {"thread", "attachment"}
"""Reads of a part of a record whose patient the request names."""
ENTRY_READS: Final = frozenset({"thread", "attachment"})
"""Reads of one entry by its id, besides FHIR's."""
_ACTS: Final = {
    "book": ("booked", "book", "an appointment"),
    "request-appointment": ("asked for", "ask for", "an appointment"),
    "withdraw-request": ("withdrew", "withdraw", "a request for an appointment"),
    "choose-slot": ("chose", "choose", "one of the times offered"),
    "cancel-appointment": ("cancelled", "cancel", "an appointment"),
    "reschedule-appointment": ("moved", "move", "an appointment"),
    "watch-slots": ("watched", "watch", "for earlier times"),
    "unwatch-slots": ("stopped", "stop", "watching for earlier times"),
    "clipboard": ("wrote in", "write in", "a clipboard"),
    "submit-clipboard": ("submitted", "submit", "a clipboard"),
    "request-refills": ("asked for", "ask for", "refills"),
    "request-renewals": ("asked for", "ask for", "renewals"),
    "message": ("sent", "send", "a message"),
    "draft": ("kept", "keep", "a draft"),
    "delete-draft": ("deleted", "delete", "a draft"),
    "upload": ("attached", "attach", "a file"),
    "move": ("moved", "move", "messages"),
    "read": ("marked", "mark", "messages read"),
    "unread": ("marked", "mark", "messages unread"),
    "folder": ("made", "make", "a folder"),
    "remove-folder": ("removed", "remove", "a folder"),
    "correction": ("asked for", "ask for", "a correction"),
    "seen": ("marked", "mark", "what was seen"),
    "grant": ("offered", "offer", "access"),
    "accept-grant": ("accepted", "accept", "access to a record"),
    "refuse-grant": ("refused", "refuse", "access to a record"),
    "revoke": ("ended", "end", "an access"),
    "ask": ("asked for", "ask for", "access to a record"),
    "refuse-request": ("refused", "refuse", "a request for access"),
    "sign-in": ("signed in", "sign in", ""),
    "sign-out": ("signed out", "sign out", ""),
    "lock": ("locked", "lock", "the screen"),
    "end-grant": ("ended", "end", "a script's sign-in"),
    "end-sessions": ("ended", "end", "all sign-ins"),
    "register": ("registered", "register", "an account"),
    "register-piv": ("registered", "register", "a PIV card"),
    "forgot-password": ("asked for", "ask for", "a new password"),
    "reset-password": ("changed", "change", "the password"),
    "proofing": ("proved", "prove", "who they are"),
    "deers-change": ("changed", "change", "the DEERS record"),
}
_CATEGORIES: Final = {
    "demographics": "the details",
    "medications": "the medications",
    "results": "the results and notes",
    "social": "the social history",
    "careteam": "the care team",
    "plans": "the plans and goals",
    "history": "the family history",
} | {word: f"the {word}" for word in ("vitals", "documents", "coverage", "forms")}
_REASONS: Final = {
    "no-grant": "no grant",
    "grant-ended": "the grant has ended",
    "adult-dependent": "an adult now",
    "restricted-teen": "ages 12 to 17",
    "premium-required": "needs Premium",
    "wrong-credentials": "wrong user name or password",
    NOT_FOUND: "no tie to this record",
}
_WHY: Final = {"FAM-2": "as a parent", "FAM-3": "as a parent, limited", "FAM-5": "by grant"}


def is_read(what: str) -> bool:
    """Whether an event is a read; every other one is an act."""
    return _of_entry(what) or what.startswith("search ") or what in SECTION_READS


def _of_entry(what: str) -> bool:
    return what.startswith("read ") or what in ENTRY_READS


def may_show(event: EventFacts, *, reader_id: str, patient_id: str) -> bool:
    """Whether the log of a patient's record tells a reader of an event, so that it tells of no entry that is hidden.

    A refused read of one entry is told to nobody: it is known to be about this patient only where the entry exists,
    and that is what the refusal keeps (FAM-8, REL-3). Who is answered as by an unknown id is told to the patient alone,
    and only where the patient was named. What the patient or another proxy did is told to no proxy but as a read of a
    part of the record: it could have been about a sensitive visit (FAM-7).
    """
    refused = event.outcome != ALLOWED
    if refused and _of_entry(event.what):
        return False
    if event.outcome == NOT_FOUND:
        return reader_id == patient_id != event.who_id and is_read(event.what)
    if reader_id in (patient_id, event.who_id):
        return True
    return is_read(event.what) and event.who_id != patient_id


def is_of(kind: LogKind, event: EventFacts, *, reader_id: str, patient_id: str) -> bool:
    """Whether an event is of a kind.

    One's own reads are only among one's own events (`mine`), and so is all that one did with one's own record; `any`
    is everything but one's own reads.
    """
    mine, read, refused = event.who_id == reader_id, is_read(event.what), event.outcome != ALLOWED
    if kind == "mine":
        return mine
    if mine and read and not refused:
        return False
    if kind == "any":
        return True
    if mine and reader_id == patient_id:
        return False
    return kind in ("all", "refused" if refused else "reads" if read else "acts")


def event_words(event: EventFacts) -> str:
    """`looked at the appointments`, `was refused the results and notes`, `was refused to book an appointment`."""
    refused = event.outcome != ALLOWED
    if is_read(event.what):
        return f"{'was refused' if refused else 'looked at'} {_noun(event.what)}"
    past, verb, thing = _ACTS.get(event.what, ("acted on", "act on", "the record"))
    return " ".join(filter(None, ("was refused to", verb, thing) if refused else (past, thing)))


def why_words(outcome: str, rule: str) -> str:
    """Why it was allowed or refused: `by grant`; `no grant, FAM-6`. Empty where an act is simply allowed."""
    if outcome == ALLOWED:
        return _WHY.get(rule, "")
    return ", ".join(filter(None, (_REASONS.get(outcome, outcome.replace("-", " ")), rule)))


def _noun(what: str) -> str:
    if what in _NOUNS:
        return _NOUNS[what]
    word = WORDS.get(what.partition(" ")[2], {}).get(OTHER, "")
    return _CATEGORIES.get(word, f"the {word}" if word in CATEGORIES else "the record")
