"""What repeats from test to test: codes, reference ranges and interpretations, decoded once for equal bytes.

A person has a few hundred tests of a few dozen kinds, so nearly every look-up finds what is known already.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import msgspec

from genesis_tui.api_client.fhir.structs import Concept, ReferenceRange
from genesis_tui.api_client.fhir.values import code_of, interpretation_of, name_of, range_of
from genesis_tui.models.results.results import Flag, Range

T = TypeVar("T")
_LARGEST = 4096
"""Bytes of what is remembered; larger ones are decoded each time."""
_concept = msgspec.json.Decoder(Concept)
_concepts = msgspec.json.Decoder(list[Concept])
_ranges = msgspec.json.Decoder(list[ReferenceRange])


def _remembered(decode: Callable[[bytes], T]) -> Callable[[msgspec.Raw], T]:
    known = lru_cache(maxsize=2048)(decode)

    def look_up(raw: msgspec.Raw) -> T:
        content = bytes(raw)
        return known(content) if len(content) <= _LARGEST else decode(content)

    return look_up


@_remembered
def coded(raw: bytes) -> tuple[str, str]:
    """`system|code` and name of a CodeableConcept."""
    concept = _concept.decode(raw)
    return code_of(concept), name_of(concept)


@_remembered
def judged(raw: bytes) -> tuple[Flag, str]:
    """The gravest of a list of interpretations (REC-4)."""
    return interpretation_of(_concepts.decode(raw))


@_remembered
def limited(raw: bytes) -> Range | None:
    """The normal one of a list of reference ranges (REC-3)."""
    return range_of(_ranges.decode(raw))
