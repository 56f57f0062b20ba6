"""`/openapi.json` says what the endpoints do: types of answers, refusals, keys, who must be signed in (R6)."""

import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter
from starlette.routing import Route

from genesis_tui.mock_backend.admin import routes as admin
from genesis_tui.mock_backend.http import description
from genesis_tui.mock_backend.oauth import routes as oauth
from genesis_tui.mock_backend.portal import routes as portal
from genesis_tui.mock_backend.server.app import create_api
from tests.portal.writing import listed, message, sent
from tests.small_world import CHILD, SPONSOR, small_mock

JSON = dict[str, Any]
METHODS = {"get", "put", "post", "delete"}
NO_JSON = {"GET /portal/v1/attachments/{file_id}"}


@pytest.fixture(scope="module")
def api() -> FastAPI:
    small = small_mock()
    try:
        made = create_api(small)
        made.load()
        return made
    finally:
        small.close()


@pytest.fixture(scope="module")
def told(api: FastAPI) -> JSON:
    return api.openapi()


def test_routes_are_made_once(api: FastAPI) -> None:
    made = [route for part in (oauth, portal, admin) for route in part.router.routes]
    assert sorted(id(route) for route in api.routes if route in made) == sorted(map(id, made))
    assert all(isinstance(route, Route) for route in api.routes)


def operations(told: JSON, prefix: str) -> dict[str, JSON]:
    return {
        f"{method.upper()} {path}": item[method]
        for path, item in told["paths"].items()
        for method in METHODS & item.keys()
        if path.startswith(prefix)
    }


def test_every_answer_has_a_type(told: JSON) -> None:
    for name, operation in (operations(told, "/portal/v1") | operations(told, "/mock/v1")).items():
        done = next(one for code, one in operation["responses"].items() if code.startswith("2"))
        if "content" in done and name not in NO_JSON:
            assert list(done["content"]) == ["application/json"], name
            assert done["content"]["application/json"]["schema"]["$ref"].startswith(description.REF), name


@pytest.mark.parametrize(("prefix", "scheme"), [("/portal/v1", "portal"), ("/mock/v1", "tester")])
def test_who_must_be_signed_in_and_how_it_is_refused(told: JSON, prefix: str, scheme: str) -> None:
    assert told["components"]["securitySchemes"][scheme]["scheme"] == "bearer"
    for name, operation in operations(told, prefix).items():
        assert operation["security"] == [{scheme: []}], name
        refused = {code: one for code, one in operation["responses"].items() if code >= "400"}
        assert "401" in refused, name
        for one in refused.values():
            schema = one["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": f"{description.REF}ProblemBody"}, name


def test_nothing_is_told_in_another_way_than_it_is_answered(told: JSON) -> None:
    text = json.dumps(told)
    assert "HTTPValidationError" not in text
    assert "x-answer" not in text
    names = [one["operationId"] for one in operations(told, "/").values()]
    assert len(names) == len(set(names))


async def test_answers_are_as_they_are_described(told: JSON, parent: httpx.AsyncClient) -> None:
    made = await sent(parent, message(CHILD))
    ids = {"{patient_id}": CHILD, "{thread_id}": made["thread"]}
    assert made["thread"] in await listed(parent)
    for name, operation in operations(told, "/portal/v1").items():
        method, _, path = name.partition(" ")
        for place, id in ids.items():
            path = path.replace(place, SPONSOR if path.endswith("/deers") else id)
        if method != "GET" or "{" in path:
            continue
        answer = await parent.get(path)
        content = operation["responses"][str(answer.status_code)]["content"]
        assert answer.headers["content-type"] in content, (name, answer.text)
        kind = content[answer.headers["content-type"]]["schema"]["$ref"].removeprefix(description.REF)
        TypeAdapter(description.types()[kind]).validate_json(answer.content, strict=True)
