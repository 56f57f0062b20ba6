"""`e`: what of a record to save as a file, in which form, where to; it stands until the file is there (REC-2)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from genesis_tui.models.base.errors import ApiError, RecordClosed
from genesis_tui.models.export import ExportForm, file_name
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.record import Section
from genesis_tui.screens.base.confirm import PatientHeading
from genesis_tui.widgets.dialog import Dialog
from genesis_tui.widgets.forms.choice_list import ChoiceList
from genesis_tui.widgets.forms.field import Field
from genesis_tui.widgets.forms.toggle import Toggle
from genesis_tui.widgets.frame.keys_row import Key
from genesis_tui.widgets.page import Page, Para

_FORMS = tuple(ExportForm)
_PRIVATE = "The file is not encrypted; only your account on this computer can read it (0600)."


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """Something that can be saved: a section, or what of it holds these words."""

    section: Section
    title: str
    count: str = ""
    """How much that is, as far as it is known by now."""
    counts: str = ""
    """The same as a sentence."""
    words: str = ""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What was chosen."""

    choice: ExportChoice
    form: ExportForm
    to: Path


Save = Callable[[ExportWish], Awaitable[tuple[str, bool]]]
"""Writes the file. What became of it, in words, and whether all there is went in. Raises ApiError."""


class ExportDialog(Dialog[tuple[str, bool]]):
    """Its answer is that of `Save`."""

    HEADING = "Export"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "next", id="export.next"),
        Binding("ctrl+r", "save", "save", id="export.save"),
        Binding("escape", "close", "don't", id="export.stay"),
    ]

    def __init__(
        self, person: FamilyMember, choices: Sequence[ExportChoice], denied: str, folder: str, now: datetime, save: Save
    ) -> None:
        """`denied` names what is not open to the viewer, as a sentence; `folder` is where files go."""
        super().__init__()
        self._person = person
        self._choices = tuple(choices)
        self._denied = denied
        self._folder = folder
        self._now = now
        self._save = save
        self._proposed = ""
        self._busy = False

    def compose_inside(self) -> ComposeResult:
        yield PatientHeading(self._person, by_you=True)
        yield ChoiceList("What", [(one.title, one.count) for one in self._choices], id="what")
        yield Toggle("As", [form.label for form in _FORMS], id="as")
        yield Field("To", id="to")
        yield Page(id="words")

    def on_mount(self) -> None:
        self.query_one("#words", Page).can_focus = False
        self.watch(self.query_one(ChoiceList), "chosen", self._follow, init=False)
        self.watch(self.query_one(Toggle), "chosen", self._follow, init=False)
        self._follow()

    def on_resize(self) -> None:
        self._fit()

    @property
    def _choice(self) -> ExportChoice:
        return self._choices[self.query_one(ChoiceList).chosen]

    @property
    def _form(self) -> ExportForm:
        return _FORMS[self.query_one(Toggle).chosen]

    def _follow(self) -> None:
        """The name of the file follows the choice, unless the person wrote another."""
        field = self.query_one("#to", Input)
        if field.value == self._proposed:
            name = file_name(self._person.given, self._choice.section, self._now, self._form)
            self._proposed = field.value = str(Path(self._folder) / name)
            field.cursor_position = len(field.value)
        said = f"{self._choice.counts} {_PRIVATE}".strip()
        self._say(Para(said, "muted"), *([Para(self._denied, "muted")] if self._denied else []))

    def _say(self, *paras: Para) -> None:
        self.query_one("#words", Page).rows = (Para(), *paras)
        self._fit()

    def _fit(self) -> None:
        page, room = self.query_one("#words", Page), self.room()
        left = room.height - len(self._choices) - 3
        page.styles.height = max(1, min(page.height_for(min(74, room.width)), left))

    def keys(self) -> list[Key]:
        """What saves comes before what goes without saying."""
        return [("tab", "next"), ("ctrl+r", "save"), ("esc", "don't")]

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """`ctrl+r`: write the file; what keeps it from being written is told here."""
        to = self.query_one("#to", Input).value.strip()
        if self._busy:
            return
        if not to or to.endswith("/"):
            self._say(Para("Write the name of the file.", "abnormal"))
            return
        self._busy = True
        self._say(Para("Saving", "italic muted"))
        self.run_worker(self._write(ExportWish(self._choice, self._form, Path(to))))

    async def _write(self, wish: ExportWish) -> None:
        try:
            self.dismiss(await self._save(wish))
        except RecordClosed:
            self.dismiss(None)
        except ApiError as error:
            self._busy = False
            said = dict.fromkeys(filter(None, (error.title, error.detail, error.next)))
            rule = f"Rule {error.rule}" if error.rule else ""
            self._say(Para(" ".join(said), "abnormal"), *([Para(rule, "muted")] if rule else []))
