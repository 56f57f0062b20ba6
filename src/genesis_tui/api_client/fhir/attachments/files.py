"""The files of reports and documents: what they are called, which can be read here, and where they are to be had."""

from typing import TypeAlias

from genesis_tui.api_client.fhir.attachments.content import MARKED_UP, inlined, is_binary
from genesis_tui.api_client.fhir.paths import Tree, at
from genesis_tui.api_client.fhir.structs import FhirAttachment as Source
from genesis_tui.models.base.files import Attachment
from genesis_tui.sanitize import one_line, plain

Files: TypeAlias = tuple[tuple[Attachment, Source], ...]
"""Each attachment as a person sees it, with what it is fetched by."""

_UNREADABLE_TYPES = frozenset({"text/rtf", "text/calendar", "text/vcard"})
"""Text that is no reading matter."""


def attached(tree: Tree, key: str) -> Files:
    """The attachments of a DocumentReference."""
    return listed([_source(one) for one in at(tree, "content.attachment") if isinstance(one, dict)], key)


def listed(sources: list[Source], key: str) -> Files:
    """The attachments of the resource `key`, each with a place of its own."""
    return tuple((_shown(one, f"{key}#{n}"), one) for n, one in enumerate(sources))


def is_readable(source: Source) -> bool:
    """Whether it is text. What lies elsewhere and does not say what it is counts as a file."""
    kind = kind_of(source)
    if kind:
        return is_text(kind)
    return bool(source.data and not is_binary(source.data))


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
    return inlined(Source(content_type=kind, data=data, url=url, title=title, size=tree.get("size")))


def _word(source: Tree, name: str) -> str:
    value = source.get(name)
    return value if isinstance(value, str) else ""
