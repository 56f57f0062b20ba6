"""The files of the world: whole as PDF and PNG, the same every time, and as open as the note or report they go with."""

import re
import zlib
from base64 import b64decode
from typing import Any

import pytest

from genesis_tui.mock_backend.world.build import Resource, World
from genesis_tui.mock_backend.world.record.files import key_image, one_page
from tests.world.reading import of


def files(world: World) -> list[Resource]:
    kinds = ("application/pdf", "image/png")
    return [r for r in world.resources if r.body["resourceType"] == "Binary" and r.body["contentType"] in kinds]


def attachments(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [*(c["attachment"] for c in body.get("content", ())), *body.get("presentedForm", ())]


@pytest.mark.parametrize(
    ("who", "kind", "title", "content_type"),
    [
        ("Daniel", "DocumentReference", "After-visit summary", "application/pdf"),
        ("Daniel", "DiagnosticReport", "Key image, left knee", "image/png"),
        ("Maya", "DocumentReference", "School medication form", "application/pdf"),
    ],
)
def test_notes_and_reports_come_with_files(world: World, who: str, kind: str, title: str, content_type: str) -> None:
    (owner,) = [r for r in of(world, who, "Reyes", kind) if any(a["title"] == title for a in attachments(r.body))]
    first, paper = attachments(owner.body)
    (binary,) = [r for r in files(world) if f"Binary/{r.body['id']}" == paper["url"]]
    assert first["contentType"].startswith("text/plain")
    assert (paper["contentType"], binary.body["contentType"]) == (content_type, content_type)
    assert paper["size"] == len(b64decode(binary.body["data"]))
    assert binary.body["securityContext"] == owner.body["subject"]
    facts = [(r.patient_id, r.final_at, r.reviewed_at, r.sensitive) for r in (owner, binary)]
    assert facts[0] == facts[1]


def test_a_page_is_found_by_its_table() -> None:
    page = one_page("Titles (and such)", "One\\two\n\nThree")
    start = int(page.rsplit(b"startxref\n", 1)[1].split()[0])
    assert page[start:].startswith(b"xref\n0 8\n")
    offsets = [int(found) for found in re.findall(rb"(\d{10}) 00000 n \n", page[start:])]
    assert [page[at:].split(b" obj", 1)[0] for at in offsets] == [b"%d 0" % n for n in range(1, 8)]
    assert int(re.search(rb"/Length (\d+)", page)[1]) == len(page.split(b"stream\n", 1)[1].split(b"\nendstream")[0])  # type: ignore[index]
    assert rb"(Titles \(and such\)) Tj" in page
    assert rb"(One\\two) Tj" in page


@pytest.mark.parametrize("text", ["a line\n" * 60, "\u4e2d"])
def test_what_a_page_can_t_hold_fails_the_build(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - too long and not in the font are both one
        one_page("Title", text)


def test_a_picture_is_a_whole_png() -> None:
    content = key_image()
    assert content == key_image()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    at, kinds = 8, []
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        assert int.from_bytes(content[at + 8 + size : at + 12 + size], "big") == zlib.crc32(kind + body)
        kinds.append(kind)
        at += 12 + size
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]
    assert len(zlib.decompress(content.split(b"IDAT", 1)[1][: -4 - 12])) == 64 * 65
