"""Search sets as bytes: stored resources are spliced in as they are, never parsed."""

import hashlib
import re
from array import array
from base64 import b64decode
from collections.abc import Iterable, Sequence
from email.utils import formatdate
from itertools import chain, repeat

import msgspec

from genesis_tui.mock_backend.database.record.readable import otherwise, stored_body
from genesis_tui.mock_backend.database.record.search import Found, Single
from genesis_tui.mock_backend.fhir.outcome import FhirResponse, refusal
from genesis_tui.mock_backend.rules.decision import Refused

Entries = tuple[str, Sequence[Found]]
"""Resources of one type."""

BROKEN = Refused("", "invalid", "What this attachment holds can't be read: it is not base64.", status=422)
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+\-]{1,127}/[\w!#$&^.+\-]{1,127}(; ?[\w\-]+=[\w.\-]+){0,4}", re.ASCII)
_MATCH = b',"search":{"mode":"match"}}'
_INCLUDE = b',"search":{"mode":"include"}}'


def search_set(
    base: str, links: dict[str, str], matches: Entries, includes: Sequence[Entries] = (), *, total: int | None = None
) -> FhirResponse:
    """A Bundle of type searchset; `links` maps relation to URL.

    `total` is what all pages show together, where it was asked for. The ETag is strong: it covers every version
    shown, the links with the base, and the total.
    """
    link = msgspec.json.encode([{"relation": relation, "url": url} for relation, url in links.items()])
    entries = [*_entries(base, matches, _MATCH), *chain(*(_entries(base, group, _INCLUDE) for group in includes))]
    if entries:
        entries[0] = b',"entry":[' + entries[0][1:]
        entries.append(b"]")
    counted = b"" if total is None else b'"total":%d,' % total
    body = b"".join([b'{"resourceType":"Bundle","type":"searchset",', counted, b'"link":', link, *entries, b"}"])
    return FhirResponse(200, body, [(b"etag", _tag(counted + link, [matches, *includes]))])


def one(found: Single) -> FhirResponse:
    """A single resource with its version and the time of its last change."""
    headers = [
        (b"etag", b'W/"%d"' % found.version),
        (b"last-modified", formatdate(found.updated // 1_000_000, usegmt=True).encode()),
    ]
    return FhirResponse(200, found.body, headers)


def content(binary: FhirResponse) -> FhirResponse:
    """What a Binary holds, in its own content type, never to be taken for another one."""
    body = stored_body(binary.body)
    held = otherwise(lambda: b64decode("".join(body.get("data", "").split()), validate=True), None)
    if held is None:
        return refusal(BROKEN)
    said = str(body.get("contentType", ""))
    kind = said if _MEDIA_TYPE.fullmatch(said) else "application/octet-stream"
    headers = [*binary.headers, (b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"sandbox")]
    return FhirResponse(200, held, headers, kind.encode())


def unless_known(answer: FhirResponse, if_none_match: str) -> FhirResponse:
    """304 without a body where the client already holds this version."""
    tag = next((value for name, value in answer.headers if name == b"etag"), b"").decode()
    known = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    if tag and (tag.removeprefix("W/") in known or "*" in known):
        return FhirResponse(304, b"", answer.headers)
    return answer


def _entries(base: str, group: Entries, mode: bytes) -> Iterable[bytes]:
    """The pieces of a group's entries, each begun by its comma. No step of Python's for each of 50 (P9)."""
    name, resources = group
    if not resources:
        return ()
    _, _, _, ids, _, bodies = zip(*resources, strict=True)
    begin = repeat(f',{{"fullUrl":"{base}/{name}/'.encode())
    pieces = zip(begin, map(str.encode, ids), repeat(b'","resource":'), bodies, repeat(mode))
    return chain.from_iterable(pieces)


def _tag(link: bytes, groups: Sequence[Entries]) -> bytes:
    digest = hashlib.blake2b(link, digest_size=12)
    for _, group in groups:
        if group:
            rows, _, versions, *_ = zip(*group, strict=True)
            digest.update(array("q", rows).tobytes() + array("q", versions).tobytes())
    return b'"%b"' % digest.hexdigest().encode()
