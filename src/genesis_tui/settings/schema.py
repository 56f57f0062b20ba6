"""The shape of the settings file; imported only when there is a file to validate."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

SECRETS = ("keyring", "passphrase", "memory")

THEMES = ("dark", "light", "contrast", "colour-blind", "ansi")


def _known_theme(name: str) -> str:
    if name and name not in THEMES:
        raise ValueError(f"there is no theme {name!r}; choose one of {', '.join(THEMES)}")
    return name


def _known_keeping(name: str) -> str:
    if name and name not in SECRETS:
        raise ValueError(f"a sign-in can't be kept in {name!r}; choose one of {', '.join(SECRETS)}")
    return name


Keeping = Annotated[str, AfterValidator(_known_keeping)]
Theme = Annotated[str, AfterValidator(_known_theme)]


class ProfileTable(BaseModel):
    """`[profiles.<name>]`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    url: str
    trust_host: bool = False
    theme: Theme = ""
    client_id: Annotated[str, Field(min_length=1, max_length=256)] = "genesis-tui"
    secrets: Keeping = ""
    card_module: str = ""
    card_file: str = ""


class SettingsFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", strict=True)
    profile: str = ""
    theme: Theme = ""
    ascii: bool | None = None
    low_bandwidth: bool = False
    downloads: str = ""
    opener: str = ""
    secrets: Keeping = "keyring"
    card_module: str = ""
    card_file: str = ""
    profiles: dict[str, ProfileTable] = {}


def first_fault(shape: type[SettingsFile], tree: dict[str, object]) -> SettingsFile | str:
    """The validated file, or `field: what is wrong with it` for the first fault."""
    try:
        return shape.model_validate(tree)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in fault["loc"]) or "file"
        words = "there is no such key" if fault["type"] == "extra_forbidden" else fault["msg"]
        return f"{field}: {words}"
