"""`/metadata`: what this server does, made from the table that routes the requests."""

from typing import TYPE_CHECKING, Any

import msgspec

from genesis_tui import __version__
from genesis_tui.mock_backend.fhir.definitions import DEFINED
from genesis_tui.mock_backend.fhir.resource_types import FORMS, TABLE, Kind

if TYPE_CHECKING:
    from genesis_tui.mock_backend.mock import Mock

_SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"
_DATE = "2026-01-01"


def capability_statement(mock: "Mock") -> bytes:
    """The CapabilityStatement as JSON bytes."""
    return msgspec.json.encode(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": _DATE,
            "kind": "instance",
            "software": {"name": "genesis-tui mock portal", "version": __version__},
            "implementation": {"description": "A mock portal of invented patients", "url": mock.fhir_base},
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json"],
            "instantiates": ["http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server"],
            "rest": [
                {
                    "mode": "server",
                    "security": _security(),
                    "resource": [*map(_resource, TABLE), *map(_definition, DEFINED)],
                }
            ],
        }
    )


def _security() -> dict[str, Any]:
    coding = [{"system": _SECURITY, "code": "SMART-on-FHIR"}]
    return {"service": [{"coding": coding, "text": "SMART App Launch: see .well-known/smart-configuration"}]}


def _resource(kind: Kind) -> dict[str, Any]:
    interactions = ["read", "search-type"] if kind.searchable else ["read"]
    found: dict[str, Any] = {
        "type": kind.type,
        "interaction": [{"code": code} for code in interactions],
        "versioning": "versioned",
    }
    if kind.profile:
        found["supportedProfile"] = [kind.profile]
    if kind.include:
        found["searchInclude"] = [kind.include]
    if kind.provenance:
        found["searchRevInclude"] = ["Provenance:target"]
    if kind.searchable:
        found["searchParam"] = [{"name": name, "type": _form(name)} for name in kind.params]
    return found


def _form(name: str) -> str:
    form = FORMS[name]
    return "token" if form == "id" else form


def _definition(name: str) -> dict[str, Any]:
    return {"type": name, "interaction": [{"code": "read"}]}
