"""How the patients of a server are drawn: one row each, two where it is narrow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from genesis_tui.models.family import Patient
from genesis_tui.models.sign_in import Host
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import fit, left
from genesis_tui.widgets.drawing.lines import Line, spread
from genesis_tui.widgets.page import Para
from genesis_tui.widgets.virtual_list import RowView

PHONE = 60
CHOOSE = "Choose a patient."
OPEN_HERE = "No sign-in is needed here. Choose a patient."
SIGNED_IN_FOR = "You are signed in for these patients. Each has a sign-in of its own."
_SIGN_ROLES = {"✓": "muted", "!": "abnormal"}


@dataclass(frozen=True, slots=True)
class PatientRow:
    """One patient; `open` where theirs is the record that is open now."""

    patient: Patient
    open: bool = False


def head_paras(host: Host | None, *, listed: bool, low: bool) -> list[Para]:
    """What kind of server it is, and what to do; in a low window only the latter."""
    checks = (
        [] if host is None or low else [Para(f"{c.sign} {c.text}", _SIGN_ROLES.get(c.sign, "")) for c in host.checks]
    )
    words = SIGNED_IN_FOR if not listed else CHOOSE if low else OPEN_HERE
    return [*checks, *([Para()] if checks else []), Para(words, "bold")]


def count_words(shown: int, known: int, *, more: bool) -> str:
    """`3 patients`; `2 of 50 patients so far`."""
    of = f"{shown} of {known}" if shown != known else str(known)
    return f"{of} {'patient' if known == 1 else 'patients'}{' so far' if more else ''}"


class PatientView(RowView[PatientRow]):
    """Name, birth date with age, sex, id."""

    def __init__(self, today: date) -> None:
        self._today = today

    def key(self, row: PatientRow) -> str:
        return row.patient.id

    def heights(self, rows: Sequence[PatientRow], width: int) -> int:
        return 2 if width < PHONE else 1

    def draw(self, row: PatientRow, width: int) -> list[Line]:
        who = row.patient
        here = "open now " if row.open else ""
        if width < PHONE:
            facts = f" {symbols.get('dot')} ".join(part for part in (self._born(who), who.sex, who.id) if part)
            return [
                spread([(f" {fit(who.name, width - 12)}", "bold")], [(here, "ok")] if here else [], width),
                [(f"   {fit(facts, width - 4)}", "muted")],
            ]
        name = max(24, width - 66)
        return [
            [
                (f" {left(fit(who.name, name), name)} ", "bold"),
                (left(self._born(who), 19), ""),
                (left(who.sex, 8), ""),
                (fit(who.id, width - name - 30 - len(here)), "muted"),
                (f" {here}" if here else "", "ok"),
            ]
        ]

    def _born(self, who: Patient) -> str:
        age = who.age(self._today)
        years = f" ({age})" if age is not None and not who.deceased else ""
        died = f" d. {who.deceased[:4]}" if who.deceased[:1].isdigit() else " died" if who.deceased else ""
        return f"{who.birth_date or 'no birth date'}{years}{died}"
