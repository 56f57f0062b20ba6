"""What a server packs is unpacked as far as the client's limit and no further, however small it came over the wire."""

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache

import pytest

from genesis_tui.api_client.http import body
from genesis_tui.api_client.http.client import HttpClient, Request, Response
from genesis_tui.models.base.errors import ApiError, BadAnswer

MIB = 1024 * 1024
ZEROS = bytes(MIB)
TOO_LARGE = "The server's answer is larger than it may be."
UNREADABLE = "The server's answer can't be unpacked."
Ask = Callable[[], Awaitable[Response]]


@cache
def packed(mebibytes: int) -> bytes:
    """So many of nothing but zeros."""
    squeeze = zlib.compressobj(9, wbits=31)
    return b"".join(squeeze.compress(ZEROS) for _ in range(mebibytes)) + squeeze.flush()


@asynccontextmanager
async def answering(content: bytes, *encodings: str) -> AsyncIterator[Ask]:
    """A server on this computer that answers this, whatever it is asked; gives how to ask it."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        named = "".join(f"Content-Encoding: {one}\r\n" for one in encodings)
        writer.write(f"HTTP/1.1 200 OK\r\n{named}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        writer.close()

    wire = await HttpClient.open()
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield lambda: wire.send(Request("GET", f"http://127.0.0.1:{port}/"))
        await wire.close()


async def peak_of(ask: Ask) -> tuple[int, str]:
    """Bytes that were held at most while it was asked for, and what it ended in."""
    tracemalloc.start()
    try:
        with pytest.raises(ApiError) as caught:
            await ask()
        return tracemalloc.get_traced_memory()[1], caught.value.title
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("layers", "encodings"),
    [(1, ["gzip"]), (2, ["gzip, gzip"]), (2, ["gzip", "gzip"]), (2, ["identity, gzip,gzip"]), (2, ["GZIP,\tx-gzip"])],
)
async def test_a_bomb_takes_no_more_memory_than_an_answer_may(
    monkeypatch: pytest.MonkeyPatch, layers: int, encodings: list[str]
) -> None:
    monkeypatch.setattr(body, "LARGEST", MIB)
    bomb = packed(24)
    for _ in range(layers - 1):
        bomb = gzip.compress(bomb)
    async with answering(bomb, *encodings) as ask:
        peak, title = await peak_of(ask)
    assert peak < 4 * MIB
    assert title == (TOO_LARGE if layers == 1 else UNREADABLE)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (gzip.compress(b"{}"), "gzip, br"),
        (zlib.compress(b"{}"), "deflate"),
        (b"{}", "br"),
        (b"{}", "zstd"),
        (b"{}", "gzip"),
        (gzip.compress(b"{}")[:-9], "gzip"),
        (gzip.compress(b"{}") + b"more", "gzip"),
        (gzip.compress(b"{}") * 2, "gzip"),
    ],
    ids=["one more", "deflate", "br", "zstd", "not packed", "cut", "more after it", "two"],
)
async def test_what_was_not_asked_for_or_is_not_whole_is_refused(content: bytes, encoding: str) -> None:
    async with answering(content, encoding) as ask:
        with pytest.raises(BadAnswer) as caught:
            await ask()
    assert caught.value.title == UNREADABLE


async def test_an_answer_packed_once_is_read() -> None:
    for encodings in (["gzip"], ["X-GZIP"], ["identity", "gzip"]):
        async with answering(gzip.compress(b'{"a": 1}'), *encodings) as ask:
            assert (await ask()).body == b'{"a": 1}'
    for encodings in ([], ["identity"], [""]):
        async with answering(b"{}", *encodings) as ask:
            assert (await ask()).body == b"{}"


async def test_what_is_packed_may_unpack_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "LARGEST", 100_000)
    for size, fits in ((99_999, True), (100_000, True), (100_001, False)):
        async with answering(gzip.compress(bytes(size)), "gzip") as ask:
            if fits:
                assert len((await ask()).body) == size
            else:
                with pytest.raises(BadAnswer) as caught:
                    await ask()
                assert caught.value.title == TOO_LARGE


async def test_what_is_packed_in_nothing_at_all_is_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "LARGEST", 1000)
    squeeze = zlib.compressobj(wbits=31)
    empty = b"".join(squeeze.flush(zlib.Z_SYNC_FLUSH) for _ in range(400)) + squeeze.flush()
    many = empty[:10] + b"\x00\x00\x00\xff\xff" * 400 + empty[-10:]
    async with answering(many, "gzip") as ask:
        with pytest.raises(BadAnswer) as caught:
            await ask()
    assert caught.value.title == TOO_LARGE
