"""What reports and notes point to: Binaries of their texts, and of the files that come with them."""

from base64 import b64encode
from datetime import datetime
from typing import NamedTuple

from genesis_tui.mock_backend.world.authored.records import File
from genesis_tui.mock_backend.world.base.builder import Chart
from genesis_tui.mock_backend.world.base.elements import meta, stamp
from genesis_tui.mock_backend.world.base.world import Json
from genesis_tui.mock_backend.world.record.files import one_page
from genesis_tui.mock_backend.world.record.picture import key_image
from genesis_tui.mock_backend.world.record.prose import written


class Release(NamedTuple):
    """When a report or note became final, when it was reviewed, and whether it is sensitive: its files are alike."""

    final_at: datetime
    reviewed_at: datetime | None
    sensitive: bool = False


def filed(chart: Chart, content: bytes, content_type: str, title: str, release: Release) -> Json:
    """Files a Binary; the attachment that points to it."""
    identity = chart.book.new_id("Binary")
    binary = {
        "resourceType": "Binary",
        "id": identity,
        **meta(sensitive=release.sensitive),
        "contentType": content_type,
        "securityContext": chart.subject,
        "data": b64encode(content).decode(),
    }
    chart.put(binary, sensitive=release.sensitive, final_at=release.final_at, reviewed_at=release.reviewed_at)
    return {
        "contentType": content_type,
        "url": f"Binary/{identity}",
        "size": len(content),
        "title": title,
        "creation": stamp(release.final_at),
    }


def files(chart: Chart, stories: list[File], moment: datetime, release: Release) -> list[Json]:
    """The attachments of files about what happened at `moment`."""
    found: list[Json] = []
    for story in stories:
        if story.text:
            page = one_page(story.title, written(story.text, chart, moment))
            found.append(filed(chart, page, "application/pdf", story.title, release))
        else:
            found.append(filed(chart, key_image(), "image/png", story.title, release))
    return found
