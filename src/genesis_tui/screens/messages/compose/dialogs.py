"""Questions that the form asks: an emergency, two versions of a draft, leaving."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.family import FamilyMember
from genesis_tui.models.messages.drafts import Conflict, Draft, MessageLimits
from genesis_tui.sanitize import shown
from genesis_tui.screens.base.confirm import PatientHeading
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.page import Page, Para, Shown
from genesis_tui.widgets.screen_classes import DELIBERATE, UNASKED

_SHOWN = 400


class EmergencyDialog(Dialog[bool]):
    """MSG-3: the text has words of an emergency; whom to call comes first."""

    DEFAULT_CSS = "EmergencyDialog #box { width: 66; }"
    HEADING = "Is this an emergency?"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "go_on", "no, go on", id="emergency.no"),
        Binding("escape", "close", "back", id="emergency.back"),
    ]

    def __init__(self, word: str, limits: MessageLimits) -> None:
        super().__init__(classes=DELIBERATE)
        self._word = word
        self._limits = limits

    def compose_inside(self) -> ComposeResult:
        page = Page(self._paras(), id="text")
        page.styles.height = page.height_for(min(64, self.room().width))
        yield page

    def _paras(self) -> list[Shown]:
        lines: list[Shown] = [Para(line, "bold critical") for line in self._limits.emergency_lines]
        why = (
            f"Your message has “{self._word}” in it. Nobody may read it for days; a message is no way to get help now."
        )
        return [Para(), *lines, Para(), Para(why), Para()]

    def action_go_on(self) -> None:
        self.dismiss(True)


class ConflictDialog(Dialog[bool]):
    """MSG-9: both versions of a draft; True keeps what is here, False takes the other, None decides later."""

    HEADING = "This draft was changed elsewhere too"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "keep(True)", "keep mine", id="conflict.mine"),
        Binding("t", "keep(False)", "take the other", id="conflict.theirs"),
        Binding("escape", "close", "later", id="conflict.later"),
    ]

    def __init__(self, patient: FamilyMember, conflict: Conflict) -> None:
        super().__init__(classes=UNASKED)
        self._patient = patient
        self._conflict = conflict

    def compose_inside(self) -> ComposeResult:
        yield PatientHeading(self._patient)
        page = Page([*_version("HERE", self._conflict.mine), *_version("ELSEWHERE", self._conflict.theirs)], id="text")
        page.styles.height = max(4, min(page.height_for(min(74, self.room().width)), self.room().height - 1))
        yield page

    def action_keep(self, mine: bool) -> None:
        self.dismiss(mine)


def _version(head: str, draft: Draft | None) -> list[Shown]:
    if draft is None:
        return [Para(), Para(head, "muted bold"), Para("It was sent from there.")]
    body = shown(draft.body if len(draft.body) <= _SHOWN else f"{draft.body[:_SHOWN]} (and more)")
    subject = [Para(shown(draft.subject), "bold")] if draft.subject and not draft.is_reply else []
    return [Para(), Para(head, "muted bold"), *subject, *(Para(line) for line in body.split("\n"))]
