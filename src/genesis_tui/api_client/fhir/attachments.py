"""The files of reports and documents: what they are called, which can be read here, and where they are to be had."""

import binascii
from base64 import b64decode
from html.parser import HTMLParser
from typing import TypeAlias

from genesis_tui.api_client.fhir.paths import Tree, at
from genesis_tui.api_client.fhir.structs import FhirAttachment as Source
from genesis_tui.api_client.fhir.values import BadEntry
from genesis_tui.models.base.files import Attachment
from genesis_tui.sanitize import one_line, plain

Files: TypeAlias = tuple[tuple[Attachment, Source], ...]
"""Each attachment as a person sees it, with what it is fetched by."""

MARKED_UP = frozenset({"text/html", "application/xhtml+xml", "text/xml", "application/xml"})
"""Media types of which the words between the tags are what a person reads."""
_UNREADABLE_TYPES = frozenset({"text/rtf", "text/calendar", "text/vcard"})
"""Text that is no reading matter."""

_BLOCKS = frozenset(
    {
        "paragraph",
        "item",
        "title",
        "caption",
        "p",
        "br",
        "div",
        "tr",
        "li",
        "table",
        "ul",
        "ol",
        "section",
        "blockquote",
        "pre",
        "hr",
    }
)
_SILENT_TAGS = frozenset({"script", "style", "head", "template"})


def attached(tree: Tree, key: str) -> Files:
    """The attachments of a DocumentReference."""
    return listed([_source(one) for one in at(tree, "content.attachment") if isinstance(one, dict)], key)


def listed(sources: list[Source], key: str) -> Files:
    """The attachments of the resource `key`, each with a place of its own."""
    return tuple((_shown(one, f"{key}#{n}"), one) for n, one in enumerate(sources))


def files_of(sources: list[Source], key: str) -> Files:
    """Those of them that can't be read here."""
    return tuple(pair for pair in listed(sources, key) if not is_readable(pair[1]))


def is_readable(source: Source) -> bool:
    """Whether it is text. What lies elsewhere and does not say what it is counts as a file."""
    kind = kind_of(source)
    return is_text(kind) if kind else bool(source.data)


def is_text(content_type: str) -> bool:
    """Whether it can be read here."""
    known = content_type in MARKED_UP or content_type.startswith("text/") or content_type.endswith("+xml")
    return known and content_type not in _UNREADABLE_TYPES and content_type != "image/svg+xml"


def kind_of(source: Source) -> str:
    """The media type without parameters, in lower case."""
    return (source.content_type or "").partition(";")[0].strip().lower()


def _shown(source: Source, place: str) -> Attachment:
    kind = plain(kind_of(source))
    size = source.size
    return Attachment(
        title=one_line(source.title or ""),
        content_type=kind,
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        place=place,
        readable=is_text(kind),
    )


def _source(tree: Tree) -> Source:
    kind, data, url, title = (_word(tree, name) or None for name in ("contentType", "data", "url", "title"))
    return Source(content_type=kind, data=data, url=url, title=title, size=tree.get("size"))


def _word(source: Tree, name: str) -> str:
    value = source.get(name)
    return value if isinstance(value, str) else ""


def content_text(attachment: Source | None) -> str:
    """The text of inline content; empty where there is none, or none that is text.

    Raises:
        BadEntry: the content is not the base64 that it says to be.
    """
    if attachment is None or not attachment.data:
        return ""
    return readable(bytes_of(attachment.data), attachment.content_type or "")


def bytes_of(text: str) -> bytes:
    """Inline content as the bytes it stands for.

    Raises:
        BadEntry: it is not base64.
    """
    try:
        return b64decode(text, validate=False)
    except (binascii.Error, ValueError):
        raise BadEntry("content that is not base64") from None


def readable(raw: bytes, content_type: str) -> str:
    """Plain text of plain text, HTML or XML such as C-CDA; other kinds are named, as they can't be shown here."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in MARKED_UP or kind.endswith("+xml"):
        return plain(_without_tags(raw.decode("utf-8", "replace")), lines=True)
    if kind.startswith("text/") or not kind:
        return plain(raw.decode("utf-8", "replace"), lines=True)
    return f"[{one_line(kind)}, {len(raw)} bytes: not text]"


def _is_block(tag: str) -> bool:
    return tag in _BLOCKS or (len(tag) == 2 and tag[0] == "h" and tag[1].isdigit())


class _Words(HTMLParser):
    """Collects what a page says; scripts and styles are not said."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT_TAGS
        if _is_block(tag):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT_TAGS))
        if _is_block(tag) and tag not in ("br", "hr"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def _without_tags(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return "\n".join(line for n, line in enumerate(lines) if line or (n and lines[n - 1])).strip("\n")
