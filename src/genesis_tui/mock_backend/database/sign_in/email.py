"""E-mail that the portal sends: it goes nowhere, and testers read it."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from genesis_tui.mock_backend.database.schema.sign_in import mail

MOST = 100


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail. `at` in microseconds; an empty `receiver` is nobody, and such mail is never listed."""

    at: int
    receiver: str
    subject: str
    body: str


def send_mail(conn: Connection, one: Mail) -> None:
    conn.execute(insert(mail).values(at=one.at, receiver=one.receiver, subject=one.subject, body=one.body))


def mails(conn: Connection, receiver: str = "") -> list[Mail]:
    """The last mails, newest first; to one address where one is given."""
    wanted = select(mail.c.at, mail.c.receiver, mail.c.subject, mail.c.body).where(mail.c.receiver != "")
    if receiver:
        wanted = wanted.where(mail.c.receiver == receiver)
    return [Mail(*row) for row in conn.execute(wanted.order_by(mail.c.id.desc()).limit(MOST))]
