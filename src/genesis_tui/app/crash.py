"""What is printed when the app fails: where, never with which values (a record's text may be among them)."""

import traceback


def report(error: BaseException | None) -> str:
    """The place of a failure as file, line and function, innermost last; no message, no variables, no source text."""
    error = getattr(error, "error", error)  # Textual wraps what a worker raised
    name = type(error).__name__ if error else "an unknown error"
    frames = traceback.extract_tb(error.__traceback__) if error else []
    where = [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join(
        [
            f"genesis-tui stopped because of a fault of its own: {name}",
            *where,
            "Nothing of a record is in this message. Please report it with these lines.",
        ]
    )


def _short(path: str) -> str:
    """The path from the package on; the folders above it can name a person."""
    parts = path.replace("\\", "/").split("/")
    for anchor in ("genesis_tui", "site-packages"):
        if anchor in parts:
            return "/".join(parts[parts.index(anchor) :]).removeprefix("site-packages/")
    return parts[-1]
