"""Files with messages: kinds, sizes, names, cut-off uploads, and who may read them (MSG-6, FAM-8)."""

import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.portal.writing import message, post, refusal, sent, upload, uploaded, whole
from tests.small_world import CHILD, DAY, SPONSOR, STRANGER, client_of, token_for

MIB = 1024**2
PNG, PDF, GIF = b"\x89PNG\r\n\x1a\n" + b"\0" * 20, b"%PDF-1.7\n", b"GIF89a" + b"\0" * 20
JPG, RTF, OLE = b"\xff\xd8\xff\xe0" + b"\0" * 20, b"{\\rtf1 hello}", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 20


def office(folder: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(f"{folder}/document.xml", "<w/>")
    return buffer.getvalue()


GOOD = {
    "a.pdf": PDF,
    "a.png": PNG,
    "a.jpg": JPG,
    "a.JPEG": JPG,
    "a.gif": GIF,
    "a.txt": "Grüße\n".encode(),
    "latin.txt": "Grüße\n".encode("latin-1"),
    "a.rtf": RTF,
    "a.doc": OLE,
    "a.xls": OLE,
    "a.docx": office("word"),
    "a.xlsx": office("xl"),
}
BAD = {
    "a.exe": b"MZ\x90\0",
    "a.html": b"<html>",
    "noending": b"words",
    "a.svg": b"<svg/>",
    "a.zip": office("word"),
    "a.pdf": PNG,
    "a.png": b"MZ\x90\0",
    "a.jpg": GIF,
    "a.gif": b"GIF80a",
    "a.txt": PDF,
    "nul.txt": b"a\0b",
    "a.docx": office("xl"),
    "a.xlsx": office("word"),
    "a.doc": PDF,
    "a.rtf": b"hello",
}


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize("name", GOOD)
async def test_a_file_of_a_kind_that_is_taken_comes_back_as_it_was(parent: httpx.AsyncClient, name: str) -> None:
    id = await uploaded(parent, name, GOOD[name])
    told = await sent(parent, message(attachments=[id]))
    [letter] = (await whole(parent, told["thread"]))["messages"]
    [file] = letter["files"]
    assert (file["name"], file["size"]) == (name, len(GOOD[name]))
    answer = await parent.get(f"/portal/v1/attachments/{id}")
    assert answer.content == GOOD[name]
    assert answer.headers["content-type"].startswith(file["content_type"])
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize("name", BAD)
async def test_other_and_mislabelled_files_are_refused_by_name(parent: httpx.AsyncClient, name: str) -> None:
    answer = await upload(parent, name, BAD[name])
    assert refusal(answer) == (422, "MSG-6", "attachment-type")
    assert name in answer.json()["title"]


@pytest.mark.rule("MSG-6")
async def test_an_empty_file_is_refused(parent: httpx.AsyncClient) -> None:
    assert refusal(await upload(parent, "a.txt", b"")) == (422, "MSG-6", "attachment-empty")


async def chunks(size: int) -> AsyncIterator[bytes]:
    """No length is said beforehand."""
    for start in range(0, size, 65_536):
        yield b"x" * min(65_536, size - start)


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("size", "taken"), [(6 * MIB - 1, True), (6 * MIB, True), (6 * MIB + 1, False)])
async def test_a_file_is_at_most_6_mib(parent: httpx.AsyncClient, size: int, taken: bool, streamed: bool) -> None:
    answer = await upload(parent, "a.txt", chunks(size) if streamed else b"x" * size)
    assert answer.status_code == (200 if taken else 422)
    assert taken or refusal(answer) == (422, "MSG-6", "attachment-size")


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize(("last", "taken"), [(4 * MIB, True), (4 * MIB + 1, False)])
async def test_files_are_at_most_10_mib_together(parent: httpx.AsyncClient, last: int, taken: bool) -> None:
    ids = [await uploaded(parent, "a.txt", b"a" * 6 * MIB), await uploaded(parent, "b.txt", b"b" * last)]
    answer = await post(parent, "messages", message(attachments=ids))
    assert answer.status_code == (201 if taken else 422)
    assert taken or refusal(answer)[2] == "attachment-size"


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize(("count", "taken"), [(4, True), (5, False)])
async def test_a_message_takes_four_files(parent: httpx.AsyncClient, count: int, taken: bool) -> None:
    ids = [await uploaded(parent, f"{n}.txt", f"file {n}".encode()) for n in range(count)]
    answer = await post(parent, "messages", message(attachments=ids))
    assert answer.status_code == (201 if taken else 422)
    assert taken or refusal(answer)[2] == "attachment-count"


