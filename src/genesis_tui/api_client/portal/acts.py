"""What became of an act, by its idempotency key (WIRE: `GET requests/{key}`)."""

from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from genesis_tui.api_client.portal.client import PortalClient
from genesis_tui.api_client.portal.decoding import Decodes, PortalJson
from genesis_tui.models.base.errors import ApiError, BadAnswer, Refused
from genesis_tui.sanitize import one_line

T = TypeVar("T")
DONE, IN_FLIGHT = "done", "in-flight"


class OutcomeJson(PortalJson, frozen=True):
    """`GET requests/{key}`."""

    state: str
    status: int = 0
    answer: dict[str, Any] | None = None


class Nothing:
    """An act that is answered by nothing but that it is done."""

    @staticmethod
    def decoded(tree: Any) -> bool:
        """True, whatever is said."""
        return True


async def became_of(client: PortalClient, key: str, kind: Decodes[T]) -> T | None:
    """What became of an act under its key; None where the server never got it.

    Raises:
        Refused: the server refused the act, with its words; reason `in-flight` while it is being done.
        ApiError: it did not say; whatever else keeps an answer from being given is no word on the act.
    """
    try:
        found = await client.get(OutcomeJson, f"requests/{quote(key, safe='')}")
    except Refused as refused:
        if refused.status == 404:
            return None
        raise _untold(refused) from None
    if found.state != DONE:
        raise Refused("It is still being done.", reason=IN_FLIGHT)
    if found.status >= 400:
        raise _refusal(found.answer or {}, found.status)
    try:
        return kind.decoded(found.answer)
    except msgspec.ValidationError:
        raise BadAnswer(next="The server is asked again by itself.") from None


def _untold(refused: Refused) -> ApiError:
    """The server did not answer the question; that is no refusal of the act that was asked about."""
    return ApiError(
        "The server did not say whether it arrived.",
        detail=refused.title,
        next=refused.next,
        reason="not-told",
        request_id=refused.request_id,
    )


def _refusal(words: dict[str, Any], status: int) -> Refused:
    said = {name: one_line(str(words.get(name) or ""))[:600] for name in ("title", "next", "rule", "reason")}
    refused = Refused(said["title"], next=said["next"], rule=said["rule"], reason=said["reason"])
    refused.status, refused.members = status, words
    return refused
