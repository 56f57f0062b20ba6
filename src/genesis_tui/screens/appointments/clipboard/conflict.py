"""Two people filled in one clipboard: which answers stay."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from genesis_tui.models.appointments.clipboards.form import laid_out, questions_asked
from genesis_tui.models.appointments.clipboards.questions import ClipboardConflict, Filling
from genesis_tui.models.appointments.clipboards.wording import values_text
from genesis_tui.models.family import FamilyMember
from genesis_tui.sanitize import shown
from genesis_tui.screens.base.confirm import PatientHeading
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.page import Page, Para, Shown
from genesis_tui.widgets.screen_classes import UNASKED


class ClipboardConflictDialog(Dialog[bool]):
    """Where the two differ; True keeps what is here, False takes the other, None decides later."""

    HEADING = "This clipboard was changed elsewhere too"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "keep(True)", "keep mine", id="clipboard-conflict.mine"),
        Binding("t", "keep(False)", "take the other", id="clipboard-conflict.theirs"),
        Binding("escape", "close", "later", id="clipboard-conflict.later"),
    ]

    def __init__(self, patient: FamilyMember, conflict: ClipboardConflict) -> None:
        super().__init__(classes=UNASKED)
        self._patient = patient
        self._conflict = conflict

    def compose_inside(self) -> ComposeResult:
        yield PatientHeading(self._patient)
        mine, theirs = _told(self._conflict.mine), _told(self._conflict.theirs)
        differing = [key for key in mine | theirs if mine.get(key) != theirs.get(key)]
        page = Page([*_version("HERE", mine, differing), *_version("ELSEWHERE", theirs, differing)], id="text")
        page.styles.height = max(4, min(page.height_for(min(74, self.room().width)), self.room().height - 1))
        yield page

    def action_keep(self, mine: bool) -> None:
        self.dismiss(mine)


def _told(filling: Filling) -> dict[str, str]:
    """Question -> answer, in words."""
    asked = questions_asked(laid_out(filling.clipboard.questions, filling.answers))
    return {one.question.words: values_text(one.question, one.values) for one in asked}


def _version(head: str, told: dict[str, str], differing: list[str]) -> Iterator[Shown]:
    yield from (Para(), Para(head, "muted bold"))
    for key in differing:
        yield Para(shown(f"{key}  {told.get(key) or 'no answer'}"))
