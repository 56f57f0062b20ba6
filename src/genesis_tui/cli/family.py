"""`family`: whose records may be opened, and access that is offered or asked for."""

from typing import TYPE_CHECKING, TypedDict

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.formats import chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.groups import ListGroup
from genesis_tui.cli.base.json_parts import (
    Day,
    Instant,
    PatientOutput,
    UnreadableOutput,
    day,
    instant,
    patient_json,
    relation_code,
    unreadable_json,
)
from genesis_tui.cli.base.options import agreed, server_options, signed_in, with_portal, yes_option
from genesis_tui.cli.base.output import counted, print_table, put
from genesis_tui.cli.base.patient import chosen_person, patient_option, whose
from genesis_tui.models.base.dates import instant_text
from genesis_tui.models.base.errors import BadAnswer, NotFound
from genesis_tui.models.family import LogKind

if TYPE_CHECKING:
    from datetime import datetime

    from genesis_tui.models.family import Access, AccessEvent, AccessPage, Family, FamilyMember, Grant, Patient
    from genesis_tui.session.portal import Portal

MOST = 1_000
"""Patients of a server without a portal that are listed."""
_HEADS = ("No", "Name", "Relation", "Age", "Access", "Why", "New")


@click.group(cls=ListGroup)
def family() -> None:
    """Whose records you may open; give, ask for, accept and end access.

    Without a command's name it is `family list`.
    """


@family.command("list")
@list_formats
@server_options
def list_(*, as_json: bool, server: str, profile: str) -> None:
    """List the people whose records you may open, what is new for each, and what waits for your answer.

    A server without a portal knows no family: its patients are listed, the first 1000 of them.

    JSON: see `genesis-tui schema family`, and `schema patients` for a server without a portal.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        if not portal.connection.has_portal:
            await _list(portal, as_json=as_json)
            return
        everybody = await portal.family.load()
        if chosen():
            print_list(_tree(everybody), "people", PersonOutput)
        else:
            print_table(_HEADS, [_row(p) for p in everybody.people], right=frozenset({0, 3}))
        if not tells_all():
            _say_waiting(everybody)

    with_portal(server, profile, work, as_json=as_json)


@family.command()
@click.argument("grant_id", metavar="ID")
@yes_option
@server_options
def accept(*, grant_id: str, yes: bool, server: str, profile: str) -> None:
    """Accept access that is offered to you; `family` shows its id."""

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        grant = _waiting(await portal.family.load(), grant_id)
        agreed(f"Accept {_offered(grant)}?", yes=yes)
        await portal.family.answer(grant, accepted=True)
        say(f"{grant.giver}'s record is open to you.")

    with_portal(server, profile, work)


@family.command()
@click.argument("id", metavar="ID|USERNAME")
@yes_option
@server_options
def refuse(*, id: str, yes: bool, server: str, profile: str) -> None:
    """Refuse access that is offered to you, by its id, or somebody's request for access, by their user name.

    `family` shows both.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        everybody = await portal.family.load()
        request = next((one for one in everybody.requests if one.user_name == id.casefold()), None)
        if request is not None:
            agreed(f"Refuse {request.user_name} {request.scope} access to your record?", yes=yes)
            await portal.family.refuse(request)
            say(f"{request.user_name} gets no access.")
            return
        grant = _waiting(everybody, id)
        agreed(f"Refuse {_offered(grant)}?", yes=yes)
        await portal.family.answer(grant, accepted=False)
        say(f"You refused the access that {grant.giver} offered.")

    with_portal(server, profile, work)


@family.command()
@click.argument("user_name", metavar="USERNAME")
@click.option("--limited", is_flag=True, help="Ask for limited access.")
@yes_option
@server_options
def ask(*, user_name: str, limited: bool, yes: bool, server: str, profile: str) -> None:
    """Ask an adult for access to their record.

    They alone see that you ask. Nobody is told whether anybody has this user name.
    """
    scope = _scope(limited)

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        agreed(f"Ask {user_name} for {scope} access to their record?", yes=yes)
        await portal.family.ask(user_name, scope)
        say(f"If the user name {user_name} exists, its owner has been asked.")

    with_portal(server, profile, work)


