"""`POST /mock/v1/import`: with the tester token alone, streamed, one at a time, and without holding up others."""

import asyncio
import io
import json
import tarfile
import threading
from collections.abc import AsyncIterator

import httpx
import pytest

from genesis_tui.mock_backend.mock import Mock
from tests.imports.conftest import Json, bundle, lab, patient, stored
from tests.small_world import SPONSOR, client_of, token_for

PATH = "/mock/v1/import"


@pytest.fixture
async def tester(small: Mock) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(small, small.tester_token) as client:
        yield client


def _types(answer: httpx.Response) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    return {one["type"]: one["taken"] for one in answer.json()["types"]}


async def test_one_file_is_taken_as_the_body(small: Mock, tester: httpx.AsyncClient) -> None:
    body = json.dumps(bundle(patient(), lab(), {"resourceType": "Claim"}))
    answer = await tester.post(PATH, params={"source": "clinic", "name": "b.json"}, content=body)
    assert _types(answer) == {"Patient": 1, "Observation": 1, "Claim": 0}
    told = answer.json()
    assert {key: told[key] for key in ("source", "namespace", "files", "people", "sign_ins", "whole", "broken")} == {
        "source": "clinic",
        "namespace": "clinic",
        "files": 1,
        "people": 1,
        "sign_ins": 0,
        "whole": True,
        "broken": [],
    }
    assert told["types"][0]["refused"] == [
        {
            "reason": "not-served",
            "words": "the mock serves no such type",
            "count": 1,
            "first": [{"file": "b.json", "place": "entry 3"}],
        }
    ]
    assert set(stored(small)) == {"Patient/clinic-1", "Observation/clinic-a"}


async def test_a_body_far_beyond_the_limit_of_others_is_streamed(tester: httpx.AsyncClient) -> None:
    async def lines() -> AsyncIterator[bytes]:
        for number in range(3000):
            yield json.dumps(lab(str(number), note=[{"text": "x" * 300}])).encode() + b"\n"
        yield json.dumps(patient()).encode()

    answer = await tester.post(PATH, params={"source": "big", "name": "x.ndjson"}, content=lines())
    assert _types(answer) == {"Patient": 1, "Observation": 3000}


async def test_everything_else_keeps_its_limit(tester: httpx.AsyncClient) -> None:
    large = b"x" * (257 * 1024)
    assert (await tester.post("/mock/v1/scenario/restore", content=large)).status_code == 413
    assert (await tester.put(PATH, params={"source": "x"}, content=large)).status_code in (405, 413)


async def test_many_files_come_as_a_tar_and_none_by_its_name(
    small: Mock, tester: httpx.AsyncClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, body in (("labs.ndjson", lab()), (f"{outside}/p.json", patient()), ("../../up.json", lab("b"))):
            _pack(tar, name, body)
        link = tarfile.TarInfo("link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    headers = {"Content-Type": "application/x-tar"}
    answer = await tester.post(PATH, params={"source": "clinic"}, content=packed.getvalue(), headers=headers)
    assert _types(answer) == {"Patient": 1, "Observation": 2}
    assert (answer.json()["files"], list(outside.iterdir())) == (3, [])
    broken = await tester.post(PATH, params={"source": "clinic"}, content=packed.getvalue()[:700], headers=headers)
    assert broken.status_code == 422
    assert len(stored(small)) == 3


def _pack(tar: tarfile.TarFile, name: str, body: Json) -> None:
    content = json.dumps(body).encode()
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


@pytest.mark.parametrize("person", [None, SPONSOR])
async def test_no_sign_in_may_import(small: Mock, person: str | None) -> None:
    async with client_of(small, token_for(small, person) if person else None) as client:
        answer = await client.post(PATH, params={"source": "x"}, content=json.dumps(patient()))
    assert answer.status_code == 401
    assert stored(small, namespace="x") == {}


async def test_a_source_has_a_name(tester: httpx.AsyncClient) -> None:
    assert (await tester.post(PATH, content=b"{}")).status_code == 422
    assert (await tester.post(PATH, params={"source": "x" * 201}, content=b"{}")).status_code == 422


async def test_one_at_a_time_and_the_next_when_it_is_done(small: Mock, tester: httpx.AsyncClient) -> None:
    with small.importing:
        second = await tester.post(PATH, params={"source": "x"}, content=json.dumps(patient()))
    assert (second.status_code, second.json()["reason"]) == (409, "in-flight")
    assert (await tester.post(PATH, params={"source": "x"}, content=json.dumps(patient()))).status_code == 200


@pytest.mark.rule("FAM-8")
async def test_others_are_answered_meanwhile_and_never_see_half(small: Mock, tester: httpx.AsyncClient) -> None:
    content = "\n".join(json.dumps(one) for one in (patient(), *(lab(str(number)) for number in range(4000))))
    params = {"source": "clinic", "name": "x.ndjson"}
    importing = asyncio.create_task(tester.post(PATH, params=params, content=content))
    counts: set[int] = set()
    async with client_of(small, token_for(small, SPONSOR)) as sponsor:
        answered = 0
        while not importing.done():
            assert (await sponsor.get(f"/fhir/r4/Observation?patient={SPONSOR}")).status_code == 200
            counts.add(_reachable(small))
            answered += 1
            await asyncio.sleep(0)
    assert _types(await importing) == {"Patient": 1, "Observation": 4000}
    assert answered > 20
    assert counts <= {0, 4000}


def _reachable(mock: Mock) -> int:
    """How many resources of imported people belong to somebody whom the mock knows."""
    with mock.database.begin() as conn:
        wanted = "SELECT count(*) FROM resource JOIN person ON person.id = patient_id WHERE patient_id = 'clinic-1'"
        return int(conn.exec_driver_sql(f"{wanted} AND type = 'Observation'").scalar_one())


async def test_a_world_that_begins_again_takes_an_import_out(small: Mock, tester: httpx.AsyncClient) -> None:
    params = {"source": "clinic", "name": "x.ndjson"}
    await tester.post(PATH, params=params, content=json.dumps(patient()))
    await tester.post("/mock/v1/scenario/reset")
    assert stored(small) == {}
    answer = await tester.post(PATH, params=params, content=json.dumps(patient()))
    assert (answer.json()["people"], _types(answer)) == (1, {"Patient": 1})


def test_a_world_that_changes_underneath_is_told_and_left_clean(
    small: Mock, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from genesis_tui.mock_backend.imports.files import SourceFile
    from genesis_tui.mock_backend.imports.run import WorldChangedError, import_source
    from genesis_tui.mock_backend.imports.store import Store

    path = tmp_path_factory.mktemp("in") / "x.ndjson"
    path.write_text("\n".join(json.dumps(one) for one in (patient(), lab())))
    put = Store.put_new

    def begin_again(store: Store) -> None:
        thread = threading.Thread(target=small.rebuild)
        thread.start()
        thread.join()
        put(store)

    monkeypatch.setattr(Store, "put_new", begin_again)
    with pytest.raises(WorldChangedError):
        import_source(small, "clinic", [SourceFile(path, "x.ndjson")])
    assert stored(small) == {}
