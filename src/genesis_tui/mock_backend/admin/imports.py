"""`/mock/v1/import`: FHIR that nobody here wrote, streamed in."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Annotated

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from typing_extensions import TypedDict

from genesis_tui.mock_backend.admin.tester_token import Tested
from genesis_tui.mock_backend.http.description import answers
from genesis_tui.mock_backend.http.limits import IMPORT, LARGEST_IMPORT
from genesis_tui.mock_backend.http.problems import Problem, invalid
from genesis_tui.mock_backend.imports.files import SourceFile
from genesis_tui.mock_backend.imports.run import WorldChangedError, import_source
from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.rules.decision import Refused


class RefusedSpot(TypedDict):
    """Where the first few of a kind stood."""

    file: str
    place: str


class RefusedEntries(TypedDict):
    reason: str
    words: str
    count: int
    first: list[RefusedSpot]


class ImportedType(TypedDict):
    type: str
    taken: int
    replaced: int
    hidden: int
    refused: list[RefusedEntries]


class UnreadFile(TypedDict):
    file: str
    where: str
    why: str


class ImportReport(TypedDict):
    """What became of the entries of a source."""

    source: str
    namespace: str
    files: int
    people: int
    sign_ins: int
    seconds: float
    whole: bool
    broken: list[UnreadFile]
    types: list[ImportedType]


router = APIRouter()

TAR = "application/x-tar"
_CHUNK = 1024 * 1024
_LONGEST_NAME = 200
_UNDER_WAY = Refused("", "in-flight", "Another import is under way.", next="Try again when it is done.", status=409)
_BEGAN_AGAIN = Refused("", "in-flight", "The world began again meanwhile.", next="Import once more.", status=409)


@router.post(IMPORT, **answers(ImportReport, refused=(409,), takes="application/octet-stream"))
async def imported(
    mock: Tested,
    request: Request,
    source: Annotated[str, Query(min_length=1, max_length=_LONGEST_NAME)],
    *,
    name: Annotated[str, Query(max_length=_LONGEST_NAME)] = "body",
    sign_ins: bool = False,
) -> Response:
    """Imports the body as records of a source: one file of any form, or a tar of many. Answers with the report.

    The body is put on disk as it comes, then read by a thread, so that other requests go on.
    """
    if not mock.importing.acquire(blocking=False):
        raise Problem(_UNDER_WAY)
    try:
        with TemporaryDirectory(prefix="genesis-import-") as folder:
            body = Path(folder, "body")
            await _keep(request, body)
            many = request.headers.get("content-type", "").partition(";")[0].strip() == TAR
            report = await run_in_threadpool(_import, mock, body, source, name if not many else "", sign_ins=sign_ins)
    finally:
        mock.importing.release()
    return JSONResponse(report)


async def _keep(request: Request, path: Path) -> None:
    with path.open("wb") as file:
        async for chunk in request.stream():
            file.write(chunk)


def _import(mock: Mock, body: Path, source: str, name: str, *, sign_ins: bool) -> dict[str, object]:
    """`name` '' means a tar."""
    try:
        files = [SourceFile(body, name)] if name else list(_unpacked(body))
    except tarfile.TarError:
        raise invalid("This is not a whole tar file.") from None
    try:
        return import_source(mock, source, files, sign_ins=sign_ins).tree()
    except WorldChangedError:
        raise Problem(_BEGAN_AGAIN) from None


def _unpacked(body: Path) -> Iterator[SourceFile]:
    """The plain files of a tar, each under a number: no name of it reaches the file system."""
    left = LARGEST_IMPORT
    with tarfile.open(body, "r:") as tar:
        for number, member in enumerate(tar):
            content = tar.extractfile(member) if member.isreg() else None
            if content is None:
                continue
            path = body.with_name(f"{number}")
            left -= _copy(content, path, left)
            name = member.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            yield SourceFile(path, name[:_LONGEST_NAME])


def _copy(content: IO[bytes], path: Path, left: int) -> int:
    """Bytes copied; raises Problem (413) beyond `left`."""
    copied = 0
    with path.open("wb") as file:
        while chunk := content.read(_CHUNK):
            copied += len(chunk)
            if copied > left:
                raise Problem(Refused("", "too-large", "The tar unpacks to too much.", status=413))
            file.write(chunk)
    return copied
