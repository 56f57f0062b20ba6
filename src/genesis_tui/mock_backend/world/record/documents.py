"""What reports and notes point to: Binaries of their texts, and of the files that come with them."""

import re
from base64 import b64encode
from datetime import datetime
from typing import NamedTuple

from genesis_tui.mock_backend.world.authored import read
from genesis_tui.mock_backend.world.authored.records import AuthoredFile
from genesis_tui.mock_backend.world.base.builder import RecordBuilder
from genesis_tui.mock_backend.world.base.elements import meta, stamp
from genesis_tui.mock_backend.world.base.world import Json
from genesis_tui.mock_backend.world.record.files import key_image, one_page

_HOLDER = re.compile(r"\{([A-Za-z_]+)(?::([-+]?\d+))?\}")
_PRONOUNS = {
    "male": {"he": "he", "his": "his", "him": "him", "man": "man", "boy": "boy"},
    "female": {"he": "she", "his": "her", "him": "her", "man": "woman", "boy": "girl"},
}


class Release(NamedTuple):
    """When a report or note became final, when it was reviewed, and whether it is sensitive: its files are alike."""

    final_at: datetime
    reviewed_at: datetime | None
    sensitive: bool = False


def filed(record: RecordBuilder, content: bytes, content_type: str, title: str, release: Release) -> Json:
    """Files a Binary; the attachment that points to it."""
    identity = record.builder.new_id("Binary")
    binary = {
        "resourceType": "Binary",
        "id": identity,
        **meta(sensitive=release.sensitive),
        "contentType": content_type,
        "securityContext": record.subject,
        "data": b64encode(content).decode(),
    }
    record.put(binary, sensitive=release.sensitive, final_at=release.final_at, reviewed_at=release.reviewed_at)
    return {
        "contentType": content_type,
        "url": f"Binary/{identity}",
        "size": len(content),
        "title": title,
        "creation": stamp(release.final_at),
    }


def files(record: RecordBuilder, authored: list[AuthoredFile], moment: datetime, release: Release) -> list[Json]:
    """The attachments of files about what happened at `moment`."""
    found: list[Json] = []
    for file in authored:
        if file.text:
            page = one_page(file.title, written(file.text, record, moment))
            found.append(filed(record, page, "application/pdf", file.title, release))
        else:
            found.append(filed(record, key_image(), "image/png", file.title, release))
    return found


def written(name: str, record: RecordBuilder, moment: datetime, **values: object) -> str:
    """A text of `data/texts` about this person: `{age}`, `{he}`, `{his}`, `{name}`, `{day:-30}` and `values` filled in.

    Raises KeyError for a place-holder that nothing fills.
    """
    words = _PRONOUNS[record.person.sex]
    known = {**words, **{k.capitalize(): v.capitalize() for k, v in words.items()}, **values}
    known |= {"name": f"{record.person.given} {record.person.family}", "age": record.age(moment)}

    def fill(match: re.Match[str]) -> str:
        if match[1] == "day":
            return f"{record.at(int(match[2]), '12:00'):%-d %b %Y}"
        return str(known[match[1]])

    return _HOLDER.sub(fill, read.text(name))


def attachment(text: str, title: str, created: str) -> Json:
    """An attachment that holds its text inline."""
    content = b64encode(text.encode()).decode()
    return {"contentType": "text/plain; charset=utf-8", "data": content, "title": title, "creation": created}
