"""What forms are called that answers name by their canonical address alone: asked of the server that has the form."""

from collections.abc import Iterable
from contextlib import suppress

from genesis_tui.api_client.fhir import paths
from genesis_tui.api_client.fhir.capability import ServerCapabilities
from genesis_tui.api_client.fhir.client import FhirClient
from genesis_tui.api_client.fhir.linked.references import FAILURES, ReferenceNames, resources_on
from genesis_tui.api_client.fhir.paths import Tree
from genesis_tui.api_client.fhir.record.mappings.lists import form_inside
from genesis_tui.api_client.http.paging import LoadSize
from genesis_tui.sanitize import one_line

KIND = "Questionnaire"
_AT_ONCE = 10
"""Addresses asked for in one request."""


def nameless_form(tree: Tree) -> str:
    """The canonical address, version and all, of a form whose answers do not say what it is called; else empty."""
    address = tree.get("questionnaire")
    if not isinstance(address, str) or address.startswith("#") or form_inside(tree):
        return ""
    return "" if paths.at(tree, "_questionnaire.extension.valueString") else address


async def find_forms(
    fhir: FhirClient, offers: ServerCapabilities, names: ReferenceNames, addresses: Iterable[str], load: LoadSize
) -> dict[str, str]:
    """Address -> title, of those that the server has. What fails is left nameless."""
    wanted = sorted(set(addresses))
    here = {one: key for one in wanted if (key := fhir.local(_bare(one))).startswith(f"{KIND}/")}
    await names.find(fhir, offers, here.values(), load)
    found = {one: _title(names.resource(key)) for one, key in here.items()}
    others = [one for one in wanted if not found.get(one)]
    if offers.lists(KIND, "url"):
        with suppress(*FAILURES):
            for start in range(0, len(others), _AT_ONCE):
                found |= await _asked(fhir, others[start : start + _AT_ONCE], load)
    return {one: title for one, title in found.items() if title}


async def _asked(fhir: FhirClient, addresses: list[str], load: LoadSize) -> dict[str, str]:
    """By their addresses; of several versions the one that was answered, else the last on the list."""
    joined = ",".join(dict.fromkeys(map(_escaped, map(_bare, addresses))))
    titles: dict[str, str] = {}
    search = fhir.search(KIND, {"url": joined}, load)
    while not search.done:
        for tree in resources_on(await search.page(), KIND):
            url, version = tree.get("url"), tree.get("version")
            titles |= {f"{url}": _title(tree), f"{url}|{version}": _title(tree)}
    return {one: titles.get(one) or titles.get(_bare(one), "") for one in addresses}


def _bare(address: str) -> str:
    return address.partition("|")[0].partition("#")[0].strip()


def _escaped(address: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\,$|" else letter for letter in address)


def _title(tree: Tree | None) -> str:
    said = (tree.get(name) for name in ("title", "name")) if tree else ()
    return next((one_line(one) for one in said if isinstance(one, str) and one.strip()), "")
