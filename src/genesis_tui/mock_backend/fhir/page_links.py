"""Opaque links: a search and the place where its page begins, sealed for one viewer."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from functools import lru_cache
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from genesis_tui.mock_backend.database.record.search import Key
from genesis_tui.mock_backend.state.access_tokens import Viewer

Pairs = tuple[tuple[str, str], ...]


class PageLink(NamedTuple):
    """A search as it was asked for (names and values), and where its page begins (None: at the beginning)."""

    type: str
    pairs: Pairs
    after: Key | None = None


class ForeignLink(ValueError):
    """A page token that this mock did not make for this viewer."""


class PageLinks:
    """Seals and opens page tokens (AES-SIV): equal pages of a viewer get equal tokens, so answers keep their ETag.

    A token opens only for the person and the program it was made for; it holds the search, so that a name that was
    posted stands in no URL.
    """

    def __init__(self, secret: bytes) -> None:
        self._box = AESSIV(hashlib.blake2b(secret, person=b"fhir-pages").digest())
        self.seal = lru_cache(maxsize=1024)(self._seal)
        """The token of a page for a viewer."""

    def _seal(self, page: PageLink, viewer: Viewer) -> str:
        sealed = self._box.encrypt(msgspec.json.encode(page), _bound(viewer))
        return urlsafe_b64encode(sealed).decode().rstrip("=")

    def open(self, text: str, viewer: Viewer) -> PageLink:
        """The page of a token. Raises `ForeignLink`."""
        try:
            sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            return msgspec.json.decode(self._box.decrypt(sealed, _bound(viewer)), type=PageLink)
        except (InvalidTag, NotBase64, ValueError) as error:
            raise ForeignLink("not a page of this viewer") from error


def _bound(viewer: Viewer) -> list[bytes]:
    return [viewer.person_id.encode(), viewer.client_id.encode(), (viewer.only_patient or "").encode()]
