"""Files that a passphrase opens: derived once a salt, and never with one that was not in the file."""

from pathlib import Path

import pytest

from genesis_tui.store.sealed import Head, Passphrase, WrongPassphraseError, seal, unseal

HEAD: Head = {"kind": "", "n": 2**10, "r": 8, "p": 1, "salt": "AAAAAAAAAAAAAAAAAAAAAA==", "nonce": ""}


def test_what_was_sealed_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    seal(tmp_path / "x", b"secret", Passphrase("three words and a fourth"))
    assert unseal(tmp_path / "x", Passphrase("three words and a fourth")) == b"secret"
    with pytest.raises(WrongPassphraseError):
        unseal(tmp_path / "x", Passphrase("three other words"))


@pytest.mark.parametrize("changed", [{"salt": "AQAAAAAAAAAAAAAAAAAAAA=="}, {"n": 2**11}, {"r": 4}, {"p": 2}], ids=str)
def test_a_cipher_is_derived_once_for_a_salt_and_its_costs(changed: Head) -> None:
    passphrase = Passphrase("three words and a fourth")
    known = passphrase.cipher(HEAD)
    assert passphrase.cipher({**HEAD, "nonce": "AAAA"}) is known
    assert passphrase.cipher({**HEAD, **changed}) is not known


def test_each_file_has_a_salt_of_its_own(tmp_path: Path) -> None:
    passphrase = Passphrase("three words and a fourth")
    for name in ("x", "y"):
        seal(tmp_path / name, b"secret", passphrase)
    assert (tmp_path / "x").read_text() != (tmp_path / "y").read_text()
    assert unseal(tmp_path / "x", passphrase) == unseal(tmp_path / "y", passphrase) == b"secret"
