"""`genesis-tui inbox send`, `reply` and `draft`, and `mock staff`, as scripts and people use them."""

import json
from pathlib import Path

import pytest

from genesis_tui.cli.base import diagnostics
from tests.cli.conftest import Run, command, log_in
from tests.cli.written import HELLO, NOTICE, Typed, drafts, loaded, refusal, served, subjects, typed

__all__ = ["served", "typed"]
NADIA = ("nadia.haddad", "Pepper-Avenue-9035-Nadia")


@pytest.mark.rule("FAM-10", "MSG-5")
def test_a_message_is_shown_sent_and_its_due_day_told(daniel: Run) -> None:
    about = ("--to", "Grace Kim", "--subject", "Spacer", "--category", "Forms and letters", "--patient", "maya")
    done = daniel("inbox", "send", *about, "--body-file", "-", "--yes", stdin="Which one?\r\nThe blue\n")
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert lines[0].startswith(NOTICE)
    shown = dict(line.split(maxsplit=1) for line in lines if line.startswith(("Patient", "To", "About", "Subject")))
    assert shown["Patient"] == "Maya Reyes · daughter · full access"
    assert shown["To"].startswith("Dr. Grace Kim · your PCM")
    assert (shown["About"], shown["Subject"]) == ("Forms and letters", "Spacer")
    assert "An answer is due by" in lines[-1]
    thread = loaded(daniel, "read", done.stdout.strip(), "--patient", "maya")["thread"]
    [message] = thread["messages"]
    assert message["body"] == "Which one?\nThe blue"
    assert (message["from"]["you"], message["for"]["name"]) == (True, "Maya Reyes")
    assert list(message) == ["id", "from", "to", "for", "at", "body", "unread", "files", "answer"]


def test_json_tells_state_conversation_day_and_key(daniel: Run) -> None:
    told = loaded(daniel, *HELLO, "--yes", stdin="Hello.")
    assert list(told) == ["state", "thread", "due", "key"]
    assert told["state"] == "sent"
    read = loaded(daniel, "read", told["thread"])["thread"]
    assert read["answer"]["due"] == told["due"]


def test_without_a_terminal_nothing_goes_without_yes(daniel: Run) -> None:
    before = subjects(daniel)
    done = daniel("inbox", *HELLO, stdin="Hello.")
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_USAGE, "")
    assert "--yes" in done.stderr
    assert (subjects(daniel), drafts(daniel)) == (before, [])


def test_a_terminal_is_asked(typed: Typed, daniel: Run, tmp_path: Path) -> None:
    before = subjects(daniel)
    text = tmp_path / "text"
    text.write_text("Hello.")
    no = typed(*HELLO[:-1], str(text), "--subject", "Asked", answers="n\n")
    assert no.returncode == diagnostics.EXIT_FAILED
    assert "Send it?" in no.stderr
    assert subjects(daniel) == before
    yes = typed(*HELLO[:-1], str(text), "--subject", "Asked", "--json", answers="y\n")
    assert yes.returncode == 0, yes.stderr
    assert json.loads(yes.stdout)["state"] == "sent"
    assert subjects(daniel)[0] == "Asked"


