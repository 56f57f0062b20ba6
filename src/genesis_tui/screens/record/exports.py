"""What `e` offers to save of the open record: what shows, immunizations, medications."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from genesis_tui.models.base.errors import RecordClosed, Refused
from genesis_tui.models.base.ledger import by_rule
from genesis_tui.models.export import ExportForm, counts_text
from genesis_tui.models.record import LEDGER, Section, matching
from genesis_tui.models.record import section as section_of
from genesis_tui.sanitize import one_line
from genesis_tui.screens.base.export_dialog import ExportChoice, ExportDialog, ExportWish
from genesis_tui.screens.base.list_detail import ListDetail
from genesis_tui.screens.record.loaded import LoadedSections
from genesis_tui.screens.record.rows import EntryRow
from genesis_tui.widgets.drawing import symbols

if TYPE_CHECKING:
    from genesis_tui.session.open_record import OpenRecord

_USUAL = (("immunizations", "Immunizations, for school, work or travel"), ("medications", "Medication list"))
_UNITS = {"immunizations": "doses"}


class RecordExports:
    """Part of the Record place."""

    def __init__(
        self, place: ListDetail[EntryRow], known: LoadedSections, shown: Callable[[], tuple[Section | None, str]]
    ) -> None:
        """`shown`: the section that shows, and the words that it is searched for."""
        self._place = place
        self._known = known
        self._shown = shown

    def any(self) -> bool:
        """Whether there is something to offer."""
        return bool(self._offered())

    def choices(self) -> list[ExportChoice]:
        """What can be saved now."""
        return [self._choice(*one) for one in self._offered()]

    def _offered(self) -> list[tuple[Section, str, str]]:
        """Section, title and words: what shows comes first, and nothing that is closed."""
        here, words = self._shown()
        found = [(section_of(id), title, "") for id, title in _USUAL]
        found.sort(key=lambda one: one[0] is not here)
        if here is not None and here is not LEDGER and (words or here.id not in dict(_USUAL)):
            found.insert(0, (here, f"{here.title}, with: {words}" if words else here.title, words))
        return [one for one in found if self._open(one[0])]

    def offer(self) -> None:
        """Ask what, as what and where to."""
        place, shell, record = self._place, self._place.shell, self._place.record
        choices = self.choices()
        if record is None or not choices:
            return
        folder = shell.settings.downloads or shell.portal.saves_to or shell.portal.usual_folder
        closed = self._closed()
        dialog = ExportDialog(record.patient, choices, closed, folder, shell.now(), self._save)
        place.app.push_screen(dialog, self._saved)

    def _saved(self, told: tuple[str, bool] | None) -> None:
        if told is not None:
            self._place.shell.say("Saved", told[0], ok=told[1])

    async def _save(self, wish: ExportWish) -> tuple[str, bool]:
        from genesis_tui.export.section import save_section

        record: OpenRecord | None = self._place.record
        if record is None:
            raise RecordClosed
        section, now = wish.choice.section, self._place.shell.now()
        texts = wish.form is not ExportForm.FHIR
        found = await record.exports.gather(section, now, wish.choice.words, texts=texts)
        folder = str(wish.to.expanduser().parent)
        saved = await save_section(found, wish.form, folder=folder, name=wish.to.name)
        lost = [f"Spelled otherwise: {', '.join(saved.replaced)}."] if saved.replaced else []
        parts = (one_line(str(saved.path)), found.counts, *found.absent, *lost)
        return f" {symbols.get('dot')} ".join(parts), not (found.absent or lost)

    def _choice(self, section: Section, title: str, words: str) -> ExportChoice:
        known, record = self._known.entries.get(section.id), self._place.record
        if known is None or not known.complete or record is None:
            return ExportChoice(section, title, words=words)
        count = sum(not row.asks for row in matching(known.rows, words))
        counts = counts_text(section, count, record.exports.whole(section, known))
        return ExportChoice(section, title, f"{count:,} {_UNITS.get(section.id, '')}".strip(), counts, words)

    def _open(self, section: Section) -> bool:
        return section in self._known.sections and section.id not in self._known.errors

    def _closed(self) -> str:
        """`Closed to you: medications, visits (rule FAM-3).`; empty where all is open."""
        errors = ((one, self._known.errors.get(one.id)) for one in self._known.sections)
        found = [(one.noun, error.rule) for one, error in errors if isinstance(error, Refused)]
        rules = dict.fromkeys(rule for _, rule in found)
        said = (f"{', '.join(noun for noun, by in found if by == rule)}{by_rule(rule)}" for rule in rules)
        return f"Closed to you: {'; '.join(said)}." if found else ""
