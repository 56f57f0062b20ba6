"""Messages while they are written: drafts, what they may hold, whom they are to, and what becomes of them (MSG)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from genesis_tui.models.base.dates import in_zone, long_date
from genesis_tui.models.base.files import size_text
from genesis_tui.models.base.permission import Permission
from genesis_tui.models.base.search import folded
from genesis_tui.models.messages.threads import Message, ThreadRow, writer_text

CORRECTION = "record-correction"
PCM = "your PCM"
"""The role of the patient's primary care manager among recipients."""
_BARE = str.maketrans({**dict.fromkeys("'’ʼ‘`´"), **dict.fromkeys("-‐‑–", " ")})


def _bare(text: str) -> str:
    """Without what people leave out or nobody sees, and without case: `can't` and `cant`, `chest-pain`."""
    seen = "".join(char if char.isprintable() else " " if char.isspace() else "" for char in text)
    return " ".join(seen.translate(_BARE).casefold().split())


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that may be attached: how its name ends, its media type, how its content begins (empty: text)."""

    endings: tuple[str, ...]
    content_type: str
    starts: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """What a message may hold, as the server says (MSG-3, MSG-4, MSG-6). Sizes are in bytes, lengths in characters."""

    subject: int = 50
    body: int = 10_000
    files: int = 4
    file_size: int = 6 * 1024**2
    files_size: int = 10 * 1024**2
    kinds: tuple[FileKind, ...] = ()
    categories: tuple[tuple[str, str], ...] = ()
    """(code, words), in the server's order."""
    notice: str = "Not for emergencies: call 911 or go to the nearest emergency room."
    emergency_words: tuple[str, ...] = ()
    emergency_lines: tuple[str, ...] = ("Emergency: call 911.", "Thoughts of suicide or self-harm: call or text 988.")

    def category(self, code: str) -> str:
        """A category in words; the code itself where it is not known."""
        return dict(self.categories).get(code, code)

    def code(self, words: str) -> str:
        """The category of these words, for a new message: a correction begins at the entry that is wrong."""
        found = next((code for code, known in self.categories if known == words), "")
        return "other" if found == CORRECTION else found

    def emergency(self, text: str) -> str:
        """The first word of an emergency that stands in a text; empty where none does (MSG-3).

        What is quoted does not count: it is old, and often says when to call 911.
        """
        own = _bare(own_words(text))
        return next((word for word in self.emergency_words if _bare(word) in own), "")


_NOT_OFFERED = Permission("message.send", allowed=False, title="Not offered here.")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a message can be to."""

    id: str
    name: str
    kind: str
    """`provider`, `nursing` or `administrative`."""
    detail: str = ""
    """Specialty, or what a clinic's team does."""
    clinic: str = ""
    role: str = ""
    """`your PCM`, `your care team`, `linked clinic`; empty where the profile is not linked to it."""
    send: Permission = _NOT_OFFERED
    due: date | None = None
    """By when a message that is sent now would be answered (MSG-5)."""

    @property
    def what(self) -> str:
        """What they are to the patient, and what they do."""
        return ", ".join(part for part in (self.role, self.detail) if part)

    def holds(self, words: Iterable[str]) -> bool:
        """Whether each word (folded) stands somewhere in it."""
        text = folded(f"{self.name} {self.detail} {self.clinic} {self.role}")
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class Recipients:
    """What a search for recipients found: providers first, clinics next. `missing` says who is not linked (MSG-2)."""

    rows: tuple[Recipient, ...] = ()
    missing: str = ""
    more: int = 0
    """How many others were found that are not among these."""

    def nearest_first(self) -> "Recipients":
        """Who is linked to the profile, then clinics, then strangers, each as they came."""
        ranked = sorted(self.rows, key=lambda row: 0 if row.role else 1 if row.kind != "provider" else 2)
        return replace(self, rows=tuple(ranked))

    def among(self, words: str) -> "Recipients":
        """Those that hold each word."""
        wanted = folded(words).split()
        return Recipients(tuple(row for row in self.rows if row.holds(wanted)))


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that goes with a draft. Its id is the client's choice, so that sending it twice sends it once."""

    id: str
    name: str
    size: int
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message about one patient as far as it is written."""

    id: str
    """A UUID of the client's choice."""
    patient_id: str
    patient_name: str = ""
    thread_id: str = ""
    """Empty: it begins a conversation."""
    recipient_id: str = ""
    recipient: str = ""
    recipient_detail: str = ""
    category: str = ""
    """Its code."""
    subject: str = ""
    body: str = ""
    entry: str = ""
    """REC-7: `Type/id` of the entry that is wrong."""
    files: tuple[DraftFile, ...] = ()
    version: int = 0
    """Of the server's copy; 0 where it has none."""
    saved: datetime | None = None
    """When it was last written to disk, or to the server where it comes from there."""
    on_server: bool = False
    """Whether the server has these very words."""
    refused: str = ""
    """Why the server did not take it, in its words."""

    @property
    def is_reply(self) -> bool:
        """Whether recipient, category and subject are the conversation's."""
        return bool(self.thread_id)

    @property
    def corrects(self) -> bool:
        """Whether it says that an entry is wrong (REC-7)."""
        return bool(self.entry) and not self.is_reply

    @property
    def blank(self) -> bool:
        """Whether nothing was written yet that would be lost."""
        return not (self.body.strip() or (self.subject.strip() and not self.is_reply) or self.files)

    def same_words(self, other: "Draft") -> bool:
        """Whether both would send the same message."""
        return _words(self) == _words(other)


