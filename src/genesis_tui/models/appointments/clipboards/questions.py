"""The questions of a clipboard, and the values that answer them (CLIP-1)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from genesis_tui.models.base.permission import Permission


@dataclass(frozen=True, slots=True)
class Coded:
    """Something chosen: a code of a system, and its words."""

    system: str = ""
    code: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, in words and as a code."""

    value: float
    unit: str = ""
    system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Another entry, where a list has it to choose."""

    reference: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """What was typed and is no answer yet: kept here, never sent."""

    text: str


Value: TypeAlias = bool | int | float | str | Coded | Amount | Pointer | Unread
"""One answer. Text is also what dates and times are, as FHIR writes them."""


class QuestionKind(StrEnum):
    """What is asked for, by FHIR's word."""

    GROUP = "group"
    DISPLAY = "display"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE = "date"
    MOMENT = "dateTime"
    TIME = "time"
    STRING = "string"
    TEXT = "text"
    URL = "url"
    CHOICE = "choice"
    OPEN_CHOICE = "open-choice"
    ATTACHMENT = "attachment"
    REFERENCE = "reference"
    QUANTITY = "quantity"


CHOICES = (QuestionKind.CHOICE, QuestionKind.OPEN_CHOICE)


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """One answer of a list. `form` is FHIR's word for what it is: Coding, String, Date …"""

    value: Value
    text: str
    form: str = "Coding"
    chosen: bool = False
    """Whether it is chosen from the beginning."""


@dataclass(frozen=True, slots=True)
class Condition:
    """On what a question hangs: another one, an operator, and the value with FHIR's word for what it is."""

    question: str
    operator: str
    form: str
    value: Value


@dataclass(frozen=True, slots=True)
class FormItem:
    """A question, a group of them, or words between them."""

    id: str
    kind: QuestionKind
    text: str = ""
    prefix: str = ""
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    longest: int | None = None
    most: int | None = None
    """How many answers there may be at most."""
    lower: float | str | None = None
    upper: float | str | None = None
    units: tuple[Coded, ...] = ()
    choices: tuple[AnswerOption, ...] = ()
    conditions: tuple[Condition, ...] = ()
    all_of: bool = False
    """Whether all conditions must hold; else one."""
    initial: tuple[Value, ...] = ()
    inside: "tuple[FormItem, ...]" = ()

    @property
    def is_question(self) -> bool:
        return self.kind not in (QuestionKind.GROUP, QuestionKind.DISPLAY)

    @property
    def can_be_given(self) -> bool:
        """Whether a terminal can ask it: no file, no entry that is not in a list, nothing that is fixed."""
        unasked = self.kind in (QuestionKind.ATTACHMENT, QuestionKind.REFERENCE)
        listed = any(one.form == "Reference" for one in self.choices)
        return self.is_question and not self.read_only and not self.hidden and (listed or not unasked)

    @property
    def chooses(self) -> bool:
        """Whether it is answered from a list."""
        return bool(self.choices)

    @property
    def several(self) -> bool:
        """Whether several of a list may be chosen at once."""
        return self.kind in CHOICES and self.repeats

    @property
    def words(self) -> str:
        """What is asked; its id where nothing is said."""
        return self.text or self.prefix or self.id

    def at_most(self, characters: int) -> "FormItem":
        """With no text longer than that, here and inside of it."""
        inside = tuple(one.at_most(characters) for one in self.inside)
        return replace(self, longest=min(self.longest or characters, characters), inside=inside)


@dataclass(frozen=True, slots=True)
class Submitted:
    """When it was handed in, and by whom."""

    at: datetime
    by: str = ""


Path: TypeAlias = tuple[tuple[str, int], ...]
"""Where an answer stands: the ids around it and its own, each with how many of the same come before it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is answered, by place; `counts` says how often a group that repeats is there, where that is not once."""

    values: dict[Path, tuple[Value, ...]] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clipboard:
    """What is to be filled in before one visit, as the server has it."""

    id: str
    version: int
    patient_id: str
    appointment_id: str
    title: str
    what: str
    """The visit, in words."""
    start: datetime | None
    zone: str = ""
    answered: int = 0
    asked: int = 0
    saved: datetime | None = None
    submitted: Submitted | None = None
    canonical: str = ""
    """The questionnaire's own name."""
    questions: tuple[FormItem, ...] = ()
    answers: Answers | None = None
    """None before anything was answered."""
    can: tuple[Permission, ...] = ()

    @property
    def save(self) -> Permission:
        """Whether answers can still be changed, and if not, why not."""
        unsaid = Permission("clipboard.save", allowed=False)
        return next((one for one in self.can if one.action == unsaid.action), unsaid)

    def at_most(self, characters: int) -> "Clipboard":
        """With no text longer than that."""
        return replace(self, questions=tuple(one.at_most(characters) for one in self.questions))


@dataclass(frozen=True, slots=True)
class Clipboards:
    """The clipboards of one person by the time of the visit, and how many could not be read."""

    rows: tuple[Clipboard, ...] = ()
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Filling:
    """A clipboard while it is filled in: the answers here, and whether the server has them."""

    clipboard: Clipboard
    answers: Answers
    version: int = 0
    """The server's, which these answers replace."""
    saved: datetime | None = None
    on_server: bool = True
    """Whether the server has these answers; True where nothing is answered."""


@dataclass(frozen=True, slots=True)
class ClipboardConflict:
    """It was changed elsewhere meanwhile."""

    mine: Filling
    theirs: Filling
