"""Whose prescriptions a command is about, and which of them, and where they are picked up."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from genesis_tui.cli.base.options import signed_in
from genesis_tui.cli.base.patient import chosen_person, patient_option
from genesis_tui.cli.refills.output import Known, NotRead
from genesis_tui.models.base.errors import NotFound, Refused
from genesis_tui.models.base.search import folded
from genesis_tui.models.refills.get_more import Way, way_of

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.models.refills.pharmacies import PickUp
    from genesis_tui.models.refills.prescription import Prescription, Prescriptions
    from genesis_tui.session.portal import Portal

SEE_POINTS = "See: genesis-tui refills pharmacies"


def whose_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--patient` and `--family`."""
    return patient_option(
        click.option("--family", is_flag=True, help="Everybody whose record is open to you.")(command)
    )


async def known(portal: "Portal", patient: str, *, family: bool) -> tuple[Known, NotRead]:
    """Everybody who is meant with all their prescriptions, and of the family those whose are not open.

    Raises:
        UsageError: both or several people are meant.
        Refused: the one person's are not open.
    """
    if patient and family:
        raise click.UsageError("--patient and --family exclude each other.")
    await signed_in(portal)
    if not family:
        person = await chosen_person(portal, patient, "refills")
        return [(person, await _read(portal, person))], []
    found: list[tuple[FamilyMember, Prescriptions]] = []
    not_read: list[tuple[FamilyMember, Refused]] = []
    for person in (await portal.family.load()).people:
        try:
            found.append((person, await _read(portal, person)))
        except Refused as refused:
            not_read.append((person, refused))
    return found, not_read


async def _read(portal: "Portal", person: "FamilyMember") -> "Prescriptions":
    return await (await portal.open(person)).refills.load()


def now(portal: "Portal") -> datetime:
    """When the server said who is signed in."""
    me = portal.sign_in.me
    return me.server_now if me else datetime.now(UTC)


def wanted(everything: Known, words: Sequence[str], *, due: bool) -> set[str]:
    """Ids of the prescriptions that words mean, and of those that are due.

    Raises:
        NotFound: a word means none.
        UsageError: it means several.
    """
    rows = [rx for _, one in everything for rx in one.rows]
    return {_one(rows, word).id for word in words} | {rx.id for rx in rows if due and rx.is_due}


def _one(rows: "Sequence[Prescription]", word: str) -> "Prescription":
    """By id, number or name; of several the one that can be asked for, else the one that has not ended."""
    sought = folded(word)
    exact = [rx for rx in rows if word in (rx.id, rx.rx) or sought == folded(rx.drug)]
    found = exact or [rx for rx in rows if sought and sought in folded(rx.drug)]
    if len(found) > 1:
        found = (
            [rx for rx in found if way_of(rx) is not Way.NOT_NOW]
            or [rx for rx in found if rx.status == "active"]
            or found
        )
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"No prescription is called {word!r}.", next="See: genesis-tui refills list")
    listed = ", ".join(f"{rx.id} ({rx.drug})" for rx in found)
    raise click.UsageError(f"{word!r} means several prescriptions. Choose by id: {listed}")


def point(points: "Sequence[PickUp]", word: str) -> "PickUp":
    """The pick-up point that an id or a name means. Raises NotFound or UsageError."""
    sought = folded(word)
    exact = [one for one in points if word == one.id or sought == folded(one.name)]
    found = exact or [one for one in points if sought and sought in folded(f"{one.name} {one.facility}")]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"No pick-up point is called {word!r}.", next=SEE_POINTS)
    raise click.UsageError(f"{word!r} means several: {', '.join(f'{one.id} ({one.name})' for one in found)}")
