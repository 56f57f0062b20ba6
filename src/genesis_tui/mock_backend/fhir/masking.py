"""ID-11: what DEERS holds, as a Basic sign-in sees it in FHIR: that it is there, and not what it is."""

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from genesis_tui.mock_backend.database.record.search import Found, Single
from genesis_tui.mock_backend.rules.sign_in.contacts import is_masked
from genesis_tui.mock_backend.state.access_tokens import Viewer

OF_DEERS = frozenset({"Patient", "RelatedPerson"})
_ABSENT = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}
_MASKED = {"extension": [_ABSENT]}
_MRN = "https://genesis-tui.example/fhir/NamingSystem/mrn"
T = TypeVar("T", Found, Single)


def hides_deers(viewer: Viewer, resource_type: str) -> bool:
    """Whether resources of a type go out masked, and can't be searched by what is masked."""
    return resource_type in OF_DEERS and is_masked(viewer.level)


def as_seen(viewer: Viewer, resource_type: str, found: Iterable[T]) -> list[T]:
    """The resources as the viewer sees them. A masked one has a version of its own: no cache takes it for the other."""
    if not hides_deers(viewer, resource_type):
        return list(found)
    return [one._replace(body=_masked(one.body), version=-one.version) for one in found]


def _masked(body: bytes) -> bytes:
    whole = msgspec.json.decode(body)
    if whole.pop("birthDate", None) is not None:
        whole["_birthDate"] = _MASKED
    for name in ("identifier", "telecom"):
        whole[name] = [_without_value(one) for one in whole.get(name, ())]
    whole["address"] = [{"use": one.get("use", "home"), "_text": _MASKED} for one in whole.get("address", ())]
    return msgspec.json.encode({name: value for name, value in whole.items() if value != []})


def _without_value(element: dict[str, Any]) -> dict[str, Any]:
    if element.get("system") == _MRN:
        return element
    return {name: value for name, value in element.items() if name != "value"} | {"_value": _MASKED}