@pytest.mark.rule("MSG-3")
def test_words_of_an_emergency_ask_once_more(daniel: Run, typed: Typed, tmp_path: Path) -> None:
    before = subjects(daniel)
    done = daniel("inbox", *HELLO, "--yes", stdin="I can’t breathe well")
    assert done.returncode == diagnostics.EXIT_USAGE
    assert done.stderr.index("911") < done.stderr.index("988") < done.stderr.index("--not-an-emergency")
    assert (subjects(daniel), drafts(daniel)) == (before, [])
    text = tmp_path / "text"
    text.write_text("About the chest pain of last year: all is well.")
    no = typed(*HELLO[:-1], str(text), "--yes", answers="n\n")
    assert no.returncode == diagnostics.EXIT_FAILED
    assert "988" in no.stderr
    assert "Patient " not in no.stderr, "whom to call comes before anything else"
    assert subjects(daniel) == before
    sent = daniel("inbox", *HELLO, "--yes", "--not-an-emergency", stdin=text.read_text())
    assert (sent.returncode, len(subjects(daniel))) == (0, len(before) + 1)
    assert "988" in sent.stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--to", "dermatology"), "Dr. Miriam Sato (Dermatology)\n  Fort Belvoir Dermatology (nursing pool)"),
        (("--category", "gossip"), "test-results (Test results)"),
        (("--category", "record-correction"), "needs the entry that is wrong"),
        (("--entry", "Condition/1"), "--entry goes with the category"),
        (("--subject", "x" * 51), "--subject: 51 characters are 1 too many; at most 50 fit. Shorten it."),
        (("--subject", " \n "), "1 to 50 characters"),
        (("--body-file", "/no/such/file"), "/no/such/file can't be read: No such file"),
        (("--body-file", "/"), "--body-file: / can't be read"),
        (("--body-file", "/dev/zero"), "more than 1,000,000 bytes"),
        (("--attach", "/no/such/file.pdf"), "--attach: /no/such/file.pdf is not there"),
        (("--attach", "/dev/zero"), "--attach: /dev/zero is no file"),
        (("--quote", "thread-12742301-8", "--entry", "Condition/1"), "exclude each other"),
    ],
)
def test_what_makes_no_sense_is_told(daniel: Run, change: tuple[str, ...], words: str) -> None:
    done = daniel("inbox", *HELLO, "--yes", *change, stdin="Hello.")
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_USAGE, "")
    assert words in done.stderr
    assert drafts(daniel) == []


@pytest.mark.rule("MSG-1")
def test_a_recipient_that_there_is_not_is_told(daniel: Run) -> None:
    done = daniel("inbox", *HELLO, "--yes", "--to", "nobody of this name", stdin="Hello.")
    assert (done.returncode, done.stdout) == (diagnostics.EXIT_NOT_FOUND, "")
    assert "--to: nobody is called" in done.stderr
    assert drafts(daniel) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write a message"),
        (" \n\t", "Write a message"),
        ("x" * 10_001, "10,001 characters are 1 too many; at most 10,000 fit"),
    ],
)
def test_the_text_has_its_length(daniel: Run, text: str, words: str) -> None:
    done = daniel("inbox", *HELLO, "--yes", stdin=text)
    assert done.returncode == diagnostics.EXIT_USAGE
    assert words in done.stderr


