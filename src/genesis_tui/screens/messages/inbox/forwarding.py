"""A conversation for somebody else: quoted in a new message, with its files."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from genesis_tui.models.base.session_errors import ApiError, RecordClosed, SignedOut
from genesis_tui.models.messages.drafts import Draft, quoted
from genesis_tui.models.messages.threads import Message, Thread, heading, long_date
from genesis_tui.session.messages.messaging import Post
from genesis_tui.session.open_record import OpenRecord


def quotation(messages: Sequence[Message], otherwise: str) -> str:
    """Room to write, then the messages, each line marked; `otherwise` where there are none."""
    said = [f"{long_date(one.at.date())}, {heading(one)[0]}:\n{one.body}" for one in messages]
    return "\n\n" + quoted("\n\n".join(said) or otherwise) + "\n"


async def forwarded(post: Post, record: OpenRecord, thread: Thread, say: Callable[..., None]) -> Draft:
    """A draft with all of it; `say` is told which files do not go with it. Raises ApiError where nothing can be had."""
    person = record.patient
    draft = replace(
        post.drafts.begin(person.id, person.name),
        subject=f"Fwd: {thread.row.subject}"[: post.limits.subject],
        body=quotation(thread.messages, thread.row.subject),
    )
    left = []
    for file in (file for message in thread.messages for file in message.files):
        try:
            body, _ = await record.content_of_file(file)
            draft = await post.drafts.files.attach_content(draft, file.title, body, post.limits)
        except (RecordClosed, SignedOut):
            raise
        except ApiError as error:
            left.append(f"{file.title}: {error.title}")
    if left:
        say("Not all of its files go with it.", " ".join(left), ok=False)
    return draft
