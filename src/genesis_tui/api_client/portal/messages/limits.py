"""What a message may hold, as the portal's session says it (MSG-3, MSG-4, MSG-6)."""

from typing import Any

from genesis_tui.api_client.portal.decoding import PortalJson, Text, Words, each
from genesis_tui.models.messages.drafts import FileKind, MessageLimits


class FileKindJson(PortalJson):
    """MSG-6: a kind of file."""

    endings: tuple[Words, ...]
    content_type: Text = ""
    starts: tuple[str, ...] = ()


class CategoryJson(PortalJson):
    """MSG-4."""

    code: Words
    title: Words


class EmergencyJson(PortalJson):
    """MSG-3."""

    notice: Words
    words: tuple[Words, ...] = ()
    lines: tuple[Words, ...] = ()


class MessageLimitsJson(PortalJson):
    """What a message may hold."""

    subject_characters: int
    body_characters: int
    files: int
    file_bytes: int
    files_bytes: int
    kinds: tuple[FileKindJson, ...] = ()
    categories: tuple[CategoryJson, ...] = ()
    emergency: EmergencyJson


def message_limits(said: Any) -> MessageLimits:
    """MSG-3, MSG-4, MSG-6; the usual ones where a server does not say."""
    for source in each(MessageLimitsJson, [said]):
        kinds = (FileKind(k.endings, k.content_type, tuple(map(_hex, k.starts))) for k in source.kinds)
        return MessageLimits(
            subject=source.subject_characters,
            body=source.body_characters,
            files=source.files,
            file_size=source.file_bytes,
            files_size=source.files_bytes,
            kinds=tuple(kinds),
            categories=tuple((c.code, c.title) for c in source.categories),
            notice=source.emergency.notice,
            emergency_words=source.emergency.words,
            emergency_lines=source.emergency.lines,
        )
    return MessageLimits()


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
