"""The mock's tables for signing in, beside the accounts themselves (`schema.sign_in`); the same conventions."""

from genesis_tui.mock_backend.database.schema import metadata

__all__ = ["metadata"]
