"""The body of an answer, unpacked as far as it may go and no further.

Asked for is gzip alone. Whatever else an answer says to be packed in, or more than one layer of it, is refused: each
layer can make a thousand bytes of one.
"""

import zlib
from collections.abc import Mapping

import httpx

from genesis_tui.models.base.errors import BadAnswer

LARGEST = 32 * 1024 * 1024
"""Bytes of one answer, packed and unpacked; a page of 200 Observations is about 400 kB."""
ASKED = "gzip"
_GZIP = frozenset({"gzip", "x-gzip"})
_WITH_HEADER = zlib.MAX_WBITS | 16


class _Plain:
    """What is not packed."""

    whole = True

    def unpack(self, part: bytes, most: int) -> bytes:
        return part


class _Gzip:
    """One layer of gzip, of one member."""

    def __init__(self) -> None:
        self._zip = zlib.decompressobj(_WITH_HEADER)
        self._touched = False

    @property
    def whole(self) -> bool:
        """Whether it ended where it says that it ends, or never began (HEAD, 304)."""
        return (self._zip.eof and not self._zip.unused_data) or not self._touched

    def unpack(self, part: bytes, most: int) -> bytes:
        """At most so many bytes, the last one of which is already one too many. Raises zlib.error."""
        self._touched = True
        if self._zip.eof:
            raise zlib.error("bytes after the end")
        return self._zip.decompress(part, most)


async def read_body(response: httpx.Response) -> bytes:
    """All of it.

    Raises:
        BadAnswer: larger than `LARGEST`, packed otherwise than asked for, or not whole.
        httpx.TransportError: the connection broke.
    """
    layer = _layer(response.headers)
    parts: list[bytes] = []
    came = size = 0
    assert isinstance(response.stream, httpx.AsyncByteStream)
    async for packed in response.stream:
        came += len(packed)
        part = _unpacked(layer, packed, LARGEST - size + 1)
        size += len(part)
        if max(came, size) > LARGEST:
            raise BadAnswer("The server's answer is larger than it may be.", next="Tell the server's support desk.")
        parts.append(part)
    if not layer.whole:
        raise _odd()
    return b"".join(parts)


def _layer(headers: Mapping[str, str]) -> "_Plain | _Gzip":
    named = [word.strip().lower() for word in headers.get("content-encoding", "").split(",")]
    layers = [word for word in named if word not in ("", "identity")]
    if not layers:
        return _Plain()
    if len(layers) > 1 or layers[0] not in _GZIP:
        raise _odd()
    return _Gzip()


def _unpacked(layer: "_Plain | _Gzip", part: bytes, most: int) -> bytes:
    try:
        return layer.unpack(part, most)
    except zlib.error:
        raise _odd() from None


def _odd() -> BadAnswer:
    return BadAnswer("The server's answer can't be unpacked.", next="Tell the server's support desk.")
