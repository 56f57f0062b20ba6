"""Uploads over a socket that break off or lie about their length: nothing is kept, and the server goes on (MSG-6).

Raw sockets, as no HTTP client sends what these do.
"""

import json
import socket
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.server import Server, serving
from bench.soak.writer import SPONSOR

MIB = 1024**2
TEXT = b"words of a patient\n" * (MIB // 19 + 1)
PATIENT = "12742301"
"""The sponsor's own id."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that is to be uploaded by the sponsor."""

    server: Server
    database: Path
    token: str
    id: str

    def head(self, method: str, path: str, *headers: str) -> bytes:
        """A request up to its body."""
        lines = (
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.server.port}",
            f"Authorization: Bearer {self.token}",
            *headers,
        )
        return "\r\n".join((*lines, "", "")).encode()

    def put(self, *headers: str) -> bytes:
        """The head of the upload."""
        named = "Content-Disposition: attachment; filename=notes.txt"
        return self.head("PUT", f"/portal/v1/patients/{PATIENT}/attachments/{self.id}", named, *headers)

    def connected(self) -> socket.socket:
        """A connection to the server."""
        return socket.create_connection(("127.0.0.1", self.server.port), timeout=10)

    def asked(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to a request on a connection of its own."""
        with self.connected() as link:
            link.sendall(request)
            return answer(link)

    def status(self) -> int:
        """What the server says when the file is asked for."""
        return self.asked(self.head("GET", f"/portal/v1/attachments/{self.id}"))[0]

    def kept(self) -> tuple[int, int]:
        """Rows of the tables of files, and of what is in files."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            files = connection.execute("SELECT count(*) FROM attachment WHERE id = ?", (self.id,)).fetchone()[0]
            return files, connection.execute("SELECT count(*) FROM content").fetchone()[0]


def answer(link: socket.socket) -> tuple[int, bytes]:
    """Status and body; status 0 where the server closes without a word."""
    got = b""
    while b"\r\n\r\n" not in got:
        part = link.recv(1 << 16)
        if not part:
            return 0, got
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length and (part := link.recv(1 << 16)):
        body += part
    return int(head.split()[1]), body


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, str]]:
    """A mock process, the file of its database, and a token of the sponsor."""
    database = tmp_path_factory.mktemp("mock") / "mock.db"
    with serving("--db", f"sqlite:///{database}") as server:
        yield server, database, server.token(*SPONSOR)


@pytest.fixture
def upload(served: tuple[Server, Path, str]) -> Upload:
    return Upload(*served, str(uuid.uuid4()))


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize("part", [0, 1, MIB // 2, MIB - 1])
def test_an_upload_that_is_cut_off_leaves_nothing(upload: Upload, part: int) -> None:
    before = upload.kept()
    with upload.connected() as link:
        link.sendall(upload.put(f"Content-Length: {MIB}") + TEXT[:part])
        time.sleep(0.05)
    assert upload.status() == 404
    assert upload.kept() == before
    assert upload.asked(upload.put(f"Content-Length: {MIB}") + TEXT[:MIB])[0] == 200, "it can be sent again, whole"
    assert upload.status() == 200
    assert upload.kept()[0] == 1


@pytest.mark.rule("MSG-6")
def test_a_reset_connection_leaves_nothing(upload: Upload) -> None:
    before = upload.kept()
    link = upload.connected()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    link.sendall(upload.put(f"Content-Length: {MIB}") + TEXT[: MIB // 2])
    link.close()
    assert upload.status() == 404
    assert upload.kept() == before


@pytest.mark.rule("MSG-6")
def test_chunks_are_refused_before_all_of_them_have_come(upload: Upload) -> None:
    before, chunk, sent = upload.kept(), b"%x\r\n%s\r\n" % (1 << 16, TEXT[: 1 << 16]), 0
    with upload.connected() as link:
        link.sendall(upload.put("Transfer-Encoding: chunked"))
        try:
            while sent < 7 * MIB:
                link.sendall(chunk)
                sent += 1 << 16
        except ConnectionError:
            assert sent > 6 * MIB, "it is refused only once it is too large"
        else:
            status, body = answer(link)
            assert (status, json.loads(body)["reason"]) == (422, "attachment-size")
    assert upload.status() == 404
    assert upload.kept() == before


@pytest.mark.rule("MSG-6")
def test_what_says_that_it_is_too_large_is_refused_unread(upload: Upload) -> None:
    before = upload.kept()
    status, body = upload.asked(upload.put(f"Content-Length: {7 * MIB}"))
    assert (status, json.loads(body)["reason"]) == (422, "attachment-size")
    assert upload.kept() == before


@pytest.mark.rule("MSG-6")
@pytest.mark.parametrize("length", ["-1", "a", "1, 2", "99999999999999999999999", "0x10", "+5"])
def test_a_length_that_is_none_keeps_nothing(upload: Upload, length: str) -> None:
    before = upload.kept()
    assert upload.asked(upload.put(f"Content-Length: {length}") + b"words")[0] in (0, 400, 413, 422)
    assert upload.status() == 404
    assert upload.kept() == before


@pytest.mark.rule("MSG-6")
def test_two_lengths_keep_nothing(upload: Upload) -> None:
    before = upload.kept()
    assert upload.asked(upload.put("Content-Length: 5", "Content-Length: 6") + b"words!")[0] in (0, 400)
    assert upload.status() == 404
    assert upload.kept() == before


@pytest.mark.rule("MSG-6")
def test_more_than_was_said_is_not_part_of_the_file(upload: Upload) -> None:
    assert upload.asked(upload.put("Content-Length: 5") + b"words and more")[0] in (200, 400)
    status, body = upload.asked(upload.head("GET", f"/portal/v1/attachments/{upload.id}"))
    assert status == 404 or (status, body) == (200, b"words")


@pytest.mark.rule("MSG-6")
def test_nobody_waits_for_those_that_do_not_go_on(upload: Upload) -> None:
    before = upload.kept()
    stuck = [upload.connected() for _ in range(20)]
    for link in stuck:
        link.sendall(upload.put(f"Content-Length: {MIB}") + TEXT[: MIB // 2])
    began = time.monotonic()
    assert upload.status() == 404
    assert time.monotonic() - began < 5
    for link in stuck:
        link.close()
    assert upload.status() == 404
    assert upload.kept() == before
