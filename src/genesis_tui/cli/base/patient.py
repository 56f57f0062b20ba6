"""`--patient WHO`: the one person whom the words mean."""

from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.completion import people
from genesis_tui.models.base.errors import BadAnswer, NotFound
from genesis_tui.models.base.search import folded

if TYPE_CHECKING:
    from genesis_tui.models.family import FamilyMember, Patient
    from genesis_tui.session.portal import Portal

WHO = "Name, relation or number in the family; yourself if not given. Without a portal: a patient's name or id."
patient_option = click.option("--patient", metavar="WHO", default="", help=WHO, shell_complete=people)
NAMED = 12
"""People whom an error names to choose from."""


async def chosen_person(portal: "Portal", want: str, what: str) -> "FamilyMember":
    """The person whose `what` (such as `results`) is asked for.

    Raises:
        NotFound: nobody is meant.
        UsageError: several people are; it names them.
    """
    people = (await portal.family.load()).people
    if portal.connection.has_portal:
        return _of_family(portal, people, want, what)
    if not want and len(people) == 1:
        return people[0]
    if not want:
        raise click.UsageError(f"Say whose {what}: --patient NAME or ID")
    found, unreadable = await _found(portal, want)
    exact = [p for p in found if folded(want) in (folded(p.id), folded(p.name))]
    found = exact or found
    if len(found) != 1:
        raise _which(want, found, unreadable)
    return portal.family.pick(found[0])


async def _found(portal: "Portal", want: str) -> "tuple[list[Patient], list[str]]":
    """Who is meant, as far as the server's list goes, and who of it can't be read; that it ends early counts where it
    may have ended before them."""
    found: list[Patient] = []
    unreadable: list[str] = []
    try:
        async for page in portal.family.patients(want):
            found += page.patients
            unreadable += page.unreadable
    except BadAnswer:
        if not found:
            raise
    return found, unreadable


def about(person: "FamilyMember", command: str) -> str:
    """A command to be typed next about the same person."""
    return command if person.relation in ("", "you") else f"{command} --patient {person.number}"


def whose(person: "FamilyMember") -> str:
    """`Maya Reyes · daughter · full access`; `Ada Byron · open server` where no family is known."""
    parts = (person.name, person.relation, f"{person.access} access") if person.relation else (person.name, person.why)
    return " · ".join(part for part in parts if part)


def _of_family(portal: "Portal", people: "tuple[FamilyMember, ...]", want: str, what: str) -> "FamilyMember":
    from genesis_tui.models.family import Family

    found = (
        Family(people).find(want)
        if want
        else tuple(p for p in people if portal.sign_in.me and p.id == portal.sign_in.me.id)
    )
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{p.number} {p.name} ({p.relation})" for p in (found or people))
    if not want:
        raise click.UsageError(f"Say whose {what}: --patient WHO")
    if found:
        raise click.UsageError(f"{want!r} means several people. Choose by number: {names}")
    raise NotFound(f"Nobody in the family matches {want!r}.", next=f"Choose by number: {names}")


def _which(want: str, found: "list[Patient]", unreadable: "list[str]") -> Exception:
    from genesis_tui.models.family import unreadable_words

    if not found:
        return NotFound(f"No patient on this server matches {want!r}.", next=unreadable_words(unreadable))
    names = ", ".join(f"{p.id} ({p.name}, {p.birth_date or 'no birth date'})" for p in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return click.UsageError(f"{want!r} means several patients. Choose by id: {names}{more}")
