"""Files that come with reports and notes: a PDF of one page, a picture; byte for byte the same on every build."""

import zlib
from struct import pack
from textwrap import wrap

_LEFT, _TOP, _LINE, _COLUMNS, _MOST_LINES = 56, 730, 15, 84, 44
"""Points from the left and the bottom of a letter page, and what fits on it at 11 points."""

_SIDE = 64


def one_page(title: str, text: str) -> bytes:
    """A letter page with a title over paragraphs.

    Raises:
        ValueError: the text does not fit on it, or has letters that its font has not (Latin-1).
    """
    lines = [row for line in text.strip().split("\n") for row in (wrap(line, _COLUMNS) or [""])]
    if len(lines) > _MOST_LINES:
        raise ValueError(f"{title} does not fit on one page")
    shown = [f"/Bold 15 Tf {_LEFT} {_TOP} Td {_string(title)} Tj", f"/Plain 11 Tf 0 {-2 * _LINE} Td"]
    shown += [f"{_string(line)} Tj 0 {-_LINE} Td" for line in lines]
    return _file(title, "\n".join(["BT", *shown, "ET"]).encode("latin-1"))


def _string(text: str) -> str:
    for sign in ("\\", "(", ")"):
        text = text.replace(sign, f"\\{sign}")
    return f"({text})"


def _font(name: str) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()


def _file(title: str, page: bytes) -> bytes:
    """Objects, the table of where they begin, and the trailer (ISO 32000-1, 7.5)."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /Plain 5 0 R /Bold 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        _font("Helvetica"),
        _font("Helvetica-Bold"),
        f"<< /Title {_string(title)} >>".encode("latin-1"),
    )
    body, starts = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        starts.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size, table_at = len(objects) + 1, len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n" % (size, table)
    body += b"<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table_at)
    return bytes(body)


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
