"""REL-6: the kinds of results that a person wants to be asked about, and what a result is before it was opened."""

from collections.abc import Iterable, Set

from genesis_tui.models.results.result import Result, ResultKind, is_modified, keys_of
from genesis_tui.models.sign_in import SignedIn

ASKABLE = {
    "pathology": ResultKind.PATHOLOGY,
    "radiology": ResultKind.RADIOLOGY,
    "labs": ResultKind.LAB,
    "notes": ResultKind.NOTE,
}
"""By the portal's word, which people read too."""


def asking_kinds(chosen: Iterable[str]) -> frozenset[ResultKind]:
    """The kinds of these words; a word that is not known names none."""
    return frozenset(ASKABLE[word] for word in chosen if word in ASKABLE)


def asks_anew(before: SignedIn | None, now: SignedIn | None) -> bool:
    """Whether what was opened before asks again by now: somebody signed in or unlocked, or chose other kinds."""
    return now is not None and now is not before and bool(now.ask_first)


def kind_word(kind: ResultKind) -> str:
    """`pathology`, `labs`: the kind in the middle of a sentence."""
    return next((word for word, one in ASKABLE.items() if one is kind), str(kind).lower())


def asks_words(result: Result) -> str:
    """Why it does not show: `You asked to be asked before pathology opens.`"""
    word = kind_word(result.kind)
    return f"You asked to be asked before {word} {'open' if word.endswith('s') else 'opens'}."


def asking(rows: tuple[Result, ...], kinds: Set[ResultKind], opened: Set[str]) -> tuple[Result, ...]:
    """The rows, of which those of these kinds say nothing of what was found, but for those opened by now (by key)."""
    if not kinds:
        return rows
    return tuple(
        _before_opening(row) if row.kind in kinds and not row.asks and opened.isdisjoint(keys_of(row)) else row
        for row in rows
    )


def _before_opening(row: Result) -> Result:
    """What it is, from when, from whom, and whether somebody reviewed it."""
    return Result(
        row.key,
        row.kind,
        row.title,
        row.at,
        until=row.until,
        issued=row.issued,
        status=row.status,
        corrected=row.corrected,
        reviewed=row.reviewed,
        community=row.community,
        modified=is_modified(row),
        author=row.author,
        orderer=row.orderer,
        updated=row.updated,
        imported=row.imported,
        asks=keys_of(row),
    )
