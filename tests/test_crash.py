"""What a crash prints: where, never with which values."""

from genesis_tui.app import shutdown


class Wrapped(Exception):
    """As Textual wraps what a worker raised."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def failed() -> BaseException:
    """An error that holds a value in its words and in the variables of its frames."""
    name = "canary-Reyes"
    try:
        raise KeyError(f"{name} 148 mg/dL")
    except KeyError as error:
        return error


def test_a_report_says_where_and_no_value() -> None:
    text = shutdown.report(failed())
    assert "KeyError" in text
    assert "test_crash.py:" in text
    assert "in failed" in text
    assert "canary" not in text
    assert "148" not in text


def test_what_a_worker_raised_is_told_and_not_its_wrapping() -> None:
    assert shutdown.report(Wrapped(failed())) == shutdown.report(failed())


def test_paths_start_at_the_package() -> None:
    lines = shutdown.report(failed()).splitlines()
    assert not any("/" in line and line.strip().startswith("/") for line in lines)


def test_no_error_at_all_is_told() -> None:
    assert "an unknown error" in shutdown.report(None)
