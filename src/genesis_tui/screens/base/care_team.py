"""`a` asks the care team about what is under the cursor, `x` says that it is wrong; both open a message (REC-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.messages.drafts import CORRECTION, Correction, correction_text, quoted
from genesis_tui.screens.base.place import Place

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord

READ = "messages.read"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is to be about: its key (`Type/id`), a title, and what is quoted of it."""

    key: str
    title: str
    text: str
    category: str = "other"


class AskCareTeam(Place):
    """A place whose entries can be asked about. Subclasses say what is under the cursor (`about`)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "ask", "ask about it", id="asking.ask"),
        Binding("x", "wrong", "report wrong", id="asking.wrong"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._corrections: dict[str, Correction] = {}

    def on_screen_resume(self) -> None:
        """Something may have been reported meanwhile."""
        record = self.shell.portal.record
        if record is not None and not record.closed:
            self.read_corrections(record)

    def about(self) -> Subject | None:
        """What is under the cursor; None where nothing is that can be asked about."""
        return None

    def corrections_came(self) -> None:
        """What the care team made of entries is known now, or again."""

    def may_ask(self) -> bool:
        """Whether the two keys do something now."""
        return self.shell.portal.has_portal and self.about() is not None

    def correction_on(self, *keys: str) -> str:
        """What stands on an entry that was said to be wrong; empty on any other."""
        found = next((self._corrections[key] for key in keys if key in self._corrections), None)
        return correction_text(found) if found is not None else ""

    def action_ask(self) -> None:
        """`a`."""
        about, patient = self.about(), self.patient
        if about is not None and patient is not None:
            body = f"\n\n{quoted(about.text)}\n"
            self.shell.write(patient, subject=f"About {about.title}", body=body, category=about.category)

    def action_wrong(self) -> None:
        """`x`: a message of the category record correction, with the entry quoted."""
        about, patient = self.about(), self.patient
        if about is not None and patient is not None:
            subject, body = f"Wrong: {about.title}", f"\n\n{quoted(about.text)}\n"
            self.shell.write(patient, subject=subject, body=body, category=CORRECTION, entry=about.key)

    @work(exclusive=True, group="corrections")
    async def read_corrections(self, record: OpenRecord) -> None:
        """Quietly: where they can't be read, nothing is said on the entries."""
        if not (self.shell.portal.has_portal and record.patient.may(READ).allowed):
            return
        try:
            found = await record.corrections()
        except ApiError:
            return
        known = {one.entry: one for one in reversed(found)}
        if known != self._corrections:
            self._corrections = known
            self.corrections_came()
