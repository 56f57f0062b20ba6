"""MSG-1, MSG-4, MSG-6 to MSG-9 and MSG-11: to whom a message may go, what it and a draft may hold, names of folders."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from genesis_tui.mock_backend.rules.decision import Allowed, Decision, Refused
from genesis_tui.mock_backend.rules.messages.attachments import FileFacts, may_attach
from genesis_tui.mock_backend.rules.policy import MessagePolicy
from genesis_tui.mock_backend.rules.sign_in.levels import may_act

CORRECTION = "record-correction"
CATEGORIES = {
    "visit-instructions": "Visit instructions",
    "symptoms": "Symptoms, not an emergency",
    "test-results": "Test results",
    "forms": "Forms and letters",
    "medication": "Medication",
    "appointment": "Appointment",
    CORRECTION: "Record correction",
    "other": "Other",
}
"""MSG-4: code -> words."""
OUTCOMES = ("amended", "clarified", "declined")
"""REC-7: what becomes of a correction."""
_SPELLING = "\u00ad\u200c\u200d\u200e\u200f"
"""Soft hyphen, joiners, direction marks: not printable, and yet part of how words are spelled."""
BUILT_IN = {"inbox": "Inbox", "sent": "Sent", "drafts": "Drafts", "trash": "Trash"}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message is to: whether the patient's profile is linked to them, and why they take no messages, if so."""

    name: str
    linked: bool
    blocked: bool = False
    closed: str = ""


@dataclass(frozen=True, slots=True)
class MessageContent:
    """What a message holds: subject, text, files."""

    subject: str
    body: str
    files: Sequence[FileFacts] = ()


def may_write_to(recipient: Recipient, *, level: int) -> Decision:
    """ID-5, MSG-1, MSG-11: whether a message about the patient may go to this recipient."""
    premium = may_act(level)
    if isinstance(premium, Refused):
        return premium
    if recipient.closed:
        return Refused("MSG-11", "recipient-blocked", f"{recipient.name} {recipient.closed}", next=_CLINIC)
    if not recipient.linked:
        words = f"{recipient.name} is not linked to this profile."
        return Refused("MSG-11", "recipient-unlinked", words, next=f"{_CLINIC} A visit there links them.")
    if recipient.blocked:
        words = f"{recipient.name} takes no messages from this profile."
        return Refused("MSG-11", "recipient-blocked", words, next=_CLINIC)
    return Allowed("MSG-1")


def may_hold(written: MessageContent, policy: MessagePolicy) -> Decision:
    """MSG-6: whether a message may have this subject, text and files."""
    most, given = policy.subject_characters, len(written.subject.strip())
    if not 1 <= given <= most or not _is_line(written.subject):
        return _length("subject-length", "The subject", most, given)
    most, given = policy.body_characters, len(written.body)
    if not written.body.strip() or given > most:
        return _length("body-length", "The message", most, given if written.body.strip() else 0)
    return may_attach(written.files, policy)


def may_draft(body: str, policy: MessagePolicy, *, sent: bool) -> Decision:
    """MSG-6, MSG-8, MSG-9: whether a draft may be kept: not once it was `sent`, and no longer than what could be."""
    if sent:
        return DRAFT_IS_SENT
    if len(body) > policy.body_characters:
        return _length("body-length", "The message", policy.body_characters, len(body))
    return Allowed("MSG-9")


def may_name(name: str, taken: Collection[str], policy: MessagePolicy) -> Decision:
    """MSG-7: whether an own folder may go by this name; `taken` are casefolded."""
    if not 1 <= len(name) <= policy.folder_characters or name != name.strip() or not _plain(name):
        words = f"A folder's name has 1 to {policy.folder_characters} letters, digits and spaces."
        return _name(words, "Choose another name.")
    if name.casefold() in taken or name.casefold() in map(str.casefold, BUILT_IN.values()):
        return _name(f"There is a folder called “{name}” already.", "Choose another name, or use that one.")
    return Allowed("MSG-7")


def may_remove(threads: int) -> Decision:
    """MSG-7: whether an own folder that holds so many threads may be removed."""
    if threads:
        count = f"{threads} conversation{'s' if threads > 1 else ''}"
        words = f"The folder still holds {count}."
        return Refused("MSG-7", "folder-not-empty", words, next="Move them elsewhere first.", status=409)
    return Allowed("MSG-7")


SENT_IS_FINAL = Refused(
    "MSG-8",
    "sent-is-final",
    "A message that was sent can't be changed or taken back.",
    next="Write another one to set it right.",
    status=409,
)

DRAFT_IS_SENT = Refused(
    "MSG-8",
    "sent-is-final",
    "This draft was sent; it can't be written any further.",
    next="Look for it in Sent, and write another message to set it right.",
    status=409,
)

_CLINIC = "Search for another clinic or provider, or call the clinic."


def _is_line(text: str) -> bool:
    return all(one.isprintable() or one in _SPELLING for one in text)


def _plain(name: str) -> bool:
    return all(one.isalnum() or one == " " for one in name)


def _name(title: str, next: str) -> Refused:
    return Refused("MSG-7", "folder-name", title, next=next, status=422)


def _length(reason: str, what: str, most: int, given: int) -> Refused:
    words = f"{what} has {given:,} characters; 1 to {most:,} are taken." if given else f"{what} is empty."
    if 1 <= given <= most:
        words = f"{what} holds characters that can't be shown."
    return Refused("MSG-6", reason, words, next="Change it, then send.", status=422)
