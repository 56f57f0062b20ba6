"""Patients of a FHIR server: all of them page by page, by name, or by id.

Names and ids that were typed travel in the body of `POST Patient/_search`, never in an address; a server that does not
take that is read page by page, and compared here.
"""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec

from genesis_tui.api_client.fhir.bundles import BROKEN, BundlePage
from genesis_tui.api_client.fhir.client import FhirClient
from genesis_tui.api_client.fhir.elements.names import person_name
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.api_client.http import bounds
from genesis_tui.api_client.http.tolerant import tolerant
from genesis_tui.models.base.errors import ApiError, BadAnswer, Refused, ServerFault
from genesis_tui.models.family import Patient, PatientPage
from genesis_tui.sanitize import one_line

KIND = "Patient"
A_PAGE = "50"
MOST = 2_000
"""Patients compared here where the server does not search by name itself."""
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_SURELY_ID = re.compile(r"[0-9]+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NOT_TAKEN = frozenset({400, 404, 405, 406, 415, 422, 501})


class _Patient(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    resource_type: str = ""
    name: Any = None
    birth_date: str = ""
    gender: str = ""
    deceased_boolean: bool = False
    deceased_date_time: str = ""


async def everybody(fhir: FhirClient) -> AsyncIterator[PatientPage]:
    """All patients, a page at a time, in the server's order; what is no Patient is passed over.

    Raises:
        BadAnswer: after what came, where the server's pages do not come to an end.
    """
    offers = await fhir.offers()
    search = fhir.search(KIND, {"_count": A_PAGE} if offers.parameter(KIND, "_count") else {})
    while not search.done:
        page = await search.page()
        yield _patients(page)
        if page.fault:
            why = page.fault.rstrip(".")
            raise BadAnswer(f"The list of patients ends here: {why}.", next="Tell the server's support desk.")


async def matching(fhir: FhirClient, text: str) -> AsyncIterator[PatientPage]:
    """Those whose name or id `text` means: asked of the server where it searches by name, else compared here."""
    asked = await _asked(fhir, text)
    if asked is not None:
        yield asked
        return
    seen = 0
    async for page in everybody(fhir):
        seen += len(page.patients)
        yield replace(page, patients=tuple(p for p in page if p.fits(text)))
        if seen >= MOST:
            return


async def one(fhir: FhirClient, id: str) -> Patient:
    """The patient with this id.

    Raises:
        Refused: there is none, or not for this sign-in.
        BadAnswer: what came is not that patient.
    """
    found = await fhir.resource(KIND, id, _Patient)
    if found.id != id or found.resource_type != KIND:
        raise BadAnswer("The server answered with something other than the patient.", next="Tell its support desk.")
    return patient_of(found)


async def _asked(fhir: FhirClient, text: str) -> PatientPage | None:
    """What the server finds; None where that is nothing: it may not search so, or compare letters with accents."""
    offers = await fhir.offers()
    found: dict[str, Patient] = {}
    unreadable: list[str] = []
    forms = []
    if _ID.fullmatch(text.strip()) and offers.parameter(KIND, "_id"):
        forms.append({"_id": text.strip()})
    if offers.lists(KIND, "name") and text.split():
        forms.append({"name": max(text.split(), key=len)})
    for form in forms:
        counted = form | ({"_count": A_PAGE} if offers.parameter(KIND, "_count") else {})
        search = fhir.search(KIND, counted, posted=True)
        try:
            while not search.done:
                page = _patients(await search.page())
                found |= {p.id: p for p in page if p.fits(text)}
                unreadable += page.unreadable
        except (Refused, ServerFault) as error:
            if error.status not in _NOT_TAKEN:
                raise
            return await _read(fhir, text)
    return PatientPage(tuple(found.values()), tuple(unreadable)) if found else None


async def _read(fhir: FhirClient, text: str) -> PatientPage | None:
    """By id alone, where it can't be mistaken for a name and the server reads so."""
    if not _SURELY_ID.fullmatch(text.strip()) or not (await fhir.offers()).readable(KIND):
        return None
    try:
        return PatientPage((await one(fhir, text.strip()),))
    except ApiError:
        return None


def patient_of(source: _Patient) -> Patient:
    """The model; every text made harmless."""
    if not _ID.fullmatch(source.id):
        raise BadEntry("its id is not valid")
    name = person_name(source.name)
    others = (person_name(one).titled for one in (source.name if isinstance(source.name, list) else ()))
    return Patient(
        id=source.id,
        name=name.printed or source.id,
        given=name.given[0] if name.given else name.printed or source.id,
        family=name.family,
        birth_date=_date(source.birth_date),
        sex=one_line(source.gender),
        deceased=_date(source.deceased_date_time) or ("yes" if source.deceased_boolean else ""),
        also=" ".join(others),
    )


def _date(text: str) -> str:
    """A FHIR date or the date of a dateTime, with the precision it has; empty for what is none."""
    day = text[:10]
    try:
        first = date.fromisoformat(day + "-01-01"[len(day) - 4 :] if len(day) in (4, 7) else day)
    except ValueError:
        return ""
    return day if bounds.within(first) else ""


def _patients(page: BundlePage) -> PatientPage:
    """Those on a page of a Bundle; other resources (outcomes) are passed over."""
    found: list[Patient] = []
    unreadable: list[str] = []
    for tree in map(_tree, page.entries):
        if tree.get("resourceType", KIND) == KIND:
            try:
                found.append(patient_of(tolerant(tree, _Patient)))
            except (msgspec.ValidationError, BadEntry) as error:
                why = error if isinstance(error, BadEntry) else "no id is given"
                unreadable.append(f"{_named(tree)}: {why}")
    return PatientPage(tuple(found), tuple(unreadable))


def _tree(raw: msgspec.Raw) -> dict[str, Any]:
    with suppress(*BROKEN):
        entry = msgspec.json.decode(raw)
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            return dict(entry["resource"])
    return {}


def _named(tree: dict[str, Any]) -> str:
    """What somebody is called who can't be read: by name, else by id."""
    name, id = person_name(tree.get("name")).printed, tree.get("id")
    return name or (one_line(id) if isinstance(id, str) else "") or "somebody without a name"
