"""Access that is given, answered, ended or asked for (FAM-5, FAM-12)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from genesis_tui.models.acts import Act
from genesis_tui.models.family import Access, Grant
from genesis_tui.session.acts.base.kind import ActKind
from genesis_tui.store.acts import act_in

if TYPE_CHECKING:
    from genesis_tui.api_client.portal.family import PortalFamily


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGrant(Act):
    """Access that is given to whom a user name means; `made` once it is."""

    kind: str = "grant"
    receiver: str
    scope: Access
    until: date | None = None
    made: Grant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantEnd(Act):
    """A grant that is ended."""

    kind: str = "end-grant"
    grant_id: str
    receiver: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantAnswer(Act):
    """What somebody says to the access that is offered to them."""

    kind: str = "answer-grant"
    grant_id: str
    giver: str = ""
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessAsked(Act):
    """Access to somebody's record that is asked for."""

    kind: str = "ask-access"
    user_name: str
    scope: Access


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefusal(Act):
    """A request for access to the own record that is refused."""

    kind: str = "refuse-request"
    user_name: str


class NewGrants(ActKind[NewGrant, Grant]):
    """Giving access."""

    name: ClassVar[str] = "grant"

    def __init__(self, api: "PortalFamily") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> NewGrant:
        until = date.fromisoformat(tree["until"]) if tree["until"] else None
        return act_in(tree, NewGrant, scope=Access(tree["scope"]), until=until, made=None)

    def named(self, act: NewGrant) -> str:
        return f"the access for {act.receiver}"

    async def send(self, act: NewGrant) -> Grant:
        return await self._api.grant(act.receiver, act.scope, act.until, act.key)

    async def became_of(self, act: NewGrant) -> Grant | None:
        return await self._api.grant_made(act.key)

    def done(self, act: NewGrant, answer: Grant) -> NewGrant:
        return replace(act, made=answer)


class GrantEnds(ActKind[GrantEnd, bool]):
    """Ending access; one that has ended stays as it is."""

    name: ClassVar[str] = "end-grant"

    def __init__(self, api: "PortalFamily") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> GrantEnd:
        return act_in(tree, GrantEnd)

    def named(self, act: GrantEnd) -> str:
        return f"the end of {act.receiver}'s access"

    async def send(self, act: GrantEnd) -> bool:
        await self._api.revoke(act.grant_id, act.key)
        return True

    async def became_of(self, act: GrantEnd) -> bool | None:
        return await self._api.done(act.key)


class GrantAnswers(ActKind[GrantAnswer, bool]):
    """Accepting and refusing; the same answer twice is one."""

    name: ClassVar[str] = "answer-grant"

    def __init__(self, api: "PortalFamily") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> GrantAnswer:
        return act_in(tree, GrantAnswer)

    def named(self, act: GrantAnswer) -> str:
        return f"the answer to {act.giver}'s offer of access"

    async def send(self, act: GrantAnswer) -> bool:
        if act.accepted:
            await self._api.accept(act.grant_id, act.key)
        else:
            await self._api.refuse(act.grant_id, act.key)
        return True

    async def became_of(self, act: GrantAnswer) -> bool | None:
        return await self._api.done(act.key)


class AccessRequests(ActKind[AccessAsked, bool]):
    """Asking for access."""

    name: ClassVar[str] = "ask-access"

    def __init__(self, api: "PortalFamily") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> AccessAsked:
        return act_in(tree, AccessAsked, scope=Access(tree["scope"]))

    def named(self, act: AccessAsked) -> str:
        return f"the request for access to {act.user_name}"

    async def send(self, act: AccessAsked) -> bool:
        await self._api.ask(act.user_name, act.scope, act.key)
        return True

    async def became_of(self, act: AccessAsked) -> bool | None:
        return await self._api.done(act.key)


class RequestRefusals(ActKind[RequestRefusal, bool]):
    """Refusing requests; one that is gone stays gone."""

    name: ClassVar[str] = "refuse-request"

    def __init__(self, api: "PortalFamily") -> None:
        self._api = api

    def read(self, tree: dict[str, Any]) -> RequestRefusal:
        return act_in(tree, RequestRefusal)

    def named(self, act: RequestRefusal) -> str:
        return f"the answer to {act.user_name}'s request for access"

    async def send(self, act: RequestRefusal) -> bool:
        await self._api.refuse_request(act.user_name, act.key)
        return True

    async def became_of(self, act: RequestRefusal) -> bool | None:
        return await self._api.done(act.key)
