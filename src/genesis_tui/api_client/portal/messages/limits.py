"""What a message may hold, as the portal's session says it (MSG-3, MSG-4, MSG-6)."""

from typing import Annotated, Any

from genesis_tui.api_client.portal.decoding import Decoder, PortalJson, all_of
from genesis_tui.models.messages.drafts import FileKind, MessageLimits


def _hex(text: Any) -> Any:
    """How files of a kind begin, written in hexadecimal digits; with other characters every file begins so."""
    try:
        return bytes.fromhex(text) if isinstance(text, str) else text
    except ValueError:
        return b""


_KIND = Decoder(FileKind, absent={"content_type": ""}, read={"starts": all_of(_hex)})


class CategoryJson(PortalJson, frozen=True):
    """MSG-4."""

    code: str
    title: str


class EmergencyJson(PortalJson, frozen=True):
    """MSG-3."""

    notice: str
    words: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class MessageLimitsJson(PortalJson, frozen=True):
    """What a message may hold."""

    subject_characters: int
    body_characters: int
    files: int
    file_bytes: int
    files_bytes: int
    emergency: EmergencyJson
    kinds: Annotated[tuple[FileKind, ...], all_of(_KIND.decoded)] = ()
    categories: tuple[CategoryJson, ...] = ()

    def model(self) -> MessageLimits:
        """The same as the editor asks for it."""
        return MessageLimits(
            subject=self.subject_characters,
            body=self.body_characters,
            files=self.files,
            file_size=self.file_bytes,
            files_size=self.files_bytes,
            kinds=self.kinds,
            categories=tuple((one.code, one.title) for one in self.categories),
            notice=self.emergency.notice,
            emergency_words=self.emergency.words,
            emergency_lines=self.emergency.lines,
        )


def message_limits(told: Any) -> MessageLimits:
    """What the server tells; the usual ones where it does not."""
    return next((found.model() for found in MessageLimitsJson.each([told])), MessageLimits())
