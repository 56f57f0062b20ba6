"""Headers of a request as ASGI hands them over."""

from starlette.types import Scope


def header(scope: Scope, wanted: bytes) -> str:
    """The first header of a name (lower case); '' where there is none."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")
