"""`family`: whose records may be opened."""

from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import counted, print_json, print_table

if TYPE_CHECKING:
    from genesis_tui.models.family import Family, FamilyMember, Grant, Patient
    from genesis_tui.session.portal import Portal

MOST = 1_000
"""Patients of a server without a portal that are listed."""
_HEADS = ("No", "Name", "Relation", "Age", "Access", "Why", "New")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@server_options
def family(*, as_json: bool, server: str, profile: str) -> None:
    """List the people whose records you may open, and what is new for each.

    \b
    JSON: {"people": [{"id", "number", "name", "relation", "age", "access", "why", "rule", "reason", "next",
                       "until", "new_results", "unread"}],
           "grants": [{"id", "giver", "receiver", "scope", "kind", "since", "until", "ended", "mine"}]}
    `access` and `scope` are full, limited or no; `until` is a date or null, `ended` an instant or null.

    A server without a portal knows no family: its patients are listed, the first 1000 of them.

    
    JSON there: {"patients": [{"id", "name", "birth_date", "sex", "deceased"}], "more"}
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        if not portal.connection.has_portal:
            await _list(portal, as_json=as_json)
            return
        everybody = await portal.family.load()
        if as_json:
            print_json(_tree(everybody))
        else:
            print_table(_HEADS, [_row(p) for p in everybody.people], right=frozenset({0, 3}))

    with_portal(server, profile, work, as_json=as_json)


async def _list(portal: "Portal", *, as_json: bool) -> None:
    people: list[Patient] = []
    more = False
    async for page in portal.family.patients():
        people += page
        more = len(people) > MOST
        if more:
            break
    people = people[:MOST]
    if as_json:
        rows = [{name: getattr(p, name) for name in ("id", "name", "birth_date", "sex", "deceased")} for p in people]
        print_json({"patients": rows, "more": more})
        return
    print_table(("Name", "Born", "Sex", "Id"), [(p.name, p.birth_date, p.sex, p.id) for p in people])
    if more:
        say(f"These are the first {MOST}. Find others by name: --patient NAME")


def _row(person: "FamilyMember") -> tuple[str, ...]:
    news = [(person.new_results, "result"), (person.unread, "message")]
    words = ", ".join(counted(n, what) for n, what in news if n)
    number, age = str(person.number), str(person.age)
    return number, person.name, person.relation, age, f"{person.access} access", person.why, words


def _tree(everybody: "Family") -> dict[str, object]:
    return {
        "people": [_person(p) for p in everybody.people],
        "grants": [_grant(g) for g in everybody.grants],
    }


def _person(person: "FamilyMember") -> dict[str, object]:
    return {
        "id": person.id,
        "number": person.number,
        "name": person.name,
        "relation": person.relation,
        "age": person.age,
        "access": str(person.access),
        "why": person.why,
        "rule": person.rule,
        "reason": person.reason,
        "next": person.next,
        "until": person.until.isoformat() if person.until else None,
        "new_results": person.new_results,
        "unread": person.unread,
    }


def _grant(grant: "Grant") -> dict[str, object]:
    return {
        "id": grant.id,
        "giver": grant.giver,
        "receiver": grant.receiver,
        "scope": str(grant.scope),
        "kind": grant.kind,
        "since": grant.since.isoformat(),
        "until": grant.until.isoformat() if grant.until else None,
        "ended": grant.ended.isoformat() if grant.ended else None,
        "mine": grant.mine,
    }
