"""What could not be had, and the ledger of a record (REC-8), as words and as JSON."""

from collections.abc import Iterable, Iterator
from typing import TypedDict

from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import Csv, chosen, print_list
from genesis_tui.cli.base.json_parts import Instant, MissingOutput, PatientOutput, instant, missing_json, patient_json
from genesis_tui.cli.base.output import counted, print_table
from genesis_tui.cli.base.patient import whose
from genesis_tui.models.base.ledger import (
    Ledger,
    LedgerLine,
    Missing,
    Reason,
    line_reasons,
    line_text,
    missing_text,
    of_interest,
    type_words,
)
from genesis_tui.models.family import FamilyMember
from genesis_tui.models.results.result import Unreadable

CSV_HEADS = ("patient", "type", "counted", "given", "shown", "unreadable", "withheld", "left_out", "why")


def say_lacking(unreadable: Unreadable, missing: Iterable[Missing]) -> None:
    """One line on stderr for what could not be read, and one for each type that is not all here."""
    if unreadable.count:
        count = counted(unreadable.count, "entry", "entries")
        say(f"{count} could not be read: {', '.join(unreadable.reasons)}")
    for one in missing:
        say(missing_text(one))


def print_ledger(person: FamilyMember, ledger: Ledger) -> None:
    """The whole ledger on stdout."""
    if chosen():
        print_list(
            tree(person, ledger), "types", Csv(CSV_HEADS, ([person.name, *_cells(line)] for line in ledger.lines))
        )
    else:
        note(whose(person))
        lines = of_interest(ledger)
        print_table(("Type", "Shown", "Why not all"), _rows(lines))
        none = [type_words(line.type) for line in ledger.lines if line not in lines]
        if none:
            note(f"Nothing recorded: {', '.join(none)}")
        if ledger.not_offered:
            note(f"Not offered by the server: {', '.join(ledger.not_offered)}")


class ReasonOutput(TypedDict):
    """Why so many do not show, and by which rule where it is one."""

    why: str
    rule: str
    count: int


class LedgerTypeOutput(TypedDict):
    """What the server counted (null where it does not say) and gave of a FHIR type, and what became of that."""

    type: str
    counted: int | None
    given: int
    shown: int
    unreadable: list[ReasonOutput]
    withheld: list[ReasonOutput]
    left_out: list[ReasonOutput]
    missing: list[MissingOutput]


class LedgerOutput(TypedDict):
    """The ledger of a record (REC-8); `not_offered` names the types that the server does not have."""

    patient: PatientOutput
    fetched: Instant | None
    types: list[LedgerTypeOutput]
    not_offered: list[str]


def tree(person: FamilyMember, ledger: Ledger) -> LedgerOutput:
    """The ledger as it stands in JSON, also at the end of an export."""
    return {
        "patient": patient_json(person),
        "fetched": instant(ledger.fetched),
        "types": [_line_json(line) for line in ledger.lines],
        "not_offered": list(ledger.not_offered),
    }


def _line_json(line: LedgerLine) -> LedgerTypeOutput:
    return {
        "type": line.type,
        "counted": line.counted,
        "given": line.given,
        "shown": line.shows,
        "unreadable": [*map(_reason_json, line.unreadable)],
        "withheld": [*map(_reason_json, line.withheld)],
        "left_out": [*map(_reason_json, line.left_out)],
        "missing": [*map(missing_json, line.missing)],
    }


def _reason_json(one: Reason) -> ReasonOutput:
    return {"why": one.why, "rule": one.rule, "count": one.count}


def _rows(lines: Iterable[LedgerLine]) -> Iterator[tuple[str, ...]]:
    """A line a type, and one more for each further reason."""
    for line in lines:
        first, *others = [f"{label}: {text}" for label, text in line_reasons(line)] or [""]
        yield (type_words(line.type), line_text(line), first)
        yield from (("", "", text) for text in others)


def _cells(line: LedgerLine) -> tuple[str, ...]:
    counted = "" if line.counted is None else str(line.counted)
    sums = [str(sum(one.count for one in part)) for part in (line.unreadable, line.withheld, line.left_out)]
    why = "; ".join(f"{label}: {text}" for label, text in line_reasons(line))
    return line.type, counted, str(line.given), str(line.shows), *sums, why
