"""Our own extensions and codes beyond R4, as FHIR defines such things; anybody may read them."""

from functools import cache
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from genesis_tui.mock_backend.fhir.outcome import refusal
from genesis_tui.mock_backend.rules.family.access import NOT_FOUND

DEFINED: Final = ("StructureDefinition", "CodeSystem")
"""Types of which single definitions can be read, without a sign-in."""


@cache
def definitions() -> dict[str, bytes]:
    """The packaged definitions as JSON bytes, by `Type/id`."""
    found = files("genesis_tui.mock_backend.fhir").joinpath("profiles").iterdir()
    return {one.name.removesuffix(".json").replace("-", "/", 1): one.read_bytes() for one in found}


def definition_routes() -> list[Route]:
    """One read route for each type of definition."""
    return [Route(f"/{name}/{{id}}", _definition, methods=["GET"]) for name in DEFINED]


async def _definition(request: Request) -> Response:
    name = request.url.path.rsplit("/", 2)[-2]
    body = definitions().get(f"{name}/{request.path_params['id']}")
    answer = refusal(NOT_FOUND)
    status = answer.status if body is None else 200
    return Response(body or answer.body, status, media_type="application/fhir+json")
