"""How many entries a server holds of types that are a patient's and no part of the record that shows (REC-8)."""

import asyncio

from genesis_tui.api_client.fhir.client import FhirClient, ends_all
from genesis_tui.models.base.errors import ApiError, Refused, reason_of
from genesis_tui.models.base.ledger import LedgerLine, Missing, beside_line, type_words

BESIDE = ("RelatedPerson", "Consent")
"""Who is related, and who may see it."""


async def beside(fhir: FhirClient, patient_id: str) -> tuple[LedgerLine, ...]:
    """A line for each of these types that the server lists as searchable by patient."""
    offers = await fhir.offers()
    types = [kind for kind in BESIDE if offers.lists(kind, "patient")]
    return tuple(await asyncio.gather(*(_counted(fhir, kind, patient_id) for kind in types)))


async def _counted(fhir: FhirClient, kind: str, patient_id: str) -> LedgerLine:
    """Counted by the server where it does that, else here."""
    whose = {"patient": patient_id}
    try:
        try:
            return beside_line(kind, (await fhir.page(kind, {**whose, "_summary": "count"})).total)
        except Refused as refused:
            if refused.rule:
                raise
        search, count = fhir.search(kind, whose), 0
        while not search.done:
            count += len((await search.page()).entries)
        return beside_line(kind, count)
    except ApiError as error:
        if ends_all(error, begun=False):
            raise
        return beside_line(kind, None, (Missing(kind, type_words(kind).lower(), reason_of(error), error.rule),))
