"""Where records from community partners came from, as Provenance tells it (JHIE-1)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from genesis_tui.api_client.fhir import bundles
from genesis_tui.api_client.fhir.bundles import BundlePage, UnreadableEntries
from genesis_tui.api_client.fhir.capability import ServerCapabilities
from genesis_tui.api_client.fhir.client import FhirClient, ends_all
from genesis_tui.api_client.fhir.structs import Provenance
from genesis_tui.api_client.fhir.values import id_in, instant, names
from genesis_tui.api_client.http.paging import LoadSize
from genesis_tui.models.base.errors import ApiError, reason_of

_TARGETS = 40
"""Community records asked about in one request, so that its address stays short."""

SOME_PARTNER = "a community partner"
_WHAT = "the sources of community records"


class Imported(Protocol):
    """What holds records, some of them from elsewhere."""

    faults: UnreadableEntries

    def without_origin(self) -> tuple[str, ...]:
        """Keys of those whose partner is not known yet."""

    def take(self, kind: str, page: BundlePage) -> None:
        """Add a page of Provenances."""

    def leave_unknown(self, keys: Iterable[str]) -> None:
        """Nobody knows more about these."""


class CommunitySource(NamedTuple):
    """Where a community record came from (JHIE-1)."""

    partner: str
    imported: datetime | None


def origins_on(page: BundlePage, faults: UnreadableEntries) -> Iterator[tuple[str, CommunitySource]]:
    """The targets on a page of Provenances, with their origins."""
    for _, source in bundles.read(page, "Provenance", bundles.provenance, lambda p: p, faults):
        origin = CommunitySource(_partner(source), instant(source.recorded))
        for target in source.target:
            kind, _, id = (target.reference or "").rpartition("/")
            yield f"{kind.rpartition('/')[2]}/{id or id_in(target)}", origin


async def find_origins(fhir: FhirClient, offers: ServerCapabilities, held: Imported, load: LoadSize) -> None:
    """Ask for the partners of what came from elsewhere, where the server can be asked; `load` is what this ends."""
    keys = held.without_origin()
    if not keys or not offers.parameter("Provenance", "target"):
        return
    try:
        for start in range(0, len(keys), _TARGETS):
            search = fhir.search("Provenance", {"target": ",".join(keys[start : start + _TARGETS])}, load)
            while not search.done:
                page = await search.page()
                if page.fault:
                    held.faults.lack_beside("Provenance", _WHAT, page.fault, page.rule)
                held.take("Provenance", page)
    except ApiError as error:
        if ends_all(error, begun=False):
            raise
        held.faults.lack_beside("Provenance", _WHAT, reason_of(error), error.rule)
    held.leave_unknown(keys)


def _partner(source: Provenance) -> str:
    behalf = names([a.on_behalf_of for a in source.agent])
    return behalf or names([a.who for a in source.agent][:1]) or SOME_PARTNER
