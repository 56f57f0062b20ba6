"""What a person has chosen: servers, theme, symbols. One TOML file; every key is optional.

```toml
profile = "home"            # which of the profiles is used without --profile
theme = "dark"
ascii = false
low_bandwidth = false
downloads = "~/Documents"   # where documents are saved; ~/Downloads when not given
opener = "evince"           # what documents are opened with; xdg-open or open when not given
secrets = "keyring"         # where a sign-in is kept: "keyring", "passphrase" (a file that it opens) or "memory"
card_module = ""            # the PKCS#11 library of the card reader; looked for in the usual places when not given
card_file = ""              # a certificate with its key in a file (PEM or PKCS#12) to sign in with

[profiles.home]
url = "https://portal.example.mil"
trust_host = false          # HOST-1: true lets credentials go to this one host although it is not under .mil
theme = "light"             # over the one above, for this server
client_id = "genesis-tui"   # the name under which this server knows the program, where it gave one out
card_file = "~/card.p12"    # over the ones above, for this server; secrets and card_module likewise
```
"""

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

CONFIG_VARIABLE = "GENESIS_TUI_CONFIG"
DEFAULT_URL = "http://127.0.0.1:8801"
_DEEPEST = 32
_DEEP = "Its tables or lists are nested too deeply."


class SettingsError(Exception):
    """The settings can't be used. `where` is the file with line or field, `next` what to do."""

    def __init__(self, title: str, *, where: str = "", next: str = "") -> None:
        """All three are plain words for the terminal."""
        super().__init__(f"{where}: {title}" if where else title)
        self.title = title
        self.where = where
        self.next = next


@dataclass(frozen=True, slots=True)
class ServerProfile:
    """One server. `trust_host` is the explicit flag of HOST-1 for a host outside `.mil` and loopback."""

    name: str = "default"
    url: str = DEFAULT_URL
    trust_host: bool = False
    theme: str = ""
    client_id: str = "genesis-tui"
    """The name under which the server knows this program, where it gave one out (SMART sign-in)."""
    secrets: str = "keyring"
    """Where a sign-in is kept: one of `SECRETS`."""
    card_module: str = ""
    """The PKCS#11 library of the card reader; empty: looked for in the usual places."""
    card_file: str = ""
    """A certificate with its key, PEM or PKCS#12; empty: none."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything in force for one start. `theme` is empty and `ascii` None where the terminal decides."""

    profile: ServerProfile = ServerProfile()
    profiles: tuple[ServerProfile, ...] = ()
    theme: str = ""
    ascii: bool | None = None
    low_bandwidth: bool = False
    downloads: str = ""
    """Folder that documents are saved to; empty: Downloads, or where we are."""
    opener: str = ""
    """Program that documents are opened with, options included; empty: the system's own."""
    path: Path | None = None


def config_path() -> Path:
    """`GENESIS_TUI_CONFIG`, else `settings.toml` in the platform's configuration folder."""
    named = os.environ.get(CONFIG_VARIABLE, "")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("genesis-tui") / "settings.toml"


def load(path: Path | None = None, *, profile: str = "", server: str = "") -> Settings:
    """Read the settings file, if there is one, and choose the server.

    Args:
        path: the file; `config_path()` when None. One named by the environment or by the caller must exist.
        profile: name of the profile to use; the file's own choice when empty.
        server: a URL for this start only; it gets no trust flag.

    Raises:
        SettingsError: for a file that can't be read or understood, and for an unknown profile.
    """
    file = path or config_path()
    must_exist = path is not None or bool(os.environ.get(CONFIG_VARIABLE))
    settings = _read(file) if must_exist or file.is_file() else Settings()
    if profile or not server:
        settings = _choose(settings, profile)
    if server:
        known = settings.profile
        settings = replace(
            settings,
            profile=ServerProfile(
                name="", url=server, secrets=known.secrets, card_module=known.card_module, card_file=known.card_file
            ),
        )
    return settings


def _choose(settings: Settings, name: str) -> Settings:
    if not name:
        return settings
    for candidate in settings.profiles:
        if candidate.name == name:
            return replace(settings, profile=candidate, theme=candidate.theme or settings.theme)
    known = ", ".join(p.name for p in settings.profiles)
    add = f"dd [profiles.{name}] with its url."
    raise SettingsError(
        f"There is no profile {name!r}.",
        where=str(settings.path or config_path()),
        next=f"Choose one of: {known}; or a{add}" if known else f"A{add}",
    )


def _read(file: Path) -> Settings:
    try:
        tree = toml_of(file, file.read_text("utf-8"))
    except UnicodeDecodeError:
        raise SettingsError("Not UTF-8 text.", where=str(file), next="Save the file as UTF-8.") from None
    except OSError as error:
        reason = error.strerror or "can't be read"
        raise SettingsError(f"{reason}.", where=str(file), next="Make the file readable, or name another.") from None
    return _build(file, tree)


def toml_of(file: Path, text: str) -> dict[str, Any]:
    """What stands in a TOML file.

    Raises:
        SettingsError: it is none, or one that no person wrote by hand.
    """
    import tomllib

    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = _at(file, str(error))
        raise SettingsError(f"Not valid TOML: {error}", where=where, next="Correct that line.") from None
    except RecursionError:
        raise _too_much(file, _DEEP) from None
    except ValueError:
        raise _too_much(file, "A number in it has thousands of digits.") from None
    level: list[dict[str, Any]] = [tree]
    for _ in range(_DEEPEST):
        level = [inner for table in level for inner in table.values() if isinstance(inner, dict)]
        if not level:
            return tree
    raise _too_much(file, _DEEP)


def _too_much(file: Path, words: str) -> SettingsError:
    return SettingsError(words, where=str(file), next="Remove that, or start with an empty file.")


def _at(file: Path, words: str) -> str:
    line = re.search(r"line (\d+)", words)
    return f"{file}:{line[1]}" if line else str(file)


def _build(file: Path, tree: dict[str, Any]) -> Settings:
    from genesis_tui.settings.schema import SettingsFile, first_fault

    checked = first_fault(SettingsFile, tree)
    if isinstance(checked, str):
        field, _, words = checked.partition(": ")
        raise SettingsError(words, where=f"{file}: {field}", next="Change that key, or remove it.")
    profiles = tuple(
        ServerProfile(
            name,
            p.url,
            trust_host=p.trust_host,
            theme=p.theme,
            client_id=p.client_id,
            secrets=p.secrets or checked.secrets,
            card_module=p.card_module or checked.card_module,
            card_file=p.card_file or checked.card_file,
        )
        for name, p in checked.profiles.items()
    )
    settings = Settings(
        profile=ServerProfile(secrets=checked.secrets, card_module=checked.card_module, card_file=checked.card_file),
        profiles=profiles,
        theme=checked.theme,
        ascii=checked.ascii,
        low_bandwidth=checked.low_bandwidth,
        downloads=checked.downloads,
        opener=checked.opener,
        path=file,
    )
    if checked.profile:
        return _choose(settings, checked.profile)
    return _choose(settings, profiles[0].name) if profiles else settings
