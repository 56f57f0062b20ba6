"""`clipboards`: what is filled in before a visit (CLIP-1, CLIP-2)."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import note, say
from genesis_tui.cli.base.formats import chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.groups import ListGroup
from genesis_tui.cli.base.options import (
    agreed,
    can_ask,
    json_option,
    server_options,
    signed_in,
    with_portal,
    yes_option,
)
from genesis_tui.cli.base.output import counted, print_json, print_table, put
from genesis_tui.cli.base.patient import about, chosen_person, patient_option, whose
from genesis_tui.cli.clipboards.options import TypedAnswers, asked_for, filled
from genesis_tui.cli.clipboards.output import ClipboardOutput, filling_json, question_row, table_row, tree, when
from genesis_tui.models.appointments.clipboards.form import laid_out, missing, questions_asked, unasked
from genesis_tui.models.appointments.clipboards.wording import closed_text, values_text
from genesis_tui.models.base.dates import instant_text, zone_of
from genesis_tui.models.base.errors import Refused

if TYPE_CHECKING:
    from genesis_tui.models.appointments.clipboards.questions import Filling
    from genesis_tui.models.family import FamilyMember
    from genesis_tui.session.clipboards import ClipboardWork
    from genesis_tui.session.portal import Portal

_HEADS = ("Id", "Visit", "What", "Clipboard", "State")
_QUESTIONS = ("No", "Key", "Question", "Asks for", "Answer")


@click.group(cls=ListGroup)
def clipboards() -> None:
    """List, show and fill in clipboards, the questions before a visit. Without a name it is `clipboards list`."""


@clipboards.command("list")
@patient_option
@list_formats
@server_options
def list_(*, patient: str, as_json: bool, server: str, profile: str) -> None:
    """List the clipboards of one person, by the time of the visit.

    JSON: see `genesis-tui schema clipboards`.
    """

    async def work(portal: "Portal") -> None:
        await signed_in(portal)
        person = await chosen_person(portal, patient, "clipboards")
        known = await (await portal.open(person)).appointments.clipboards()
        if chosen():
            print_list(tree(person, known), "clipboards", ClipboardOutput)
        elif known.rows:
            note(whose(person))
            print_table(_HEADS, [table_row(row) for row in known.rows])
        else:
            say(f"{person.name} has no clipboards.")
        if known.unreadable and not tells_all():
            say(f"{counted(known.unreadable, 'clipboard')} could not be read.")

    with_portal(server, profile, work, as_json=as_json)


@clipboards.command()
@click.argument("id")
@patient_option
@json_option
@server_options
def show(*, id: str, patient: str, as_json: bool, server: str, profile: str) -> None:
    """Show a clipboard: each question that is asked, with its key and its answer.

    JSON: see `genesis-tui schema clipboard`.
    """

    async def work(portal: "Portal") -> None:
        person, _, filling = await _opened(portal, patient, id)
        _show(person, filling, as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


@clipboards.command()
@click.argument("id")
@click.option("--set", "given", metavar="QUESTION=ANSWER", multiple=True, help="Answer a question; again for more.")
@click.option("--clear", metavar="QUESTION", multiple=True, help="Take the answer away.")
@click.option("--from", "file", type=click.Path(path_type=Path), help="Answers from a JSON file: question -> answer.")
@click.option("--keep", type=click.Choice(("mine", "theirs")), help="Which answers stay, where both were changed.")
@click.option("--submit", is_flag=True, help="Hand it in; it can't be changed after that.")
@patient_option
@yes_option
@json_option
@server_options
def fill(
    *,
    id: str,
    given: tuple[str, ...],
    clear: tuple[str, ...],
    file: Path | None,
    keep: str | None,
    submit: bool,
    patient: str,
    yes: bool,
    as_json: bool,
    server: str,
    profile: str,
) -> None:
    """Fill in a clipboard, and keep it at the clinic half done; with --submit hand it in.

    QUESTION is a key or number of `clipboards show`. Without answers a terminal asks them one by one: enter goes on,
    - takes the answer away, ; parts several answers.

    JSON: see `genesis-tui schema clipboard`.
    """
    typed = TypedAnswers(given, clear, file)
    answers = typed.given()

    async def work(portal: "Portal") -> None:
        person, clipboards, filling = await _opened(portal, patient, id)
        closed = closed_text(filling.clipboard)
        if closed:
            raise _closed(filling, closed)
        zone = zone_of(portal.sign_in.me.zone if portal.sign_in.me else "")
        if typed.anything:
            filling = await clipboards.keep(filled(filling, answers, zone))
        elif not submit:
            if not can_ask():
                raise click.UsageError("There is no terminal to ask on; answer with --set or --from.")
            for filling in asked_for(filling, zone):  # noqa: B020 - each is the form as it is then
                await clipboards.keep(filling)
        filling = await _kept(clipboards, filling, keep)
        if submit:
            await _submit(person, clipboards, filling, yes=yes, as_json=as_json)
        else:
            _show(person, filling, as_json=as_json)

    with_portal(server, profile, work, as_json=as_json)


async def _opened(portal: "Portal", patient: str, id: str) -> "tuple[FamilyMember, ClipboardWork, Filling]":
    await signed_in(portal)
    person = await chosen_person(portal, patient, "clipboards")
    await portal.open(person)
    clipboards = (await portal.messaging()).clipboards
    return person, clipboards, await clipboards.begin(await clipboards.named(person.id, id))


async def _kept(clipboards: "ClipboardWork", filling: "Filling", keep: str | None) -> "Filling":
    """Kept at the clinic; where it was changed elsewhere too, with the answers that are to stay. Raises Refused."""
    from genesis_tui.models.appointments.clipboards.questions import ClipboardConflict

    found = await clipboards.keep_on_server(filling)
    if not isinstance(found, ClipboardConflict):
        return found
    if keep is not None:
        return await clipboards.settle(found, mine=keep == "mine")
    raise Refused(
        "This clipboard was changed elsewhere meanwhile. Your answers are kept here.",
        next=f"Say which stay: genesis-tui clipboards fill {filling.clipboard.id} --submit --keep mine, or theirs",
        rule="CLIP-1",
        reason="stale-version",
    )


async def _submit(
    person: "FamilyMember", clipboards: "ClipboardWork", filling: "Filling", *, yes: bool, as_json: bool
) -> None:
    """The summary, the question, and what became of it."""
    root = laid_out(filling.clipboard.questions, filling.answers)
    empty = missing(root)
    clipboard = filling.clipboard
    say(f"Patient    {whose(person)}\nClipboard  {clipboard.title}: {clipboard.what}, {when(clipboard)}")
    if empty:
        names = "; ".join(f"{one.number} {one.question.words}".strip() for one in empty)
        command = about(person, f"genesis-tui clipboards fill {clipboard.id}")
        raise Refused(
            f"{counted(len(empty), 'question')} still to be answered: {names}",
            next=f"It is kept. Go on with: {command}",
            rule="CLIP-2",
            reason="required-missing",
        )
    answers = [(one.question.words, values_text(one.question, one.values)) for one in questions_asked(root)]
    say("\n".join(f"  {words}  {told or 'no answer'}" for words, told in answers))
    say("It can't be changed once it is submitted.")
    agreed("Submit it?", yes=yes)
    submitted = await clipboards.submit(filling)
    done = await clipboards.named(person.id, clipboard.id)
    if as_json:
        print_json(filling_json(person, replace(filling, clipboard=done)))
    else:
        say(f"✓ Submitted {instant_text(submitted.at, clipboard.zone)}.")
        put(clipboard.id)


def _show(person: "FamilyMember", filling: "Filling", *, as_json: bool) -> None:
    if as_json:
        print_json(filling_json(person, filling))
        return
    root = laid_out(filling.clipboard.questions, filling.answers)
    empty = missing(root)
    clipboard = filling.clipboard
    note(f"{whose(person)}\n{clipboard.title}: {clipboard.what}, {when(clipboard)}")
    rows = [question_row(one, missing=one in empty) for one in questions_asked(root)]
    print_table(_QUESTIONS, rows, right=frozenset({0}))
    for one in unasked(root):
        say(f"Bring it to the visit: {one.question.words}")
    closed = closed_text(clipboard)
    if closed:
        say(f"{closed}.")
    elif empty:
        say(f"{counted(len(empty), 'question')} still to be answered.")
    else:
        command = about(person, f"genesis-tui clipboards fill {clipboard.id} --submit")
        say(f"Nothing is missing. Hand it in with: {command}")


def _closed(filling: "Filling", words: str) -> Refused:
    save = filling.clipboard.save
    reason = "already-submitted" if filling.clipboard.submitted else save.reason
    return Refused(f"{words.rstrip('.')}.", next=save.next, rule=save.rule or "CLIP-1", reason=reason)
