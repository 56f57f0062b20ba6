"""REL-6 on the command line: lists say `asks first`, and one result opens after one question."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from genesis_tui.testing.sign_in import tokens
from tests.cli.conftest import Run, command, environment, log_in
from tests.cli.in_process import called_on_terminal
from tests.cli.test_export import pages

TITLE = "Skin biopsy, upper back"
FOUND = ("Basal cell", "carcinoma", "Margins")


@pytest.fixture(scope="module")
def asking(served: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home directory in which somebody has logged in who is asked before pathology opens."""
    home = tmp_path_factory.mktemp("asking") / "home"
    personas = httpx.get(f"{served['url']}/mock/v1/personas", headers={"X-Tester-Token": served["tester_token"]}).json()
    walter = next(one for one in personas["personas"] if one["username"].startswith("walter"))
    name, password = walter["username"], walter["password"]
    done = log_in(lambda *words, **more: command(home, "--server", served["url"], *words, **more), name, password)
    assert done.returncode == 0, done.stderr
    _choose(served["url"], name, password, ["pathology"])
    yield home
    _choose(served["url"], name, password, [])


def _choose(url: str, name: str, password: str, kinds: list[str]) -> None:
    async def put() -> None:
        async with httpx.AsyncClient(base_url=url) as client:
            token = (await tokens(client, name, password))["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            answer = await client.put("/portal/v1/session/ask-first", json={"kinds": kinds}, headers=headers)
            assert answer.status_code == 204

    asyncio.run(put())


@pytest.fixture
def walter(served: dict[str, str], asking: Path) -> Run:
    return lambda *words, **more: command(asking, "--server", served["url"], *words, **more)


def quiet(text: str) -> bool:
    return not any(word in text for word in FOUND)


@pytest.mark.rule("REL-6")
@pytest.mark.parametrize("form", ["pdf", "csv", "fhir"])
def test_an_export_leaves_it_out_and_says_so_unless_it_was_agreed_to(walter: Run, tmp_path: Path, form: str) -> None:
    words = ("export", "pathology", "--as", form, "--json", "--to")
    told = json.loads(walter(*words, str(tmp_path / "some")).stdout)
    assert (told["entries"], told["whole"]) == (0, 2)
    assert told["left_out"] == ["Left out: 2 that you are to be asked about before opening (rule REL-6)."]
    some = (tmp_path / "some").read_bytes()
    assert quiet(pages(some) if form == "pdf" else some.decode())
    told = json.loads(walter(*words, str(tmp_path / "all"), "--yes").stdout)
    assert (told["entries"], told["left_out"]) == (2, [])
    assert form == "pdf" or TITLE in (tmp_path / "all").read_text()


@pytest.mark.rule("REL-6")
def test_lists_say_that_it_asks_and_nothing_of_what_was_found(walter: Run) -> None:
    lists = (("results",), ("results", "--csv"), ("results", "--json"), ("results", "--jsonl"))
    lists += (("record", "pathology"), ("record", "pathology", "--json"), ("record", "pathology", "--csv"))
    for words in lists:
        done = walter(*words)
        assert done.returncode == 0, done.stderr
        assert TITLE in done.stdout
        assert quiet(done.stdout + done.stderr), words
        assert "asks first" not in walter(*words, "--yes").stdout
    assert not quiet(walter("results", "--csv", "--yes").stdout)
    assert not quiet(walter("record", "pathology", "--json", "--yes").stdout)
    row = next(line for line in walter("results").stdout.splitlines() if TITLE in line)
    assert "asks first" in row
    assert "asks first" not in walter("results", "--yes").stdout
    told = json.loads(walter("results", "--json").stdout)["results"]
    assert {one["asks_first"] for one in told if one["kind_code"] == "pathology"} == {True}
    assert {one["kind_code"] for one in told if one["asks_first"]} == {"pathology"}
    rows = list(csv.DictReader(io.StringIO(walter("results", "--csv").stdout)))
    assert {row["kind"] for row in rows if row["asks_first"] == "yes"} == {"Pathology"}


@pytest.mark.rule("REL-6")
def test_one_opens_after_one_question_or_with_yes(walter: Run, served: dict[str, str], asking: Path) -> None:
    entries = json.loads(walter("record", "pathology", "--json").stdout)["entries"]
    entry = next(one for one in entries if one["title"] == TITLE)
    assert (entry["asks_first"], entry["summary"]) == (True, "asks first")
    key = entry["key"]
    told = json.loads(walter("record", "show", key, "--json").stdout)["entry"]
    assert (told["asks_first"], told["also"], told["texts"], quiet(str(told))) == (True, [], [], True)
    assert "Basal cell" in walter("record", "show", key, "--yes").stdout
    assert "Basal cell" in walter("record", "show", key, "--yes", "--json").stdout
    words = ("--server", served["url"], "record", "show", key)
    refused, painted = called_on_terminal(words, environment(asking), typed="n\n")
    assert refused != 0
    assert b"You asked to be asked before pathology opens." in painted
    assert quiet(painted.decode())
    opened, painted = called_on_terminal(words, environment(asking), typed="y\n")
    assert (opened, painted.count(b"[y/N]")) == (0, 1)
    assert b"Basal cell" in painted
    closed = walter("record", "show", key, "--no-input")
    assert (closed.returncode, quiet(closed.stdout)) == (2, True)
    assert "--yes" in closed.stderr


@pytest.mark.rule("REL-6")
def test_a_code_tells_how_many_it_can_not_look_into(walter: Run) -> None:
    done = walter("results", "--code", "4548-4")
    assert "that you asked to be asked about. --yes opens them." in done.stderr
