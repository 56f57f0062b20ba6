"""Two parents and a clinic write about one child, in any order; a plain model says what each parent must be shown."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.portal.message_model import CLOSED, INBOX, NOT_HERE, PARENTS, SENT, TRASH, Draft, Model, Thread
from tests.portal.writing import JSON, message, post, refusal, reply, whole
from tests.small_world import CHILD, DAY, START, client_of, small_mock, token_for

T = TypeVar("T")
_at = datetime.fromisoformat
_folder, _draft = itemgetter("id", "name", "threads", "unread"), itemgetter("id", "version", "thread", "body")
CLINIC = ""
KEY_KEPT = 7 * DAY
CHILD_STAYS_SMALL = START + 1000 * DAY
"""Until here both parents see the whole record."""
NOT_EMPTY, BAD_NAME = (409, "MSG-7", "folder-not-empty"), (422, "MSG-7", "folder-name")


async def shown(client: httpx.AsyncClient, own: Iterable[str]) -> JSON:
    """What the portal shows a parent, in the words of `Model.shown`."""
    names = (INBOX, SENT, TRASH, *own)
    pages = {folder: await _get(client, f"patients/{CHILD}/threads?folder={folder}") for folder in names}
    drafts = (await _get(client, f"patients/{CHILD}/drafts"))["drafts"]
    counts = await _get(client, "counts")
    news = {one["id"]: one["new"]["messages"] for one in (await _get(client, "family"))["people"]}
    told = {one["id"]: one["messages"] for one in counts["people"]}
    assert counts["messages"] == sum(told.values())
    return {
        "folders": [(*_folder(one), [can["allowed"] for can in one["can"]]) for one in pages[INBOX]["folders"]],
        "threads": {folder: [_row(one) for one in page["threads"]] for folder, page in pages.items()},
        "drafts": [(START - _at(one["saved"]), *_draft(one)) for one in drafts],
        "unread": (told[CHILD], news[CHILD]),
    }


async def _get(client: httpx.AsyncClient, path: str) -> JSON:
    told: JSON = (await client.get(f"/portal/v1/{path}")).raise_for_status().json()
    return told


def _row(one: JSON) -> tuple[Any, ...]:
    [can] = one["can"]
    assert (can["rule"], can["reason"]) == (("", "") if can["allowed"] else CLOSED[1:])
    return _at(one["at"]), one["id"], one["count"], one["unread"], can["allowed"], can["until"]


def one_of(known: "Callable[[MessageMachine], Sequence[T]]") -> st.SearchStrategy[T]:
    """One of what the machine knows of when the step is taken."""
    return st.runner().flatmap(lambda machine: st.sampled_from(known(machine)))


VIEWER = st.sampled_from(PARENTS)
THREAD = one_of(lambda machine: machine.model.threads)
SOME = st.lists(THREAD, min_size=1, max_size=3, unique=True)
DRAFT = one_of(lambda machine: machine.model.drafts)
OWN = one_of(lambda machine: machine.own_folders())
PLACE = one_of(lambda machine: [INBOX, TRASH, TRASH, *machine.own_folders()])
NAME = st.sampled_from(["School", "school", "2026 labs", "Écoute", "Inbox", "a/b"]) | st.text("aB1 ", max_size=51)
STEP = st.sampled_from([timedelta(hours=1), timedelta(hours=13), 3 * DAY, KEY_KEPT, 44 * DAY, 45 * DAY, 46 * DAY])


def examples(count: int, steps: int) -> settings:
    """So many portals, each with so many steps; `bench.soak.conversations` takes more of both."""
    slow = [HealthCheck.too_slow]
    return settings(
        max_examples=count, stateful_step_count=steps, deadline=None, print_blob=True, suppress_health_check=slow
    )


class MessageMachine(RuleBasedStateMachine):
    """One example: a small portal of its own, both parents signed in, and clinics that wait for a tester's word."""

    def __init__(self) -> None:
        super().__init__()
        self.model: Model = Model()
        self.sent: list[tuple[Any, ...]] = []
        self.moves: list[tuple[str, list[tuple[Thread, str]]]] = []
        self.made = 0
        self.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.run = self.runner.run
        self.small = small_mock()
        self.tester = client_of(self.small, self.small.tester_token)
        self.people = {viewer: client_of(self.small, token_for(self.small, viewer)) for viewer in PARENTS}
        answer = self.run(self.tester.put("/mock/v1/staff/answering", json={"automatic": False}))
        assert answer.status_code == 204

    def teardown(self) -> None:
        for client in (self.tester, *self.people.values()):
            self.run(client.aclose())
        self.runner.close()
        self.small.close()

    @rule(viewer=VIEWER, thread=st.none() | THREAD)
    def write(self, viewer: str, thread: Thread | None) -> None:
        self._send(viewer, thread, self._uuid())

    @precondition(lambda self: self.model.drafts)
    @rule(viewer=VIEWER, draft=DRAFT)
    def send_draft(self, viewer: str, draft: Draft) -> None:
        """It is gone once it is sent; naming the other's draft does nothing to it."""
        sent = self._send(viewer, draft.thread, draft.body, draft=draft.id)
        if sent:
            self.model.ended.append((viewer, draft))
        if sent and viewer == draft.owner:
            self.model.drafts.remove(draft)

    @precondition(lambda self: self.model.ended)
    @rule(ended=one_of(lambda machine: machine.model.ended), version=st.integers(0, 3))
    def keep_late(self, ended: tuple[str, Draft], version: int) -> None:
        """MSG-8: what was on its way to the server while the message went makes no draft of it again."""
        viewer, draft = ended
        self._keep(viewer, replace(draft, body=self._uuid()), version)

    @precondition(lambda self: self.lately())
    @rule(sent=one_of(lambda machine: machine.lately()))
    def send_again(self, sent: tuple[Any, ...]) -> None:
        """MSG-12: the same key has the same answer, whatever came between, and sends nothing."""
        _, viewer, body, key, first = sent
        answer = self.run(post(self.people[viewer], "messages", body, key))
        assert (answer.status_code, answer.content) == (first.status_code, first.content)

    @rule(thread=THREAD)
    def clinic_answers(self, thread: Thread) -> None:
        body = {"thread": thread.id, "body": "We have read it."}
        answer = self.run(self.tester.post("/mock/v1/staff/messages", json=body))
        assert answer.status_code == 201, answer.text
        wrote_last = next(one.sender for one in reversed(thread.letters) if one.sender)
        self.model.write(thread, answer.json()["id"], CLINIC, wrote_last)

    @rule(viewer=VIEWER, thread=THREAD, most=st.sampled_from([1, 2, 99, 99]))
    def read(self, viewer: str, thread: Thread, most: int) -> None:
        """What was sent to the other stays unread for them, whoever opens it."""
        told = self.run(whole(self.people[viewer], thread.id))["messages"]
        known = [(one.id, one.sender == viewer, one.sent, one.unread(viewer)) for one in thread.letters]
        assert [(one["id"], one["from"]["you"], _at(one["at"]), one["unread"]) for one in told] == known
        keys = [f"Message/{one.id}" for one in thread.letters[-most:]]
        assert self._post(viewer, "seen", {"keys": keys}).status_code == 204
        for one in thread.letters[-most:]:
            one.opened = one.opened or one.receiver == viewer

    @rule(viewer=VIEWER, threads=SOME)
    def mark_unread(self, viewer: str, threads: list[Thread]) -> None:
        body = {"threads": [one.id for one in threads]}
        assert self._post(viewer, "messages/unread", body).status_code == 200
        for thread in threads:
            for last in [one for one in thread.letters if one.receiver == viewer][-1:]:
                last.opened = False

    @precondition(lambda self: len(self.own_folders()) < 4)
    @rule(viewer=VIEWER, name=NAME)
    def make_folder(self, viewer: str, name: str) -> None:
        answer = self._post(viewer, "folders", {"name": name})
        if not self.model.may_name(viewer, name):
            assert refusal(answer) == BAD_NAME
            return
        assert answer.status_code == 201, answer.text
        self.model.folders[viewer][answer.json()["id"]] = name

    @precondition(lambda self: self.own_folders())
    @rule(viewer=VIEWER, folder=OWN)
    def remove_folder(self, viewer: str, folder: str) -> None:
        answer = self.run(self.people[viewer].delete(f"/portal/v1/folders/{folder}"))
        if folder not in self.model.folders[viewer]:
            assert refusal(answer) == NOT_HERE
        elif self.model.held(viewer, folder):
            assert refusal(answer) == NOT_EMPTY
        else:
            assert answer.status_code == 204
            del self.model.folders[viewer][folder]

    @rule(viewer=VIEWER, threads=SOME, folder=PLACE)
    def move(self, viewer: str, threads: list[Thread], folder: str) -> None:
        """The other's own folder is no place; where each was is told, so that it can be put back."""
        answer = self._post(viewer, "messages/move", {"threads": [one.id for one in threads], "folder": folder})
        if folder not in (INBOX, TRASH, *self.model.folders[viewer]):
            assert refusal(answer) == NOT_HERE
            return
        were = [(one, one.place(viewer)) for one in threads]
        assert answer.json()["moved"] == [{"thread": one.id, "from": place} for one, place in were]
        self.moves.append((viewer, were))
        for thread in threads:
            thread.places.pop(viewer, None)
            if folder != INBOX:
                thread.places[viewer] = folder

    @precondition(lambda self: self.moves)
    @rule()
    def move_back(self) -> None:
        viewer, were = self.moves.pop()
        for thread, folder in were:
            self.move(viewer, [thread], folder)

    @rule(viewer=VIEWER, thread=st.none() | THREAD, version=st.sampled_from([0, 0, 0, 1]))
    def begin_draft(self, viewer: str, thread: Thread | None, version: int) -> None:
        self._keep(viewer, Draft(self._uuid(), viewer, thread, self._uuid(), self.model.now), version)

    @precondition(lambda self: self.model.drafts)
    @rule(viewer=VIEWER, draft=DRAFT, off=st.sampled_from([0, 0, -1, 1]))
    def change_draft(self, viewer: str, draft: Draft, off: int) -> None:
        changed = replace(draft, body=self._uuid(), saved=self.model.now, version=draft.version + 1)
        self._keep(viewer, changed, draft.version + off)

    @precondition(lambda self: self.model.drafts)
    @rule(viewer=VIEWER, draft=DRAFT)
    def delete_draft(self, viewer: str, draft: Draft) -> None:
        assert self.run(self.people[viewer].delete(f"/portal/v1/drafts/{draft.id}")).status_code == 204
        if viewer == draft.owner:
            self.model.drafts.remove(draft)

    @precondition(lambda self: self.model.now < CHILD_STAYS_SMALL)
    @rule(step=STEP)
    def later(self, step: timedelta) -> None:
        self.model.now += step
        self.small.clock.set(self.model.now)
        for viewer, client in self.people.items():
            client.headers["Authorization"] = f"Bearer {token_for(self.small, viewer)}"

    @invariant()
    def both_are_shown_what_there_is(self) -> None:
        for viewer in PARENTS:
            told = self.run(shown(self.people[viewer], self.model.folders[viewer]))
            assert told == self.model.shown(viewer)

    def own_folders(self) -> list[str]:
        return [folder for own in self.model.folders.values() for folder in own]

    def lately(self) -> list[tuple[Any, ...]]:
        return [one for one in self.sent if self.model.now - one[0] <= KEY_KEPT]

    def _send(self, viewer: str, thread: Thread | None, words: str, **more: str) -> bool:
        """A new conversation without `thread`; whether it was sent."""
        body = message(body=words, **more) if thread is None else reply(thread=thread.id, body=words, **more)
        key = self._uuid()
        answer = self.run(post(self.people[viewer], "messages", body, key))
        self.sent.append((self.model.now, viewer, body, key, answer))
        if thread and not self.model.takes_reply(thread):
            assert refusal(answer) == CLOSED
            return False
        assert answer.status_code == 201, answer.text
        told = answer.json()
        if thread is None:
            thread = Thread(told["thread"])
            self.model.threads.append(thread)
        at = self.model.write(thread, told["id"], viewer, CLINIC)
        assert (told["thread"], _at(told["at"])) == (thread.id, at)
        return True

    def _post(self, viewer: str, path: str, body: JSON) -> httpx.Response:
        return self.run(post(self.people[viewer], path, {"patient": CHILD} | body, self._uuid()))

    def _keep(self, viewer: str, draft: Draft, version: int) -> None:
        headers, path = {"If-Match": f'"{version}"'}, f"/portal/v1/drafts/{draft.id}"
        answer = self.run(self.people[viewer].put(path, json=draft.wire(), headers=headers))
        expected = self.model.stands_against(viewer, draft, version)
        if expected is not None:
            assert refusal(answer) == expected
            return
        assert (answer.status_code, answer.json()["version"]) == (200, draft.version)
        self.model.drafts = [one for one in self.model.drafts if one.id != draft.id] + [draft]

    def _uuid(self) -> str:
        self.made += 1
        return str(UUID(int=self.made))


@pytest.mark.rule("MSG-7", "MSG-8", "MSG-9", "MSG-12")
@pytest.mark.parametrize("count", [1, pytest.param(4, marks=pytest.mark.long)])
def test_messages_in_any_order(count: int) -> None:
    run_state_machine_as_test(MessageMachine, settings=examples(count, 30))
