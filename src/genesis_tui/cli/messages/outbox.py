"""`inbox outbox`: messages that are not known to have arrived (MSG-12)."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from genesis_tui.cli.base.diagnostics import EXIT_OK, EXIT_REFUSED, EXIT_UNREACHABLE, say
from genesis_tui.cli.base.formats import Format, chosen, list_formats, print_list, tells_all
from genesis_tui.cli.base.options import server_options, signed_in, with_portal
from genesis_tui.cli.base.output import print_json, print_table, put
from genesis_tui.cli.messages.compose import post_of
from genesis_tui.cli.messages.review import PATIENCE
from genesis_tui.models.base.errors import NotFound

if TYPE_CHECKING:
    from genesis_tui.session.acts.outbox import Outbox
    from genesis_tui.session.messages.messaging import Messaging
    from genesis_tui.session.portal import Portal


@click.command()
@click.option(
    "--wait",
    metavar="SECONDS",
    default=PATIENCE,
    show_default=True,
    type=click.FloatRange(min=0, max=3600),
    help="Wait at most this long for the server's answer.",
)
@click.option("--again", metavar="KEY", default="", help="Send a message that has waited for more than a day.")
@click.option("--take-back", metavar="KEY", default="", help="Make a message a draft again, if it has not arrived.")
@list_formats
@server_options
def outbox(*, wait: float, again: str, take_back: str, as_json: bool, server: str, profile: str) -> None:
    """Send what waits, and list what became of it.

    Each message goes once, under its key, however often it is tried. What has waited for more than a day asks first:
    --again KEY sends it. Exit code 0: nothing waits any more; 3: one was refused, and is a draft again; 5: something
    waits or asks.

    Other acts whose outcome is not known are listed too; each is asked about, and never done twice.

    JSON: see `genesis-tui schema outbox`, and `schema taken-back` with --take-back.
    """
    if again and take_back:
        raise click.UsageError("--again and --take-back exclude each other.")
    if take_back and chosen() is Format.CSV:
        raise click.UsageError("--take-back prints an id, or JSON; --csv is for the list.")

    from genesis_tui.models.acts import messages_text

    async def work(portal: "Portal") -> int:
        await signed_in(portal)
        post = await post_of(portal)
        if take_back:
            await post.outbox.close()
            return await _taken_back(post, take_back, as_json=as_json)
        if again:
            await post.outbox.close()
            await post.outbox.again(_key(post, again))
            post.outbox.start()
        await _settled(post, wait)
        if post.outbox.unopened:
            count = messages_text(post.outbox.unopened)
            say(f"{count} kept on this computer can't be opened; nothing was deleted, and nothing of it is sent.")
        _print(post, portal.sign_in.me.zone if portal.sign_in.me else "")
        return _code(post.outbox)

    sys.exit(with_portal(server, profile, work, as_json=as_json))


async def _settled(post: "Messaging", wait: float) -> None:
    """As long as all of them together may take."""
    end = asyncio.get_running_loop().time() + wait
    for act in (*post.outbox.unsent, *post.outbox.unknown):
        await post.outbox.known(act.key, max(0.0, end - asyncio.get_running_loop().time()))


def _key(post: "Messaging", want: str) -> str:
    """The whole key that is meant."""
    keys = [item.key for item in post.outbox.items]
    found = [key for key in keys if key == want] or [key for key in keys if key.startswith(want)]
    if len(found) != 1:
        raise NotFound(f"No message on its way has the key {want!r}.", next="List them with: genesis-tui inbox outbox")
    return found[0]


async def _taken_back(post: "Messaging", want: str, *, as_json: bool) -> int:
    from genesis_tui.cli.messages.documents import TakenBackOutput
    from genesis_tui.models.acts import Outgoing
    from genesis_tui.models.base.errors import Refused

    taken = await post.outbox.take_back(_key(post, want))
    if not isinstance(taken, Outgoing):
        words = "A message that was sent can't be changed or taken back."
        raise Refused("It has arrived already.", next=words, rule="MSG-8", reason="sent-is-final")
    draft = taken.draft
    if as_json:
        print_json(TakenBackOutput(draft=draft.id))
    else:
        say(f"✓ A draft about {draft.patient_name} again")
        put(draft.id)
    return EXIT_OK


def _print(post: "Messaging", zone: str) -> None:
    from genesis_tui.cli.messages import documents, output

    items, others = post.outbox.items, post.outbox.others
    if chosen():
        acts = [documents.act_tree(act, post.outbox.named(act)) for act in others]
        messages = [documents.outgoing(item, zone) for item in items]
        print_list(
            documents.OutboxOutput(zone=zone, messages=messages, acts=acts), "messages", documents.OutgoingOutput
        )
    if not tells_all():
        for act in others:
            say(output.act_line(act, post.outbox.named(act)))
    if chosen():
        return
    if items:
        print_table(output.OUTBOX_HEADS, [output.outgoing_row(item, zone) for item in items])
    elif not others:
        say("Nothing is on its way.")


def _code(outbox: "Outbox") -> int:
    from genesis_tui.models.acts import ActStage

    if outbox.unsent or outbox.unknown:
        return EXIT_UNREACHABLE
    refused = any(act.stage is ActStage.REFUSED for act in (*outbox.items, *outbox.others))
    return EXIT_REFUSED if refused else EXIT_OK
