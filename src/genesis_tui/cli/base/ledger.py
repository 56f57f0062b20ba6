"""What could not be had, and the ledger of a record (REC-8), as words and as JSON."""

from collections.abc import Iterable
from typing import Any

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.output import counted
from genesis_tui.models.base.ledger import Missing, missing_text
from genesis_tui.models.results.result import Unreadable


def say_lacking(unreadable: Unreadable, missing: Iterable[Missing]) -> None:
    """One line on stderr for what could not be read, and one for each type that is not all here."""
    if unreadable.count:
        count = counted(unreadable.count, "entry", "entries")
        say(f"{count} could not be read: {', '.join(unreadable.reasons)}")
    for one in missing:
        say(missing_text(one))


def missing_json(one: Missing) -> dict[str, Any]:
    """`partly`: some of the type came."""
    return {"type": one.type, "what": one.what, "why": one.why, "rule": one.rule, "partly": one.partly}
