"""How prescriptions look in the list: under headings that say what can be done (MOCKUPS §6)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from genesis_tui.models.refills import wording
from genesis_tui.models.refills.prescription import Prescription, PrescriptionGroup
from genesis_tui.widgets.drawing import symbols
from genesis_tui.widgets.drawing.cells import left, right, wrap
from genesis_tui.widgets.drawing.lines import Line, Span
from genesis_tui.widgets.virtual_list import Columns, Gap, GroupedView, GroupHeading, columns_for

_MARK, _DRUG, _LEFT, _FILLED = 5, 26, 6, 9
_TWO_ROWS_BELOW, _FULL_FROM = 60, 140
_UNDER_WAY = frozenset({"in-process", "request-pending"})


@dataclass(frozen=True, slots=True)
class ColumnHeads:
    """What the columns are."""


RefillRow = Prescription | ColumnHeads | Gap | GroupHeading


def refill_columns(window: int) -> Columns:
    """The layout for a window of so many cells; only the full one has the last fill."""
    return columns_for(window, two_rows=window < _TWO_ROWS_BELOW, full_from=_FULL_FROM)


def listed(rows: Sequence[Prescription], columns: Columns, *, width: int, height: int) -> list[RefillRow]:
    """The prescriptions under the headings of their groups; blank rows between them where everything still fits."""
    found = list(_grouped(rows, columns, gaps=len(rows) <= height))
    if len(rows) <= height < sum(RefillView(columns).heights(found, width)):
        found = list(_grouped(rows, columns, gaps=False))
    return found


def _grouped(rows: Sequence[Prescription], columns: Columns, *, gaps: bool) -> Iterator[RefillRow]:
    if columns is not Columns.TWO_ROWS and rows:
        yield ColumnHeads()
    for number, (group, members) in enumerate(groupby(rows, key=lambda rx: rx.group)):
        if gaps and (number or columns is not Columns.TWO_ROWS):
            yield Gap()
        yield GroupHeading(group)
        yield from members


class RefillView(GroupedView[Prescription | ColumnHeads]):
    """Rows of Refills; `marked` are ids of prescriptions."""

    def __init__(self, columns: Columns = Columns.SHORT, marked: Collection[str] = ()) -> None:
        """Pure: the same row and width draw the same lines."""
        self.columns = columns
        self.marked = frozenset(marked)

    def key_of(self, row: Prescription | ColumnHeads) -> str:
        return row.key if isinstance(row, Prescription) else ""

    def heights(self, rows: Sequence[RefillRow], width: int) -> list[int]:
        """Counted and not drawn: there may be thousands."""
        return [self._height(row, width) if isinstance(row, Prescription) else 1 for row in rows]

    def _height(self, rx: Prescription, width: int) -> int:
        if self.columns is not Columns.TWO_ROWS:
            room = _said_room(width, filled=self.columns is Columns.FULL)
            return max(len(wrap(rx.drug, _DRUG)), len(wrap(_words(rx), room)))
        said = wrap(_words(rx), max(10, width - _MARK - 1)) if _says_below(rx) else ()
        return len(wrap(rx.drug, _drug_room(rx, width))) + len(said)

    def lines_of(self, row: Prescription | ColumnHeads, width: int) -> list[Line]:
        """Mark, drug, refills left, what can be done; neither drug nor reason is ever cut."""
        if isinstance(row, ColumnHeads):
            return [_heads(self.columns)]
        box = _box(row, marked=row.id in self.marked)
        if self.columns is Columns.TWO_ROWS:
            return _stacked(row, box, width)
        return _columned(row, box, width, filled=self.columns is Columns.FULL)


def _heads(columns: Columns) -> Line:
    cells = " " * _MARK + left("MEDICATION", _DRUG) + " " + left("LEFT", _LEFT) + "  "
    if columns is Columns.FULL:
        cells += left("LAST FILL", _FILLED) + "  "
    return [(cells + "WHAT CAN BE DONE", "muted")]


def _columned(rx: Prescription, box: Span, width: int, *, filled: bool) -> list[Line]:
    drug = wrap(rx.drug, _DRUG)
    when = right(_last_fill(rx), _FILLED) + "  " if filled else ""
    said, role = wrap(_words(rx), _said_room(width, filled=filled)), _reason_role(rx)
    lines: list[Line] = []
    for number in range(max(len(drug), len(said))):
        first = number == 0
        name = drug[number] if number < len(drug) else ""
        lines.append(
            [
                box if first else (" " * _MARK, ""),
                (left(name, _DRUG) + " ", _drug_role(rx)),
                (left(wording.left(rx) if first else "", _LEFT) + "  ", _drug_role(rx)),
                (when if first else " " * len(when), "muted"),
                (said[number] if number < len(said) else "", role),
            ]
        )
    return lines


def _stacked(rx: Prescription, box: Span, width: int) -> list[Line]:
    """Drug and what is left, then what can be done; what can be refilled says so by its heading."""
    end, room = wording.left(rx), _drug_room(rx, width)
    drug = wrap(rx.drug, room)
    lines: list[Line] = [[box, (left(drug[0], room) + " ", _drug_role(rx)), (end, "muted")]]
    lines += [[(" " * _MARK, ""), (part, _drug_role(rx))] for part in drug[1:]]
    if _says_below(rx):
        said = wrap(_words(rx), max(10, width - _MARK - 1))
        lines += [[(" " * _MARK, ""), (part, _reason_role(rx))] for part in said]
    return lines


def _said_room(width: int, *, filled: bool) -> int:
    return max(10, width - _MARK - _DRUG - 1 - _LEFT - 2 - (_FILLED + 2 if filled else 0))


def _drug_room(rx: Prescription, width: int) -> int:
    return max(10, width - _MARK - len(wording.left(rx)) - 2)


def _says_below(rx: Prescription) -> bool:
    """Whether the heading over it does not say all."""
    return rx.group is not PrescriptionGroup.REFILL or bool(wording.due_text(rx))


def _box(rx: Prescription, *, marked: bool) -> Span:
    """The box that `space` marks; a sign where nothing can be asked for now."""
    if marked:
        return " [x] ", "accent bold"
    sign = {
        PrescriptionGroup.NOT_NOW: symbols.SIGNS["through"][0],
        PrescriptionGroup.ELSEWHERE: symbols.SIGNS["community"][0],
    }.get(rx.group)
    return (f"  {sign}  ", "sign muted") if sign else (" [ ] ", "muted")


def _drug_role(rx: Prescription) -> str:
    return "" if rx.group in (PrescriptionGroup.REFILL, PrescriptionGroup.RENEW) else "muted"


def _words(rx: Prescription) -> str:
    """What can be done; before it, where it runs out and nobody has asked, that (RX-12)."""
    due = wording.due_text(rx)
    return due if due and rx.group is not PrescriptionGroup.NOT_NOW else wording.all_of_it(rx)


def _reason_role(rx: Prescription) -> str:
    if rx.supply is not None and rx.supply.due:
        return "critical bold" if rx.supply.left <= 1 else "pending bold"
    if rx.group is PrescriptionGroup.REFILL:
        return "ok"
    return "pending" if rx.group is PrescriptionGroup.NOT_NOW and rx.refill.reason in _UNDER_WAY else ""


def _last_fill(rx: Prescription) -> str:
    if rx.last_fill is None:
        return ""
    return wording.list_day(rx.local(rx.last_fill).date())
