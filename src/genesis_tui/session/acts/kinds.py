"""Every kind of act that there is: another one is another file beside this one, and another line here."""

from typing import TYPE_CHECKING, Protocol

from genesis_tui.session.acts.appointments import (
    AppointmentMoves,
    AppointmentRequests,
    Bookings,
    Cancellations,
    OfferChoices,
    Withdrawals,
)
from genesis_tui.session.acts.base.kind import AnyKind
from genesis_tui.session.acts.clipboards import ClipboardSaves, ClipboardSubmissions
from genesis_tui.session.acts.corrections import Corrections
from genesis_tui.session.acts.drafts import DraftDeletions, Gone
from genesis_tui.session.acts.folders import FolderRemovals, Moves, NewFolders
from genesis_tui.session.acts.grants import AccessRequests, GrantAnswers, GrantEnds, NewGrants, RequestRefusals
from genesis_tui.session.acts.marks import Marks, UnreadMarks
from genesis_tui.session.acts.messages import DraftStore, Messages
from genesis_tui.session.acts.refills import Refills, Renewals

if TYPE_CHECKING:
    from genesis_tui.api_client.server import Server


class DraftsOfActs(DraftStore, Gone, Protocol):
    """The drafts, as acts know them."""


def all_kinds(server: "Server", drafts: DraftsOfActs) -> tuple[AnyKind, ...]:
    """The kinds, done on this server."""
    return (
        Messages(server.drafts, drafts),
        Corrections(server.drafts, drafts),
        DraftDeletions(server.drafts, drafts),
        NewFolders(server.threads),
        FolderRemovals(server.threads),
        Moves(server.threads),
        Marks(server.threads),
        UnreadMarks(server.threads),
        NewGrants(server.family),
        GrantEnds(server.family),
        GrantAnswers(server.family),
        AccessRequests(server.family),
        RequestRefusals(server.family),
        ClipboardSaves(server.clipboards),
        ClipboardSubmissions(server.clipboards),
        Bookings(server.appointments),
        AppointmentRequests(server.appointments),
        Cancellations(server.appointments),
        Withdrawals(server.appointments),
        AppointmentMoves(server.appointments),
        OfferChoices(server.appointments),
        Refills(server.refills),
        Renewals(server.refills),
    )
