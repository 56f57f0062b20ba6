"""S3: no word of a record reaches the server's log, whatever fails."""

import io
import logging
import logging.config
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from genesis_tui.mock_backend.mock import Mock
from genesis_tui.mock_backend.server.log import LOGGING
from tests.portal.writing import message, post
from tests.small_world import SPONSOR, client_of, token_for

WORD = "Xylophone"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server's handler writes."""
    written = io.StringIO()
    formatter = LOGGING["formatters"]["plain"]
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter["()"](formatter["format"]))
    root = logging.getLogger()
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


async def test_a_failing_statement_is_logged_without_what_it_was_given(small: Mock, log: io.StringIO) -> None:
    """The message of a database's own error may quote a row, too: this one does."""
    with small.database.begin() as conn:
        told = f"SELECT RAISE(ABORT, 'no room for {WORD}')"
        conn.exec_driver_sql(f"CREATE TRIGGER full BEFORE INSERT ON message BEGIN {told}; END")
    async with client_of(small, token_for(small, SPONSOR)) as client:
        with pytest.raises(Exception, match="no room") as caught:
            await post(client, "messages", message(SPONSOR, subject=WORD, body=f"{WORD} {uuid.uuid4()}"))
    assert str(caught.value).count(WORD) == 1, "SQLAlchemy quotes the error, and no parameter"
    logging.getLogger("genesis_tui").error("Exception in ASGI application", exc_info=caught.value)
    written = log.getvalue()
    assert "sqlalchemy.exc.IntegrityError" in written
    assert "send.py" in written
    assert WORD not in written


def test_causes_are_named_by_their_types(log: io.StringIO) -> None:
    def fail(value: str) -> None:
        try:
            int(value)
        except ValueError as error:
            raise KeyError(value) from error

    with pytest.raises(KeyError) as caught:
        fail(WORD)
    logging.getLogger("asyncio").error("Task exception was never retrieved", exc_info=caught.value)
    written = log.getvalue()
    assert written.splitlines()[-1] == "builtins.KeyError"
    assert "builtins.ValueError\nwhich led to" in written
    assert WORD not in written


def test_the_server_logs_by_it() -> None:
    from genesis_tui.mock_backend.server.serve import _config

    config: Any = _config(None)  # type: ignore[arg-type]
    assert isinstance(config, uvicorn.Config)
    assert config.log_config is LOGGING
