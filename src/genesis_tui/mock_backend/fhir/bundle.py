"""Search sets as bytes: stored resources are spliced in as they are, never parsed."""

import hashlib
from collections.abc import Sequence
from email.utils import formatdate

import msgspec

from genesis_tui.mock_backend.database.search import Found
from genesis_tui.mock_backend.fhir.outcome import Answer

Entry = tuple[str, Found]
"""A resource with its type."""

_MATCH = b',"search":{"mode":"match"}}'
_INCLUDE = b',"search":{"mode":"include"}}'


def search_set(base: str, links: dict[str, str], matches: Sequence[Entry], includes: Sequence[Entry]) -> Answer:
    """A Bundle of type searchset. `links` maps relation to URL.

    It carries no total: what a search would count is what its pages show. The ETag is strong: it covers every
    version shown, the links and the base.
    """
    link = msgspec.json.encode([{"relation": relation, "url": url} for relation, url in links.items()])
    start = base.encode()
    parts = [_entry(start, name, found, _MATCH) for name, found in matches]
    parts += [_entry(start, name, found, _INCLUDE) for name, found in includes]
    entry = b',"entry":[' + b",".join(parts) + b"]" if parts else b""
    body = b'{"resourceType":"Bundle","type":"searchset","link":' + link + entry + b"}"
    return Answer(200, body, [(b"etag", _tag(link, [*matches, *includes]))])


def one(found: Found) -> Answer:
    """A single resource with its version and the time of its last change."""
    headers = [
        (b"etag", b'W/"%d"' % found.version),
        (b"last-modified", formatdate(found.updated // 1_000_000, usegmt=True).encode()),
    ]
    return Answer(200, found.body, headers)


def unless_known(answer: Answer, if_none_match: str) -> Answer:
    """304 without a body where the client already holds this version."""
    tag = next((value for name, value in answer.headers if name == b"etag"), b"").decode()
    known = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    if tag and (tag.removeprefix("W/") in known or "*" in known):
        return Answer(304, b"", answer.headers)
    return answer


def _entry(base: bytes, name: str, found: Found, mode: bytes) -> bytes:
    return b'{"fullUrl":"%b/%b/%b","resource":%b%b' % (base, name.encode(), found.id.encode(), found.body, mode)


def _tag(link: bytes, shown: Sequence[Entry]) -> bytes:
    versions = ",".join([f"{found.row}.{found.version}" for _, found in shown])
    return b'"%b"' % hashlib.blake2b(link + versions.encode(), digest_size=12).hexdigest().encode()