def to_recipient(draft: Draft, row: Recipient) -> Draft:
    """The draft to this one."""
    return replace(draft, recipient_id=row.id, recipient=row.name, recipient_detail=row.what)


def _words(draft: Draft) -> tuple[object, ...]:
    ids = tuple(file.id for file in draft.files)
    return (draft.thread_id, draft.recipient_id, draft.category, draft.subject, draft.body, draft.entry, ids)


@dataclass(frozen=True, slots=True)
class MessagePreview:
    """What sending a draft now would send (MSG-5)."""

    recipient: str
    category: str
    subject: str
    due: date | None = None
    """None where the server could not be asked."""


@dataclass(frozen=True, slots=True)
class Correction:
    """REC-7: an entry that was said to be wrong. `state` is asked, amended, clarified or declined."""

    entry: str
    """`Type/id`."""
    state: str
    note: str
    thread_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conflict:
    """A draft that was changed elsewhere meanwhile: what is here, and what the server has (None: it was sent)."""

    mine: Draft
    theirs: Draft | None


def files_text(files: Iterable[DraftFile]) -> str:
    """`readings.pdf 84 KiB, scan.png 2 MiB`; what only another computer knows is `a file`."""
    return ", ".join(f"{one.name} {size_text(one.size)}" if one.name else "a file" for one in files)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that a person wants to attach."""

    name: str
    size: int
    head: bytes = field(repr=False, default=b"")
    sha256: str = ""


def file_fault(file: FileFacts, others: tuple[DraftFile, ...], limits: MessageLimits) -> str:
    """Why a file can't be attached, in words; empty where it can (MSG-6). The server looks again."""
    kind = next((k for k in limits.kinds if file.name.casefold().rpartition(".")[2] in k.endings), None)
    same = next((one.name for one in others if one.sha256 and one.sha256 == file.sha256), "")
    if file.size == 0:
        return f"{file.name} is empty."
    if file.size > limits.file_size:
        return f"{file.name} is larger than {mib(limits.file_size)}."
    if limits.kinds and (kind is None or "." not in file.name):
        return f"{file.name} is of a kind that can't be sent. Send one of: {endings(limits)}."
    if kind is not None and kind.starts and not file.head.startswith(kind.starts):
        return f"{file.name} is named like a {kind.endings[0].upper()} file, but it isn't one."
    if same:
        return f"{file.name} is attached already{'' if same == file.name else f', as {same}'}."
    if len(others) >= limits.files:
        return f"A message takes at most {limits.files} files."
    if file.size + sum(one.size for one in others) > limits.files_size:
        return f"Together the files would be larger than {mib(limits.files_size)}."
    return ""


def endings(limits: MessageLimits) -> str:
    """`pdf, png, jpg …`."""
    return ", ".join(ending for kind in limits.kinds for ending in kind.endings)


def mib(size: int) -> str:
    """`6 MiB`."""
    return f"{size / 1024**2:g} MiB"


def faults(draft: Draft, limits: MessageLimits) -> tuple[str, ...]:
    """What keeps a draft from being sent, in words, as far as it can be known here; the server decides (MSG-6)."""
    found = []
    if not draft.is_reply and not draft.recipient_id:
        found.append("Choose who it goes to.")
    if not draft.is_reply and not draft.category:
        found.append("Choose what it is about.")
    if not draft.is_reply and not 1 <= len(draft.subject.strip()) <= limits.subject:
        found.append(f"The subject needs 1 to {limits.subject} characters.")
    if not draft.body.strip():
        found.append("Write a message.")
    elif draft.entry and not own_words(draft.body).strip():
        found.append("Write what is wrong with it.")
    elif len(draft.body) > limits.body:
        over = len(draft.body) - limits.body
        found.append(f"The message is {over:,} character{'s' if over > 1 else ''} too long.")
    return tuple(found)


def own_words(text: str) -> str:
    """Without the lines that are quoted."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(">"))


def quoted(text: str) -> str:
    """Each line with `> ` before it."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().split("\n"))


def quotation(messages: Iterable[Message], zone: str, otherwise: str) -> str:
    """Messages with writer and day (in `zone`), each line marked; `otherwise` where there are none."""
    said = [f"{long_date(in_zone(one.at, zone).date())}, {writer_text(one)}:\n{one.body}" for one in messages]
    return quoted("\n\n".join(said) or otherwise)


def again(draft: Draft, row: ThreadRow, last: Message | None, zone: str) -> Draft:
    """A new message in place of a reply that is not taken any more, with the old one quoted (MSG-10)."""
    old = quotation(() if last is None else (last,), zone, row.subject)
    new = replace(draft, thread_id="", recipient_id="", recipient="", recipient_detail="", refused="")
    return replace(new, subject=row.subject[:50], body=f"{draft.body}\n\n{old}\n")


def due_text(due: date | None) -> str:
    """`Mon 4 Jan 2027`, or that it is not known yet."""
    return long_date(due) if due is not None else "three business days after it is sent"


def correction_text(correction: Correction) -> str:
    """What stands on the entry."""
    words = {
        "asked": "You said that this is wrong. The care team has not answered yet.",
        "amended": "The care team amended this entry:",
        "clarified": "The care team clarified this entry:",
        "declined": "The care team did not change this entry:",
    }
    return f"{words.get(correction.state, correction.state)} {correction.note}".strip()
