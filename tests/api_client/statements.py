"""Answers of servers that the mock never is: CapabilityStatements and Bundles in many shapes."""

import re
from itertools import chain, repeat
from typing import Any

import httpx
import respx

Body = dict[str, Any]
BASE = "http://127.0.0.1:8090/fhir"
OAUTH = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
SEARCH, READ = {"code": "search-type"}, {"code": "read"}


def statement(version: str = "4.0.1", security: Body | None = None, **types: list[str]) -> Body:
    """A CapabilityStatement that lists these types with these search parameters."""
    resources = [
        {"type": kind, "interaction": [READ, SEARCH], "searchParam": [{"name": name} for name in names]}
        for kind, names in types.items()
    ]
    rest = {"mode": "server", "resource": resources, **({"security": security} if security else {})}
    return {"resourceType": "CapabilityStatement", "fhirVersion": version, "rest": [rest]}


def oauth(**urls: str) -> Body:
    """The `security` of a server that names its authorization server the old way."""
    coding = {"system": "http://hl7.org/fhir/restful-security-service", "code": "SMART-on-FHIR"}
    parts = [{"url": name, "valueUri": url} for name, url in urls.items()]
    return {"service": [{"coding": [coding]}], "extension": [{"url": OAUTH, "extension": parts}]}


def bundle(*resources: Body, next: str = "") -> Body:
    """A page."""
    links = [{"relation": "next", "url": next}] if next else []
    return {"resourceType": "Bundle", "type": "searchset", "link": links, "entry": [{"resource": r} for r in resources]}


def patient(id: str, given: str, family: str, born: str = "1980-05-17", **more: Any) -> Body:
    """A Patient."""
    name = [{"use": "official", "given": [given], "family": family}]
    return {"resourceType": "Patient", "id": id, "name": name, "birthDate": born, "gender": "female", **more}


def serve(
    net: respx.MockRouter,
    metadata: Body | httpx.Response,
    *,
    smart: Body | None = None,
    base: str = BASE,
    reads: httpx.Response | None = None,
    then: httpx.Response | None = None,
) -> None:
    """A server at `base` that says this of itself; the first read without a token gets `reads`, an empty page if not
    given, and those after it `then`; everything else is not found.
    """
    first = reads or httpx.Response(200, json=bundle())
    probed = net.get(url__regex=rf"^{re.escape(base)}/Patient(\?_count=1)?$")
    probed.mock(side_effect=chain([first], repeat(then or first)))
    told = metadata if isinstance(metadata, httpx.Response) else httpx.Response(200, json=metadata)
    net.get(f"{base}/metadata").mock(return_value=told)
    known = httpx.Response(404) if smart is None else httpx.Response(200, json=smart)
    net.get(f"{base}/.well-known/smart-configuration").mock(return_value=known)
