"""`f`: whose record, as a quick picker over any screen (FAM-9)."""

from typing import TYPE_CHECKING, ClassVar, cast

from genesis_tui.models.family import Access, FamilyMember
from genesis_tui.screens.base import places
from genesis_tui.screens.family.rows import PersonRow, PersonView, closed_paras, matching
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.picker import Candidates, Picker

if TYPE_CHECKING:
    from genesis_tui.screens.base.shell import Shell


class FamilySwitcher(Picker[PersonRow]):
    """Digits choose at once, letters filter, `enter` opens or explains."""

    HEADING = "Whose record"
    NOTHING: ClassVar[str] = "Nobody of that name is in this family."

    @property
    def shell(self) -> "Shell":
        """The app, as screens know it."""
        return cast("Shell", self.app)

    def view(self) -> PersonView:
        return PersonView()

    def candidates(self, text: str) -> list[PersonRow]:
        """Everybody whose name or relation fits; those without access stay listed."""
        record = self.shell.portal.record
        current = record.patient.id if record else ""
        return [PersonRow(p, open=p.id == current) for p in matching(self._people(), text)]

    def on_mount(self) -> None:
        """Start on the person whose record is open."""
        rows = self.query_one(Candidates)
        rows.cursor = next((i for i, row in enumerate(rows.rows) if row.open), 0)

    def keys(self) -> list[tuple[str, str]]:
        count = min(9, len(self._people()))
        digits = f"1{symbols.get('through')}{count}" if count > 1 else "1"
        return [(digits, "choose"), *super().keys()]

    def digit(self, number: int) -> bool:
        """The person in that place of the family."""
        person = next((p for p in self._people() if p.number == number), None)
        if person is not None:
            self.query_one(Candidates).cursor = self._people().index(person)
            self._choose(person)
        return person is not None

    def choose(self, item: PersonRow) -> None:
        self._choose(item.person)

    def _people(self) -> tuple[FamilyMember, ...]:
        return self.shell.people.people if self.shell.people else ()

    def _choose(self, person: FamilyMember) -> None:
        if person.access is Access.NONE:
            self.say(closed_paras(person))
        else:
            here = str(getattr(self.app.screen_stack[0], "PLACE", ""))
            stay = here and places.place(here).of_patient
            self.shell.open_record(person, here if stay else "results")
