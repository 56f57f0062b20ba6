"""What an attachment holds: bytes out of base64, letters out of bytes, and the words of a page."""

import binascii
import codecs
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from urllib.parse import unquote, unquote_to_bytes

from msgspec.structs import replace

from genesis_tui.api_client.fhir.attachments.markup import text_of_markup
from genesis_tui.api_client.fhir.structs import FhirAttachment
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.sanitize import one_line, plain

HTML = frozenset({"text/html", "application/xhtml+xml"})
MARKED_UP = HTML | {"text/xml", "application/xml"}
"""Media types of which the words between the tags are what a person reads."""
NOT_BASE64 = "content that is not base64"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
"""How a text begins whose bytes say themselves what they are."""
_WESTERN = "cp1252"
_MEANT = {"iso8859-1": _WESTERN, "ascii": "utf-8"}
"""What is meant by a charset that says less than people write in it (WHATWG Encoding)."""
_SLOW = frozenset({"idna", "punycode"})
"""No charsets of documents, and quadratic."""
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:\-]+)""", re.IGNORECASE)
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?([\w.:\-]+)""", re.IGNORECASE)
_DATA_URL = re.compile(r"\s*data:([^,]*?)(;\s*base64)?,(.*)", re.IGNORECASE | re.DOTALL)
_HEAD = 1024
"""Bytes in which a page declares its charset, or shows that it is none."""


def bytes_of(text: str) -> bytes:
    """Inline content as the bytes it stands for: base64 in either alphabet, in lines or not, padded or not.

    Raises:
        BadEntry: it is not base64.
    """
    folded = "".join(text.split()).translate({ord("-"): "+", ord("_"): "/"}).rstrip("=")
    try:
        return b64decode(folded + "=" * (-len(folded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadEntry(NOT_BASE64) from None


def is_binary(text: str) -> bool:
    """Whether inline content is plainly no text: a PDF, or what holds bytes that no text has."""
    try:
        head = bytes_of(text[:_HEAD])
    except BadEntry:
        return False
    return head.startswith(b"%PDF") or (b"\x00" in head and not head.startswith(tuple(mark for mark, _ in _MARKS)))


def inlined(source: FhirAttachment) -> FhirAttachment:
    """The attachment with what a `data:` URL holds as its data (RFC 2397); no longer than an answer may be."""
    found = _DATA_URL.fullmatch(source.url) if source.url and not source.data else None
    if found is None:
        return source
    kind, base64, content = found.groups()
    kind = f"text/plain{kind}" if kind[:1] in ("", ";") else kind
    told = source.content_type or ""
    same = kind.partition(";")[0].casefold() == told.partition(";")[0].strip().casefold()
    data = unquote(content) if base64 else b64encode(unquote_to_bytes(content)).decode()
    return replace(source, content_type=kind if same or not told else told, data=data, url=None)


def content_text(attachment: FhirAttachment | None) -> str:
    """The text of inline content; empty where there is none, or none that is text.

    Raises:
        BadEntry: the content is not the base64 that it says to be.
    """
    if attachment is None or not attachment.data:
        return ""
    return readable(bytes_of(attachment.data), attachment.content_type or "")


def readable(raw: bytes, content_type: str) -> str:
    """Plain text of plain text, HTML or XML such as C-CDA; other kinds are named, as they can't be shown here."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in MARKED_UP or kind.endswith("+xml"):
        return plain(text_of_markup(letters(raw, content_type), html=kind in HTML), lines=True)
    if kind.startswith("text/") or not kind:
        return plain(letters(raw, content_type).replace("\r\n", "\n").replace("\r", "\n"), lines=True)
    return f"[{one_line(kind)}, {len(raw)} bytes: not text]"


def letters(raw: bytes, content_type: str) -> str:
    """The characters of a text in the charset that it says; where it says none, or another than it is in, in UTF-8."""
    for charset in _charsets(raw, content_type):
        try:
            return raw.decode(charset)
        except (LookupError, ValueError):
            continue
    return raw.decode(_WESTERN, "replace")


def _charsets(raw: bytes, content_type: str) -> Iterator[str]:
    """What a text may be in: what its first bytes are, what is said of it, what it says itself."""
    yield from (charset for mark, charset in _MARKS if raw.startswith(mark))
    said = _CHARSET.search(content_type)
    if said:
        yield _known(said[1])
    declared = _DECLARED.search(raw[:_HEAD])
    if declared and raw.lstrip()[:1] == b"<":
        yield _known(declared[1].decode("ascii", "replace"))
    yield "utf-8"


def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if name in _SLOW else _MEANT.get(name, name)
