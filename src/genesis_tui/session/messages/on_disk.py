"""Where on this computer's disk a person's writing is. Loads nothing of what writes it (P3)."""

import hashlib

from genesis_tui.api_client.http.hosts import server_name
from genesis_tui.store.private_files import state_folder

FOLDER = "writing"


def folder_of(url: str, person_id: str) -> str:
    """One folder a server and person, below that of the program; its name tells neither."""
    named = hashlib.sha256(f"{server_name(url)}\0{person_id}".encode()).hexdigest()[:32]
    return f"{FOLDER}/{named}"


def left_behind(url: str, person_id: str) -> bool:
    """Whether the person has drafts or messages on this disk; nothing is opened to find out."""
    folder = state_folder(folder_of(url, person_id))
    return folder.is_dir() and any(folder.glob("*.sealed"))
