"""`refills more`: refill or renewal, whichever is open, for one person or several in one go (RX-8, RX-11)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import say
from genesis_tui.cli.base.options import agreed, json_option, server_options, with_portal, yes_option
from genesis_tui.cli.base.output import print_json, print_table, put
from genesis_tui.cli.base.patient import whose
from genesis_tui.cli.refills import finding
from genesis_tui.cli.refills.finding import whose_options
from genesis_tui.cli.refills.output import MoreOutput, more_tree
from genesis_tui.models.base.errors import ApiError, Refused
from genesis_tui.models.refills.get_more import GetMore, MoreItem, Receipt, Way, get_more

if TYPE_CHECKING:
    from datetime import datetime

    from genesis_tui.session.portal import Portal

_HEADS = ("Patient", "Medication", "Way", "What it means", "Pick up")
_NOTHING = "There is nothing to ask for."


@click.command()
@click.argument("words", metavar="[DRUG]...", nargs=-1)
@whose_options
@click.option("--due", is_flag=True, help="What runs out within 14 days, with nothing asked for yet.")
@click.option("--at", "where", metavar="POINT", default="", help="Where to pick up; else where it was last time.")
@click.option("--note", metavar="TEXT", default="", help="To whoever decides about a renewal.")
@click.option("--dry-run", is_flag=True, help="Print what would be asked for, and ask for nothing.")
@yes_option
@json_option
@server_options
def more(
    *,
    words: tuple[str, ...],
    patient: str,
    family: bool,
    due: bool,
    where: str,
    note: str,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    server: str,
    profile: str,
) -> None:
    """Get more of each DRUG: its refill or its renewal, whichever is open.

    DRUG is a prescription's id, its number or a part of the drug's name. The preview says of each which of the two it
    is and what that means, or why it can't be had now and from when; on a terminal it asks first, elsewhere it needs
    --yes. What fails leaves the rest asked for. The ids of the requests are printed on stdout.

    Exit code 0: everything is asked for; 3: something was refused, or can't be had now.

    JSON: see `genesis-tui schema refills-more`.
    """
    if not (words or due):
        raise click.UsageError("Say of what: a drug's name or a prescription's id, or --due.")

    async def work(portal: "Portal") -> None:
        asked = await _previews(portal, words, patient, where, note, family=family, due=due)
        _not_too_long(portal, note)
        now = finding.now(portal)
        if dry_run:
            _print_preview(asked, now, as_json=as_json)
        elif not any(one.count for one in asked):
            _print_document(asked, [() for _ in asked], now, as_json=as_json)
        else:
            _show(asked, now)
            agreed(f"Ask for {sum(one.count for one in asked)}?", yes=yes)
            receipts = [await portal.refills.ask(one) if one.count else () for one in asked]
            _print_document(asked, receipts, now, as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


def _not_too_long(portal: "Portal", note: str) -> None:
    me, long = portal.sign_in.me, len(note.strip())
    if me is not None and long > me.refill_note:
        raise click.UsageError(f"A note has at most {me.refill_note} characters; this one has {long}.")


async def _previews(
    portal: "Portal", words: Sequence[str], patient: str, where: str, note: str, *, family: bool, due: bool
) -> list[GetMore]:
    """What each person is asked for. Raises UsageError where it is not known where something is picked up."""
    known, _ = await finding.known(portal, patient, family=family)
    ids, points = finding.wanted(known, words, due=due), await portal.refills.points()
    asked = [get_more(person, one.rows, ids, points) for person, one in known]
    if where:
        asked = [replace(one, point=finding.point(points, where)) for one in asked]
    asked = [replace(one, notes={rx.id: note for rx in one.by_way(Way.RENEWAL)}) for one in asked if one.rows]
    lost = next((one for one in asked if one.needs_point), None)
    if lost is not None:
        raise click.UsageError(f"Say where {lost.person.given} picks up: --at POINT. {finding.SEE_POINTS}")
    return asked


def _show(asked: Sequence[GetMore], now: "datetime") -> None:
    """What will be asked for, person by person."""
    for one in asked:
        say(f"{'Patient':<9} {whose(one.person)}")
        say("\n".join(f"{item.way!s:<9} {item.rx.drug}: {item.words}" for item in one.items))
        if one.point is not None and one.by_way(Way.REFILL):
            say(f"{'Pick up':<9} {'; '.join(filter(None, (one.point.name, one.point.open_text(now))))}")
        for note in set(filter(None, one.notes.values())):
            say(f"{'Note':<9} {note}")
    say("Once the pharmacy starts, it can't be undone.")


def _print_preview(asked: Sequence[GetMore], now: "datetime", *, as_json: bool) -> None:
    if as_json:
        print_json(MoreOutput(dry_run=True, people=[more_tree(one, (), now) for one in asked]))
    elif asked:
        print_table(_HEADS, [_row(one, item) for one in asked for item in one.items])
    else:
        say(_NOTHING)


def _row(one: GetMore, item: MoreItem) -> tuple[str, ...]:
    point = one.point.name if one.point and item.way is Way.REFILL else ""
    return one.person.name, item.rx.drug, str(item.way), item.words, point


def _print_document(
    asked: Sequence[GetMore], receipts: Sequence[Sequence[Receipt]], now: "datetime", *, as_json: bool
) -> None:
    """What became of each, then what of it went wrong, as an error."""
    if as_json:
        people = [more_tree(*pair, now) for pair in zip(asked, receipts, strict=True)]
        print_json(MoreOutput(dry_run=False, people=people))
    elif asked:
        _say_outcomes(asked, receipts)
    else:
        say(_NOTHING)
    told = [receipt for mine in receipts for receipt in mine]
    faults = [*_faults(told), *_not_now(asked)]
    if faults:
        count = sum(len(one.rows) for one in asked)
        raise _summed(faults, count)


def _say_outcomes(asked: Sequence[GetMore], receipts: Sequence[Sequence[Receipt]]) -> None:
    for one, mine in zip(asked, receipts, strict=True):
        for receipt in mine:
            for item in receipt.items:
                done = receipt.outcome(item)
                sign = "✓" if done and done.is_requested else "!"
                say(f"{sign} {one.person.given}, {item.drug}: {receipt.words(item)}")
                if done and done.is_requested:
                    put(done.request)
        for row in one.items:
            if not row.is_asked:
                say(f"! {one.person.given}, {row.rx.drug}: {row.words}")


def _faults(receipts: Sequence[Receipt]) -> Iterator[ApiError]:
    for receipt in receipts:
        for item in receipt.items:
            done = receipt.outcome(item)
            if done is None:
                yield receipt.error or ApiError("The server did not say what became of it.", reason="not-told")
            elif not done.is_requested:
                yield Refused(done.title, next=done.next, rule=done.rule, reason=done.reason)


def _not_now(asked: Sequence[GetMore]) -> Iterator[Refused]:
    for one in asked:
        for item in one.items:
            if not item.is_asked:
                can = item.refusal
                yield Refused(can.title, next=can.next, rule=can.rule, reason=can.reason)


def _summed(faults: Sequence[ApiError], count: int) -> ApiError:
    """The one thing that went wrong, or what is not known first; of several how many."""
    first = next((one for one in faults if not isinstance(one, Refused)), faults[0])
    refused = sum(isinstance(one, Refused) for one in faults)
    if refused and count > 1:
        first.detail = " ".join(filter(None, (first.detail, f"{refused} of {count} can't be had now.")))
    return first
