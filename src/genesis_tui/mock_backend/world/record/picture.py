"""A grey picture such as a scanner's key image: invented, and byte for byte the same every time.

It is stored, not packed: what a packed one looks like is up to each zlib.
"""

import zlib
from struct import pack

_SIDE = 64


def key_image() -> bytes:
    """A PNG of 64 by 64 greys: two bright rounds, one above the other, with a dark gap between them."""
    rows = b"".join(b"\0" + bytes(_grey(x, y) for x in range(_SIDE)) for y in range(_SIDE))
    head = pack(">IIBBBBB", _SIDE, _SIDE, 8, 0, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows, 0)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _grey(x: int, y: int) -> int:
    middle = 12 if y < _SIDE // 2 else 52
    away = ((x - _SIDE // 2) ** 2 + (y - middle) ** 2) // 4
    return max(16, 230 - away)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))
