"""What was read online, read again without the network: answers are kept as they come, and given again by name."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from genesis_tui.api_client.http.client import Request, Response
from genesis_tui.api_client.http.patient_scope import whose

_PATIENT = "/patients/"
_DOCUMENTS = ("/.well-known/smart-configuration", "/metadata")
Find = Callable[[str], tuple[bytes, str] | None]


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """An answer that may be kept: its name, whose it is (a patient's id, or nobody's), media type and body."""

    name: str
    patient: str
    kind: str
    body: bytes


def telling(keep: Callable[[CachedResponse], None]) -> Callable[[Request, Response], None]:
    """What `HttpClient.heard` is to be, so that `keep` is told what may be kept."""

    def hear(ask: Request, answer: Response) -> None:
        found = heard(ask, answer)
        if found is not None:
            keep(found)

    return hear


def heard(ask: Request, answer: Response) -> CachedResponse | None:
    """What to keep of an answer: whole reads that succeeded. What asks for changes alone is not kept."""
    public = ask.url.endswith(_DOCUMENTS)
    if ask.method != "GET" or answer.status != 200 or not (ask.token or public):
        return None
    if any(name == "_lastUpdated" for name, _ in ask.params):
        return None
    url = str(httpx.Request("GET", ask.url, params=ask.params or None).url)
    return CachedResponse(name_of(url), _patient_of(url), answer.kind, answer.body)


def name_of(url: str) -> str:
    """Path and parameters, in an order of their own: the server's address is not part of it."""
    parts = urlsplit(url)
    return f"{parts.path}?{urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))}"


def _patient_of(url: str) -> str:
    path = urlsplit(url).path
    named = path.partition(_PATIENT)[2].partition("/")[0] if _PATIENT in path else ""
    return named or whose.get()


class OfflineTransport(httpx.AsyncBaseTransport):
    """Gives what was kept; anything else can't be reached."""

    def __init__(self, find: Find) -> None:
        """`find` gives body and media type by name."""
        self._find = find

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        kept = self._find(name_of(str(request.url))) if request.method == "GET" else None
        if kept is None:
            raise httpx.ConnectError("it is not among what was kept for reading offline", request=request)
        body, kind = kept
        return httpx.Response(200, content=body, headers={"Content-Type": kind}, request=request)
