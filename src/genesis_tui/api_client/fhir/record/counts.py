"""What a server holds of one patient beside what is read here: the types it offers, and how many of each (REC-8)."""

import asyncio
from collections.abc import Iterable

from genesis_tui.api_client.fhir.capability import ServerCapabilities
from genesis_tui.api_client.fhir.client import FhirClient, ends_all
from genesis_tui.models.base.errors import ApiError, Refused, reason_of
from genesis_tui.models.base.ledger import LedgerLine, Missing, type_words, unread_line

_NO_RECORD = frozenset({"Patient", "Provenance", "AuditEvent"})
"""Who it is, and what stands beside the entries that it is about."""
_AT_ONCE = 8


async def unread(fhir: FhirClient, patient_id: str, read: Iterable[str]) -> tuple[LedgerLine, ...]:
    """The types that the server lists as searchable by patient and that are not among `read`, each with its count."""
    offers = await fhir.offers()
    known = {*read, *_NO_RECORD}
    types = [kind for kind in offers.searchable() if kind not in known and offers.lists(kind, "patient")]
    lines: list[LedgerLine] = []
    for start in range(0, len(types), _AT_ONCE):
        some = types[start : start + _AT_ONCE]
        lines += await asyncio.gather(*(_counted(fhir, kind, patient_id) for kind in some))
    return tuple(lines)


def not_offered(offers: ServerCapabilities, types: Iterable[str]) -> tuple[str, ...]:
    """Of these the types that the server does not let anybody search."""
    return tuple(kind for kind in types if not offers.type(kind))


async def _counted(fhir: FhirClient, kind: str, patient_id: str) -> LedgerLine:
    """Counted by the server where it does that, else here."""
    whose = {"patient": patient_id}
    try:
        try:
            return unread_line(kind, (await fhir.page(kind, {**whose, "_summary": "count"})).total)
        except Refused as refused:
            if refused.rule:
                raise
        search, count = fhir.search(kind, whose), 0
        while not search.done:
            count += len((await search.page()).entries)
        return unread_line(kind, count)
    except ApiError as error:
        if ends_all(error, begun=False):
            raise
        return unread_line(kind, None, (Missing(kind, type_words(kind).lower(), reason_of(error), error.rule),))
