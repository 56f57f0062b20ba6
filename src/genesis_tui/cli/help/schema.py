"""`schema`: what is in the JSON that commands print."""

import json
from typing import NamedTuple

import click

from genesis_tui.cli import family, home, offline, results, sign_in
from genesis_tui.cli.appointments import output as appointments
from genesis_tui.cli.appointments import watch
from genesis_tui.cli.base import json_parts, ledger
from genesis_tui.cli.base.completion import one_of
from genesis_tui.cli.base.options import server_options
from genesis_tui.cli.base.output import print_table, put
from genesis_tui.cli.clipboards import output as clipboards
from genesis_tui.cli.help.json_schema import schema_of
from genesis_tui.cli.messages import documents
from genesis_tui.cli.record import export, output
from genesis_tui.cli.refills import output as refills
from genesis_tui.cli.testing import commands, imports
from genesis_tui.models.base.errors import NotFound


class Document(NamedTuple):
    """What it is made of, and the commands that print it."""

    kind: type
    commands: tuple[str, ...]


DOCUMENTS = {
    "whoami": Document(sign_in.WhoamiOutput, ("whoami",)),
    "family": Document(family.FamilyOutput, ("family list",)),
    "access-log": Document(family.AccessLogOutput, ("family log",)),
    "patients": Document(family.PatientsOutput, ("family list",)),
    "check": Document(home.CheckOutput, ("check",)),
    "results": Document(results.ResultsOutput, ("results",)),
    "record-list": Document(output.SectionsOutput, ("record list",)),
    "record-section": Document(output.EntriesOutput, ("record list",)),
    "record-entry": Document(output.EntryDocumentOutput, ("record show",)),
    "record-ledger": Document(ledger.LedgerOutput, ("record ledger",)),
    "export": Document(export.ExportOutput, ("export",)),
    "saved": Document(json_parts.SavedOutput, ("record save", "inbox attach-save", "appointments ics")),
    "inbox-list": Document(documents.ThreadsOutput, ("inbox list", "inbox search")),
    "inbox-thread": Document(documents.ThreadDocumentOutput, ("inbox read",)),
    "inbox-moved": Document(documents.MovedOutput, ("inbox move",)),
    "inbox-unread": Document(documents.UnreadOutput, ("inbox unread",)),
    "sent": Document(documents.SentOutput, ("inbox send", "inbox reply", "inbox draft send")),
    "drafts": Document(documents.DraftsOutput, ("inbox draft list", "inbox list")),
    "draft": Document(documents.DraftDocumentOutput, ("inbox draft save", "inbox draft show")),
    "deleted": Document(documents.DeletedOutput, ("inbox draft delete",)),
    "outbox": Document(documents.OutboxOutput, ("inbox outbox",)),
    "taken-back": Document(documents.TakenBackOutput, ("inbox outbox",)),
    "appointments": Document(appointments.AppointmentsOutput, ("appointments list",)),
    "clipboards": Document(clipboards.ClipboardsOutput, ("clipboards list",)),
    "clipboard": Document(clipboards.FillingOutput, ("clipboards show", "clipboards fill")),
    "appointment": Document(
        appointments.AppointmentDocumentOutput,
        tuple(f"appointments {name}" for name in ("book", "request", "cancel", "move", "choose")),
    ),
    "watched": Document(watch.WatchedOutput, ("appointments watch",)),
    "slots": Document(appointments.SlotsOutput, ("appointments slots",)),
    "refills": Document(refills.RefillsOutput, ("refills list",)),
    "refills-family": Document(refills.FamilyRefillsOutput, ("refills list",)),
    "refills-more": Document(refills.MoreOutput, ("refills more",)),
    "refills-track": Document(refills.TrackOutput, ("refills track",)),
    "pharmacies": Document(refills.PharmaciesOutput, ("refills pharmacies",)),
    "offline-status": Document(offline.OfflineOutput, ("offline status",)),
    "personas": Document(commands.PersonasOutput, ("mock personas",)),
    "mailbox": Document(commands.MailboxOutput, ("mock mailbox",)),
    "audit": Document(commands.AuditOutput, ("mock audit verify",)),
    "import": Document(imports.ImportOutput, ("mock import",)),
    "error": Document(json_parts.ErrorOutput, ()),
}
"""Every JSON document there is, by the name of its schema."""


@click.command()
@click.argument("name", default="", shell_complete=one_of(lambda: [(name, "") for name in DOCUMENTS]))
@server_options
def schema(*, name: str, server: str, profile: str) -> None:
    """Print the JSON Schema (2020-12) of the document called NAME, or the names of all.

    A line of --jsonl is a row of the document's list. Fields may be added within a version.
    """
    from genesis_tui.cli.base.diagnostics import reported

    if not name:
        print_table(("Name", "Printed by"), [(id, ", ".join(one.commands)) for id, one in DOCUMENTS.items()])
        return
    with reported():
        if name not in DOCUMENTS:
            raise NotFound(f"There is no schema {name!r}.", next=f"Choose one of: {', '.join(DOCUMENTS)}")
        put(json.dumps(schema_of(DOCUMENTS[name].kind), indent=2))
