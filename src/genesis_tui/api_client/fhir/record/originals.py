"""The resources behind entries as the server sent them, byte for byte."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

import msgspec

from genesis_tui.api_client.fhir.bundles import BROKEN
from genesis_tui.models.export import OriginalResource
from genesis_tui.models.record import Entry


class _Sent(msgspec.Struct, rename="camel"):
    """An entry of a Bundle, its resource unopened."""

    resource: msgspec.Raw
    full_url: object = None


_sent = msgspec.json.Decoder(_Sent)


def originals(raw: Mapping[str, msgspec.Raw], entries: Iterable[Entry]) -> tuple[dict[str, OriginalResource], int]:
    """The resources of these entries by their keys, and of how many entries there is none.

    Args:
        raw: what came of each resource, by key.
        entries: of one section, or of the results.
    """
    found: dict[str, OriginalResource] = {}
    lost = 0
    for entry in entries:
        made_of = {key: raw[key] for key in _keys(entry) if key in raw}
        lost += not made_of
        for key, one in made_of.items():
            if key not in found:
                with suppress(*BROKEN):
                    found[key] = _original(one)
    return found, lost


def _keys(entry: Entry) -> Iterator[str]:
    """Of what came inside another resource, that one's key; which may be all that is known of it."""
    yield entry.key
    yield entry.key.partition("#")[0]
    yield from entry.tests
    yield from (f"Observation/{one.id}" for one in entry.readings)


def _original(raw: msgspec.Raw) -> OriginalResource:
    sent = _sent.decode(raw)
    return OriginalResource(sent.full_url if isinstance(sent.full_url, str) else "", bytes(sent.resource))
