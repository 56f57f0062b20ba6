"""`a` asks the care team about what is under the cursor, `x` says that it is wrong; both open a message (REC-7)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from genesis_tui.models.base.errors import ApiError
from genesis_tui.models.messages.drafts import CORRECTION, PCM, Correction, correction_text, quoted
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
    to: str = ""
    """Who knows about it, by name; else the patient's PCM is asked."""


class AskCareTeam:
    """What the two keys do on a place whose entries can be asked about."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "ask", "ask about it", id="asking.ask"),
        Binding("x", "wrong", "report wrong", id="asking.wrong"),
    ]

    def __init__(self, place: Place, about: Callable[[], Subject | None], came: Callable[[], None]) -> None:
        """A part of `place`.

        Args:
            place: what lists the entries.
            about: what is under the cursor; None where nothing is that can be asked about.
            came: called when what the care team made of entries is known, or known anew.
        """
        self._place = place
        self._about = about
        self._came = came
        self._corrections: dict[str, Correction] = {}

    def may(self, action: str) -> bool:
        """Whether the action does something now; True for what is no action of this class."""
        return action not in ("ask", "wrong") or (
            self._place.shell.portal.connection.has_portal and self._about() is not None
        )

    def correction_on(self, *keys: str) -> str:
        """What stands on an entry that was said to be wrong; empty on any other."""
        found = next((self._corrections[key] for key in keys if key in self._corrections), None)
        return correction_text(found) if found is not None else ""

    def ask(self) -> None:
        """Write about the entry, which is quoted."""
        about, patient = self._about(), self._place.patient
        if about is not None and patient is not None:
            body = f"\n\n{quoted(about.text)}\n"
            subject, to = f"About {about.title}", (about.to, PCM)
            self._place.shell.write(patient, subject=subject, body=body, category=about.category, to=to)

    def wrong(self) -> None:
        """Write a message of the category record correction, with the entry quoted."""
        about, patient = self._about(), self._place.patient
        if about is not None and patient is not None:
            subject, body = f"Wrong: {about.title}", f"\n\n{quoted(about.text)}\n"
            self._place.shell.write(patient, subject=subject, body=body, category=CORRECTION, entry=about.key)

    def read_corrections(self, record: "OpenRecord | None") -> None:
        """Ask for what became of the entries; where that can't be read, nothing is said on them."""
        if record is not None and not record.closed:
            self._place.start("corrections", self._read, record, exclusive=True)

    async def _read(self, record: "OpenRecord") -> None:
        if not (self._place.shell.portal.connection.has_portal and record.patient.may(READ).allowed):
            return
        try:
            found = await record.entries.corrections()
        except ApiError:
            return
        known = {one.entry: one for one in reversed(found)}
        if known != self._corrections:
            self._corrections = known
            self._came()