def test_a_text_that_is_none_is_refused_and_one_that_does_something_shows_it(daniel: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken\x1b[2J\u202e.txt"
    broken.write_bytes(b"\xff\xfe\x00H")
    done = daniel("inbox", *HELLO[:-1], str(broken), "--yes")
    assert done.returncode == diagnostics.EXIT_USAGE
    assert "broken␛[2J⟨U+202E⟩.txt is no UTF-8 text" in done.stderr
    sent = loaded(daniel, *HELLO, "--yes", stdin="\ufeff5\x1b[3D0 mg at \u202eeight")
    assert loaded(daniel, "read", sent["thread"])["thread"]["messages"][0]["body"] == "5␛[3D0 mg at ⟨U+202E⟩eight"


@pytest.mark.rule("MSG-1")
def test_a_whole_name_stands_over_a_part(daniel: Run) -> None:
    sent = loaded(daniel, *HELLO, "--to", "fort belvoir family medicine", "--yes", stdin="Hello.")
    thread = loaded(daniel, "read", sent["thread"])["thread"]
    assert thread["messages"][0]["to"]["name"] == "Fort Belvoir Family Medicine"


@pytest.mark.rule("MSG-11")
@pytest.mark.parametrize(
    ("to", "patient", "reason"),
    [
        ("Anna Okafor", "maya", "recipient-unlinked"),
        ("Ingrid Lund", "elena", "recipient-blocked"),
        ("radiology", "maya", "recipient-blocked"),
    ],
)
def test_who_takes_no_messages_is_named_with_the_reason(daniel: Run, to: str, patient: str, reason: str) -> None:
    done = daniel("inbox", *HELLO, "--to", to, "--patient", patient, "--yes", "--json", stdin="Hello.")
    assert refusal(done) == ("MSG-11", reason, diagnostics.EXIT_REFUSED)
    if to == "radiology":
        assert "Dr. Robert Fields takes no messages" in done.stderr


@pytest.mark.rule("ID-5")
def test_basic_is_told_why_not(run: Run, home: Path) -> None:
    assert log_in(run, *NADIA).returncode == 0
    done = run("inbox", *HELLO, "--yes", "--json", stdin="Hello.")
    assert refusal(done)[0::2] == ("ID-5", diagnostics.EXIT_REFUSED)


def test_a_sign_in_for_scripts_writes_nothing(run: Run, home: Path) -> None:
    who = ("daniel.reyes", "Walnut-Harbor-2041-Daniel")
    assert log_in(run, *who, "--offline=reading", "--yes").returncode == 0
    for words in ((*HELLO, "--yes"), ("draft", "save", "--subject", "x"), ("outbox",)):
        done = run("inbox", *words, stdin="Hello.")
        assert done.returncode == diagnostics.EXIT_SIGNED_OUT, done.stderr
    assert not [*home.rglob("writing")]


# replies


@pytest.mark.rule("MSG-10")
def test_a_reply_goes_while_its_time_lasts_and_is_quoted_afterwards(daniel: Run) -> None:
    rows = loaded(daniel, "list")["threads"]
    answered = [row for row in rows if row["count"] > 1]
    open_one = next(row for row in answered if row["reply"]["allowed"])
    closed = next(row for row in answered if row["state"] == "closed")
    told = loaded(daniel, "reply", open_one["id"], "--body-file", "-", "--yes", stdin="Thank you.")
    assert (told["state"], told["thread"]) == ("sent", open_one["id"])
    done = daniel("inbox", "reply", closed["id"], "--body-file", "-", "--yes", "--json", stdin="Thank you.")
    assert refusal(done) == ("MSG-10", "reply-window-closed", diagnostics.EXIT_REFUSED)
    hint = f"send --quote {closed['id']}"
    assert f"genesis-tui inbox {hint}" in done.stderr
    assert drafts(daniel) == []
    sent = loaded(daniel, *hint.split(), "--body-file", "-", "--yes", stdin="Once more:")
    thread = loaded(daniel, "read", sent["thread"])["thread"]
    assert (thread["subject"], thread["category"]) == (closed["subject"], closed["category"])
    old = loaded(daniel, "read", closed["id"])["thread"]["messages"][-1]
    first, *quote = thread["messages"][0]["body"].strip().splitlines()
    assert first == "Once more:"
    assert f"> {old['body'].splitlines()[0]}" in quote


@pytest.mark.rule("REC-7")
def test_an_entry_is_said_to_be_wrong_and_the_clinic_answers(daniel: Run, served: dict[str, str], home: Path) -> None:
    key = json.loads(daniel("record", "allergies", "--json").stdout)["entries"][0]["key"]
    sent = loaded(daniel, "send", "--to", "Okafor", "--entry", key, "--body-file", "-", "--yes", stdin="Never had it.")
    thread = loaded(daniel, "read", sent["thread"])["thread"]
    assert (thread["subject"], thread["category"]) == ("Wrong: Peanut", "Record correction")
    assert thread["correction"] == "asked"
    assert "> Peanut" in thread["messages"][0]["body"]
    mock = ("--url", served["url"], "--token", served["tester_token"])
    words = ("answer", sent["thread"], "--body", "So it is.", "--outcome", "amended")
    done = command(home, "mock", "staff", *words, *mock)
    assert done.returncode == 0, done.stderr
    thread = loaded(daniel, "read", sent["thread"])["thread"]
    assert (thread["correction"], thread["messages"][-1]["id"]) == ("amended", done.stdout.strip())
    again = command(home, "mock", "staff", *words, *mock)
    assert again.returncode == 1
    assert "has its answer" in again.stderr


def test_an_entry_that_is_not_there_is_told(daniel: Run) -> None:
    done = daniel(
        "inbox", "send", "--to", "Okafor", "--entry", "Condition/none", "--body-file", "-", "--yes", stdin="x"
    )
    assert done.returncode == diagnostics.EXIT_NOT_FOUND
    assert "No entry 'Condition/none'" in done.stderr


def test_clinics_wait_for_a_tester_when_they_are_told_to(served: dict[str, str], home: Path) -> None:
    mock = ("--url", served["url"], "--token", served["tester_token"])
    for state, words in (("off", "wait for a tester"), ("on", "answer by themselves")):
        done = command(home, "mock", "staff", "automatic", state, *mock)
        assert (done.returncode, done.stdout) == (0, "")
        assert words in done.stderr
    assert command(home, "mock", "staff", "automatic", "maybe", *mock).returncode == 2


# the editor


def _editor(tmp_path: Path, script: str) -> str:
    path = tmp_path / "editor"
    path.write_text(f"#!/bin/sh\nset -eu\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_the_editor_gets_a_private_file_that_is_gone_afterwards(typed: Typed, daniel: Run, tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = 'stat -c %a "$1" "$(dirname "$1")" > "$LOG"; echo "$1" >> "$LOG"; env >> "$LOG"; echo Typed > "$1"'
    words = ("--to", "Okafor", "--subject", "By hand", "--category", "other", "--json")
    done = typed("send", *words, answers="y\n", EDITOR=_editor(tmp_path, script), LOG=str(log))
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(NOTICE)
    modes, path, variables = log.read_text().split("\n", 3)[:2], log.read_text().split("\n")[2], log.read_text()
    assert modes == ["600", "700"]
    assert not Path(path).parent.exists()
    assert "GENESIS_TUI" not in variables
    thread = loaded(daniel, "read", json.loads(done.stdout)["thread"])["thread"]
    assert thread["messages"][0]["body"] == "Typed"
    assert drafts(daniel) == []


@pytest.mark.rule("MSG-9")
def test_what_was_typed_stays_a_draft_when_it_is_not_sent(typed: Typed, daniel: Run, tmp_path: Path) -> None:
    words = ("--to", "Okafor", "--subject", "Not now", "--category", "other")
    done = typed("send", *words, answers="n\n", EDITOR=_editor(tmp_path, 'echo Typed > "$1"'))
    assert done.returncode == diagnostics.EXIT_FAILED
    [draft] = drafts(daniel)
    assert (draft["subject"], draft["body"]) == ("Not now", "Typed")
    assert f"genesis-tui inbox draft send {draft['id']}" in done.stderr
    assert daniel("inbox", "draft", "delete", draft["id"], "--yes").returncode == 0


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 3", "ended with 3"),
        (":", "Nothing was written"),
        ('printf " \\n" > "$1"', "Nothing was written"),
        ('rm "$1"', "could not be used"),
    ],
)
def test_an_editor_that_brings_nothing_sends_nothing(
    typed: Typed, daniel: Run, tmp_path: Path, script: str, words: str
) -> None:
    before = subjects(daniel)
    options = ("--quote", "thread-12742301-8", "--yes")
    done = typed("send", *options, EDITOR=_editor(tmp_path, script))
    assert done.returncode in (diagnostics.EXIT_FAILED, diagnostics.EXIT_USAGE)
    assert words in done.stderr
    assert (subjects(daniel), drafts(daniel)) == (before, [])


def test_without_an_editor_it_says_what_to_do(typed: Typed) -> None:
    done = typed("send", "--quote", "thread-12742301-8", EDITOR="no-such-editor")
    assert done.returncode == diagnostics.EXIT_FAILED
    assert "--body-file" in done.stderr


def test_a_reply_that_was_begun_goes_on_in_the_editor(typed: Typed, daniel: Run, tmp_path: Path) -> None:
    id = "thread-12742301-7"
    typed("reply", id, answers="n\n", EDITOR=_editor(tmp_path, 'echo First > "$1"'))
    [draft] = drafts(daniel)
    assert (draft["thread"], draft["body"]) == (id, "First")
    beside = daniel("inbox", "reply", id, "--body-file", "-", stdin="Beside it")
    assert draft["id"] in beside.stderr
    done = typed("reply", id, answers="y\n", EDITOR=_editor(tmp_path, 'printf "\\nSecond\\n" >> "$1"'))
    assert done.returncode == 0, done.stderr
    assert loaded(daniel, "read", id)["thread"]["messages"][-1]["body"] == "First\nSecond"
    assert drafts(daniel) == []


# drafts


@pytest.mark.rule("MSG-8")
def test_a_draft_is_kept_changed_shown_and_gone_for_good(daniel: Run, typed: Typed, home: Path) -> None:
    done = daniel("inbox", "draft", "save", "--subject", "Later", "--body-file", "-", stdin="Half a")
    assert (done.returncode, done.stderr) == (0, "")
    id = done.stdout.strip()
    assert b"Half a" not in b"".join(path.read_bytes() for path in home.rglob("*.sealed"))
    changed = loaded(daniel, "draft", "save", id[:8], "--to", "Okafor", "--category", "medication")["draft"]
    names = "id thread to category subject body entry files saved on_server refused"
    assert list(changed) == names.split()
    assert (changed["id"], changed["to"], changed["body"]) == (id, "Dr. Anna Okafor", "Half a")
    assert changed["on_server"]
    assert loaded(daniel, "draft", "show", id) == loaded(daniel, "draft", "show", id[:4])
    assert loaded(daniel, "list", "--folder", "drafts") == loaded(daniel, "draft", "list")
    shown = daniel("inbox", "draft", "show", id).stdout
    assert "Medication" in shown
    assert shown.endswith("\nHalf a\n")
    assert daniel("inbox", "draft", "delete", id).returncode == diagnostics.EXIT_USAGE
    assert typed("draft", "delete", id, answers="n\n").returncode == diagnostics.EXIT_FAILED
    assert [draft["id"] for draft in drafts(daniel)] == [id]
    assert loaded(daniel, "draft", "delete", id, "--yes") == {"deleted": id}
    assert drafts(daniel) == []
    assert daniel("inbox", "draft", "show", id).returncode == diagnostics.EXIT_NOT_FOUND


def test_a_draft_is_sent_when_it_is_whole(daniel: Run, tmp_path: Path) -> None:
    file = tmp_path / "log.txt"
    file.write_text("7 a.m. 120/80")
    words = ("draft", "save", "--subject", "Log", "--to", "Okafor", "--body-file", "-", "--attach", str(file))
    id = loaded(daniel, *words, stdin="My log")["draft"]["id"]
    done = daniel("inbox", "draft", "send", id, "--yes")
    assert done.returncode == diagnostics.EXIT_USAGE
    assert "--category" in done.stderr
    assert [draft["id"] for draft in drafts(daniel)] == [id]
    loaded(daniel, "draft", "save", id, "--category", "other")
    sent = loaded(daniel, "draft", "send", id, "--yes")
    [message] = loaded(daniel, "read", sent["thread"])["thread"]["messages"]
    assert [one["name"] for one in message["files"]] == ["log.txt"]
    assert drafts(daniel) == []


def test_a_draft_needs_something_in_it(daniel: Run) -> None:
    assert daniel("inbox", "draft", "save").returncode == diagnostics.EXIT_USAGE
    long = daniel("inbox", "draft", "save", "--body-file", "-", stdin="x" * 10_002)
    assert long.returncode == diagnostics.EXIT_USAGE
    assert "10,002 characters are 2 too many" in long.stderr
    assert drafts(daniel) == []