@family.command()
@click.argument("user_name", metavar="USERNAME")
@click.option("--limited", is_flag=True, help="Give limited access.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="The last day; else no end.")
@yes_option
@server_options
def give(*, user_name: str, limited: bool, until: "datetime | None", yes: bool, server: str, profile: str) -> None:
    """Give another adult access to your own record.

    It opens nothing until they accept it. Full access: everything but what is marked sensitive, and they can write and
    act for you. Limited: your details, appointments, immunizations and allergies, and messages that they wrote or
    received. The id of the grant is printed on stdout.
    """
    scope = _scope(limited)

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        last = until.date() if until is not None else None
        end = f"until {last}" if last else "no end"
        agreed(f"Give {user_name} {scope} access to your record ({end})?", yes=yes)
        made = await portal.family.grant(user_name, scope, until=last)
        say(f"Offered to {user_name}, who has to accept it.")
        put(made.id)

    with_portal(server, profile, work)


@family.command()
@click.argument("grant_id", metavar="ID")
@yes_option
@server_options
def end(*, grant_id: str, yes: bool, server: str, profile: str) -> None:
    """End access that you gave, or take its offer back; `family --json` shows its id."""

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        grants = (await portal.family.load()).grants
        grant = next((one for one in grants if one.can_be_ended and one.id == grant_id), None)
        if grant is None:
            raise _none("You gave no access with this id.")
        agreed(f"End the {grant.scope} access of {grant.receiver} to your record?", yes=yes)
        await portal.family.revoke(grant)
        say(f"{grant.receiver} no longer has access.")

    with_portal(server, profile, work)


@family.command()
@patient_option
@click.option(
    "--kind", type=click.Choice([one.value for one in LogKind]), default=LogKind.ALL.value, help="Which events."
)
@list_formats
@server_options
def log(*, patient: str, kind: str, as_json: bool, server: str, profile: str) -> None:
    """List who opened a record and what they did with it, newest first, the last 1000 of 90 days.

    Yours, or that of somebody whose record is open to you in full. What you did with your own record, and what
    you read of another's, is listed with `--kind mine` alone.

    JSON: see `genesis-tui schema access-log`.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "access log")
        page = await portal.family.access_log(person, kind=LogKind(kind))
        events = [*page.events]
        while page.next and len(events) < MOST:
            page = await portal.family.access_log(person, kind=LogKind(kind), before=page.next)
            events += page.events
        me = portal.sign_in.me
        _print_log(person, events, kind, page, me.zone if me else "")

    with_portal(server, profile, work, as_json=as_json)


def _print_log(person: "FamilyMember", events: "list[AccessEvent]", kind: str, page: "AccessPage", zone: str) -> None:
    if chosen():
        told = AccessLogOutput(
            patient=patient_json(person),
            kind=kind,
            days=page.days,
            total=page.total,
            events=[_event(one, zone) for one in events],
        )
        print_list(told, "events", AccessEventOutput)
        return
    say(whose(person))
    rows = [(instant_text(one.at, zone or None), one.by, one.words, one.why) for one in events]
    if rows:
        print_table(("When", "Who", "What", "Why"), rows)
        if page.next:
            say(f"These are the newest {len(events):,} of {page.total:,}.")
    else:
        say(f"Nobody but you in {page.days} days." if kind == LogKind.ALL else f"Nothing in {page.days} days.")


def _scope(limited: bool) -> "Access":
    from genesis_tui.models.family import Access

    return Access.LIMITED if limited else Access.FULL


def _offered(grant: "Grant") -> str:
    end = f"until {grant.until}" if grant.until else "no end"
    return f"{grant.scope} access to {grant.giver}'s record ({end})"


def _waiting(everybody: "Family", grant_id: str) -> "Grant":
    """The offer that an id means. Raises NotFound."""
    found = next((one for one in everybody.grants if one.waits_for_me and one.id == grant_id), None)
    if found is None:
        raise _none("No offer with this id waits for your answer.")
    return found


def _none(title: str) -> NotFound:
    return NotFound(title, next="See: genesis-tui family")


def _say_waiting(everybody: "Family") -> None:
    for grant in everybody.grants:
        if grant.waits_for_me:
            end = f"until {grant.until}" if grant.until else "no end"
            say(f"{grant.giver} offers you {grant.scope} access ({end}): genesis-tui family accept {grant.id}")
    for request in everybody.requests:
        limited = " --limited" if request.scope == "limited" else ""
        say(
            f"{request.user_name} asks for {request.scope} access to your record: "
            f"genesis-tui family give {request.user_name}{limited}, or refuse it"
        )


async def _list(portal: "Portal", *, as_json: bool) -> None:
    from genesis_tui.models.family import unreadable_words

    people: list[Patient] = []
    unreadable: list[str] = []
    more, ends = False, ""
    try:
        async for page in portal.family.patients():
            people += page.patients
            unreadable += page.unreadable
            more = len(people) > MOST
            if more:
                break
    except BadAnswer as error:
        if not people:
            raise
        ends = error.title
    people = people[:MOST]
    if chosen():
        known = PatientsOutput(
            patients=[*map(_known, people)],
            unreadable=unreadable_json(len(unreadable), list(dict.fromkeys(unreadable))),
            more=more or bool(ends),
            ends=ends,
        )
        print_list(known, "patients", KnownPatientOutput)
        return
    print_table(("Name", "Born", "Sex", "Id"), [(p.name, p.birth_date, p.sex, p.id) for p in people])
    if unreadable:
        say(unreadable_words(unreadable))
    if ends:
        say(ends)
    if more:
        say(f"These are the first {MOST}. Find others by name: --patient NAME")


def _row(person: "FamilyMember") -> tuple[str, ...]:
    news = [(person.new_results, "result"), (person.unread, "message")]
    words = ", ".join(counted(n, what) for n, what in news if n)
    number, age = str(person.number), str(person.age)
    return number, person.name, person.relation, age, f"{person.access} access", person.why, words


class PersonOutput(TypedDict):
    """A person whose record may be opened; `access` is full, limited or no. `rule`, `reason` and `next` say why not
    all of it is open."""

    id: str
    number: int
    name: str
    relation: str
    relation_code: str
    age: int
    access: str
    why: str
    rule: str
    reason: str
    next: str
    until: Day | None
    new_results: int
    unread: int


class GrantOutput(TypedDict):
    """Access that one adult gave another; who did not accept is named by user name.

    `scope` is full or limited, `kind` proxy or legal, `state` waiting, accepted, refused or ended; `mine` is true
    where you gave it.
    """

    id: str
    giver: str
    receiver: str
    scope: str
    kind: str
    state: str
    since: Day
    until: Day | None
    ended: Instant | None
    mine: bool


class AccessRequestOutput(TypedDict):
    """Somebody asks for access to your record."""

    user_name: str
    scope: str
    at: Instant


class FamilyOutput(TypedDict):
    """Whose records may be opened, access that was given, and who asks for it."""

    people: list[PersonOutput]
    grants: list[GrantOutput]
    requests: list[AccessRequestOutput]


class KnownPatientOutput(TypedDict):
    """A patient of a server without a portal."""

    id: str
    name: str
    birth_date: str
    sex: str
    deceased: str


class PatientsOutput(TypedDict):
    """Patients of a server without a portal; `unreadable` names those who can't be read. `more` is true where these
    are not all, `ends` says why if by a fault."""

    patients: list[KnownPatientOutput]
    unreadable: UnreadableOutput
    more: bool
    ends: str


def _known(patient: "Patient") -> KnownPatientOutput:
    return {
        "id": patient.id,
        "name": patient.name,
        "birth_date": patient.birth_date,
        "sex": patient.sex,
        "deceased": patient.deceased,
    }


def _tree(everybody: "Family") -> FamilyOutput:
    return {
        "people": [_person(p) for p in everybody.people],
        "grants": [_grant(g) for g in everybody.grants],
        "requests": [
            {"user_name": one.user_name, "scope": str(one.scope), "at": instant(one.at)} for one in everybody.requests
        ],
    }


def _person(person: "FamilyMember") -> PersonOutput:
    return {
        "id": person.id,
        "number": person.number,
        "name": person.name,
        "relation": person.relation,
        "relation_code": relation_code(person),
        "age": person.age,
        "access": str(person.access),
        "why": person.why,
        "rule": person.rule,
        "reason": person.reason,
        "next": person.next,
        "until": day(person.until),
        "new_results": person.new_results,
        "unread": person.unread,
    }


def _grant(grant: "Grant") -> GrantOutput:
    return {
        "id": grant.id,
        "giver": grant.giver,
        "receiver": grant.receiver,
        "scope": str(grant.scope),
        "kind": grant.kind,
        "state": str(grant.state),
        "since": day(grant.since),
        "until": day(grant.until),
        "ended": instant(grant.ended),
        "mine": grant.mine,
    }


class AccessEventOutput(TypedDict):
    """One event. `outcome` is allowed, or the reason code of a refusal; `did` and `why` say it in words."""

    at: Instant
    who: str
    mine: bool
    did: str
    why: str
    outcome: str
    rule: str
    request_id: str


class AccessLogOutput(TypedDict):
    """Who opened a record within so many days; `total` counts all of the kind."""

    patient: PatientOutput
    kind: str
    days: int
    total: int
    events: list[AccessEventOutput]


def _event(event: "AccessEvent", zone: str) -> AccessEventOutput:
    return {
        "at": instant(event.at, zone),
        "who": event.who,
        "mine": event.mine,
        "did": event.words,
        "why": event.why,
        "outcome": event.outcome,
        "rule": event.rule,
        "request_id": event.request_id,
    }
