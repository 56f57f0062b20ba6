"""P8 in Inbox: searching 100,000 conversations on the server, and filtering as many as one types."""

import sqlite3
import time
from collections.abc import Iterator

import httpx

from bench.conversations import COMMON, RARE, Conversations
from bench.figure import Row, milliseconds, quantile
from bench.inbox import FEW, MANY, inbox, mock_of, server_of, shown

_TIMES = 40
_ASKED = (RARE, COMMON, COMMON[:3], "b", "ma oka", "daniel", f"{COMMON} {RARE}", "no-such-word")


def _over_http(threads: int) -> tuple[list[float], list[float]]:
    """Searches, and first pages of the folder with all counts."""
    made = mock_of(threads)
    with server_of(threads) as server:
        token = server.token(made.username, made.password)
        with httpx.Client(base_url=server.url, headers={"authorization": f"Bearer {token}"}) as client:
            searches = [_search(client, made, words) for _ in range(_TIMES) for words in _ASKED]
            url = f"/portal/v1/patients/{made.patient}/threads"
            return searches, [_took(client.build_request("GET", url), client) for _ in range(_TIMES)]


def _search(client: httpx.Client, made: Conversations, words: str) -> float:
    asked = {"patient": made.patient, "words": words}
    return _took(client.build_request("POST", "/portal/v1/threads/search", json=asked), client)


def _took(request: httpx.Request, client: httpx.Client) -> float:
    start = time.perf_counter()
    client.send(request).raise_for_status()
    return time.perf_counter() - start


def _bare(threads: int) -> list[float]:
    """The peer: the same words asked of FTS5 alone, one connection, the newest 51 rows."""
    conn = sqlite3.connect(mock_of(threads).url.removeprefix("sqlite:///"))
    times = []
    for _ in range(_TIMES):
        for words in _ASKED:
            asked = " AND ".join(f'"{word}"*' for word in words.replace("-", " ").split())
            start = time.perf_counter()
            query = "SELECT rowid FROM document_words WHERE document_words MATCH ? ORDER BY rowid DESC LIMIT 51"
            conn.execute(query, (asked,)).fetchall()
            times.append(time.perf_counter() - start)
    conn.close()
    return times


def _in_the_app(threads: int) -> list[float]:
    """`enter` to the rows that the server found."""
    times = []
    with inbox(threads) as terminal:
        for word in (RARE, COMMON, "dan") * 5:
            terminal.press("/")
            terminal.settle(0.3)
            terminal.type(word)
            terminal.settle(0.3)
            times.append(shown(terminal, "enter", "found"))
            terminal.settle(0.3)
            terminal.press("escape")
            terminal.settle(0.3)
    return times


def _filtering(held: int) -> tuple[list[float], list[float]]:
    """Letters typed into the filter: to the first byte, and to the last one."""
    first, whole = [], []
    with inbox(MANY, held=held) as terminal:
        terminal.press("/")
        terminal.settle(0.3)
        for letter in ("ba", "gu", "zi", "re") * 5:
            for key in (*letter, "backspace", "backspace"):
                start = time.perf_counter()
                first.append(terminal.first_byte(key))
                seen = time.perf_counter()
                while terminal.read(0.4):
                    seen = time.perf_counter()
                whole.append(seen - start)
    return first, whole


def _substring() -> list[float]:
    """The peer: `in` over as many texts, casefolded before."""
    texts = [f"baguhagu renudi liliha {number}\nmaya okafor\nother" for number in range(MANY)]
    times = []
    for letter in ("ba", "gu", "zi", "re") * 5:
        start = time.perf_counter()
        found = [text for text in texts if letter in text]
        times.append(time.perf_counter() - start)
        del found
    return times


def measure() -> Iterator[Row]:
    """On the server, in the app on that server, then among the rows that are held."""
    searches, pages = _over_http(MANY)
    fewer, _ = _over_http(FEW)
    p50, p95, bare = quantile(searches, 0.5), quantile(searches, 0.95), quantile(_bare(MANY), 0.95)
    beside = f"{p95 / bare:.2f} x bare FTS5, {p50 / quantile(fewer, 0.5):.2f} x 1,000"
    yield Row("P8", "search of 100,000 conversations over HTTP, p50", "-", milliseconds(p50), True)
    yield Row("P8", "the same, p95", "<= 30 ms", milliseconds(p95), p95 <= 0.030, beside)
    page = quantile(pages, 0.95)
    yield Row("P8", "first page of the folder with counts, p95", "<= 50 ms", milliseconds(page), page <= 0.050)
    app = _in_the_app(MANY)
    p95 = quantile(app, 0.95)
    yield Row(
        "P8",
        "search in the app, enter to rows, p95",
        "-",
        milliseconds(p95),
        True,
        f"p50 {milliseconds(quantile(app, 0.5))}",
    )
    first, whole = _filtering(MANY)
    p95, peer = quantile(first, 0.95), quantile(_substring(), 0.95)
    beside = f"{p95 / peer:.2f} x `in` on casefolded text"
    yield Row(
        "P8", "filter 100,000 rows as one types, first byte, p95", "<= 50 ms", milliseconds(p95), p95 <= 0.050, beside
    )
    p95 = quantile(whole, 0.95)
    few = quantile(_filtering(FEW)[1], 0.95)
    yield Row("P8", "the same, last byte, p95", "-", milliseconds(p95), True, f"{p95 / few:.2f} x 1,000 rows")
