"""The files of a DocumentReference: what they are called, how large they are, and where they are to be had."""

from genesis_tui.api_client.fhir import structs
from genesis_tui.api_client.fhir.loose import Tree, at
from genesis_tui.api_client.fhir.papers import MARKED_UP
from genesis_tui.models.record import Attachment
from genesis_tui.text import one_line, plain

_UNREAD = frozenset({"text/rtf", "text/calendar", "text/vcard"})
"""Text that is no reading matter."""


def attached(tree: Tree, key: str) -> list[tuple[Attachment, structs.Attachment]]:
    """Each attachment as a person sees it, with what it is fetched by."""
    found = [one for one in at(tree, "content.attachment") if isinstance(one, dict)]
    return [(_shown(one, f"{key}#{n}"), _place(one)) for n, one in enumerate(found)]


def is_text(content_type: str) -> bool:
    """Whether it can be read here."""
    known = content_type in MARKED_UP or content_type.startswith("text/") or content_type.endswith("+xml")
    return known and content_type not in _UNREAD and content_type != "image/svg+xml"


def _shown(source: Tree, place: str) -> Attachment:
    kind = plain(_word(source, "contentType").partition(";")[0].strip().lower())
    size = source.get("size")
    return Attachment(
        title=one_line(_word(source, "title")),
        content_type=kind,
        size=size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        place=place,
        readable=is_text(kind),
    )


def _place(source: Tree) -> structs.Attachment:
    kind, data, url = (_word(source, name) or None for name in ("contentType", "data", "url"))
    return structs.Attachment(content_type=kind, data=data, url=url)


def _word(source: Tree, name: str) -> str:
    value = source.get(name)
    return value if isinstance(value, str) else ""