@pytest.mark.rule("MSG-6")
async def test_the_same_file_twice_is_refused_by_both_names(parent: httpx.AsyncClient) -> None:
    ids = [await uploaded(parent, name, b"the same") for name in ("a.txt", "b.txt")]
    answer = await post(parent, "messages", message(attachments=ids))
    assert refusal(answer)[2] == "attachment-duplicate"
    assert all(name in answer.json()["title"] for name in ("a.txt", "b.txt"))


@pytest.mark.rule("MSG-6")
async def test_an_upload_that_is_cut_off_leaves_nothing(small: Mock, parent: httpx.AsyncClient) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"x" * 1000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await upload(parent, "a.txt", breaking())
    with small.database.begin() as conn:
        rows = conn.exec_driver_sql("SELECT count(*) FROM attachment").scalar_one()
        bodies = conn.exec_driver_sql("SELECT count(*) FROM content").scalar_one()
    assert (rows, bodies) == (0, 0)


@pytest.mark.rule("MSG-12")
async def test_the_same_upload_again_changes_nothing(small: Mock, parent: httpx.AsyncClient) -> None:
    id = await uploaded(parent, "a.txt", b"words")
    assert (await upload(parent, "a.txt", b"words", id=id)).status_code == 200
    await sent(parent, message(attachments=[id]))
    again = await upload(parent, "a.txt", b"other words", id=id)
    assert refusal(again) == (409, "MSG-8", "sent-is-final")
    assert (await parent.get(f"/portal/v1/attachments/{id}")).content == b"words"


@pytest.mark.parametrize("name", ["", "%00", "..", "a%0Ab.txt", "x" * 201])
async def test_a_file_needs_a_name_that_can_be_shown(parent: httpx.AsyncClient, name: str) -> None:
    assert refusal(await upload(parent, name, b"words"))[2] == "invalid"


async def test_only_the_last_part_of_a_name_is_kept(parent: httpx.AsyncClient) -> None:
    for name in ("..%2F..%2Fetc%2Fa.txt", "C%3A%5Ca.txt"):
        assert (await upload(parent, name, b"words")).json()["name"] == "a.txt"


@pytest.mark.rule("FAM-8")
async def test_a_file_answers_only_whoever_sees_its_message(
    small: Mock, parent: httpx.AsyncClient, other_parent: httpx.AsyncClient
) -> None:
    id = await uploaded(parent, "a.txt", b"words")
    unknown = (await other_parent.get("/portal/v1/attachments/nothing")).json()["title"]
    before = await other_parent.get(f"/portal/v1/attachments/{id}")
    assert (before.status_code, before.json()["title"]) == (404, unknown), "not sent yet: its owner's alone"
    stolen = await post(other_parent, "messages", message(attachments=[id]))
    assert refusal(stolen)[2] == "invalid", "nobody sends another's file"
    await sent(parent, message(attachments=[id]))
    assert (await other_parent.get(f"/portal/v1/attachments/{id}")).content == b"words"
    async with client_of(small, token_for(small, STRANGER)) as stranger:
        answer = await stranger.get(f"/portal/v1/attachments/{id}")
    assert (answer.status_code, answer.json()["title"]) == (404, unknown)


async def test_a_file_for_one_patient_goes_with_no_message_about_another(parent: httpx.AsyncClient) -> None:
    id = await uploaded(parent, "a.txt", b"words")
    assert refusal(await post(parent, "messages", message(SPONSOR, attachments=[id])))[2] == "invalid"


async def test_what_was_never_sent_goes_after_a_week(small: Mock, parent: httpx.AsyncClient) -> None:
    ids = [await uploaded(parent, f"{n}.txt", f"file {n}".encode()) for n in range(2)]
    draft: dict[str, Any] = {"patient": CHILD, "attachments": [ids[0]]}
    await parent.put(f"/portal/v1/drafts/{ids[0]}", json=draft)
    small.clock.set(small.clock.now() + 8 * DAY)
    async with client_of(small, token_for(small, SPONSOR)) as client:
        await uploaded(client, "new.txt", b"new")
        statuses = [(await client.get(f"/portal/v1/attachments/{id}")).status_code for id in ids]
    assert statuses == [200, 404]
