"""`mock mailbox`: what the mock portal sent by e-mail, such as the codes for forgotten passwords."""

import click

from genesis_tui.cli.base.output import print_json, print_table
from genesis_tui.cli.testing.demo import TOKEN_VARIABLE


@click.command()
@click.option("--url", metavar="URL", required=True, help="The address that the mock printed.")
@click.option("--token", envvar=TOKEN_VARIABLE, default="", help=f"Its tester token; read from {TOKEN_VARIABLE}.")
@click.option("--to", metavar="ADDRESS", default="", help="Only what went to this address.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def mailbox(*, url: str, token: str, to: str, as_json: bool) -> None:
    """Print what the mock sent by e-mail, newest first.

    \b
    JSON: {"mails": [{"at", "to", "subject", "body"}]}
    """
    from urllib.parse import urlencode

    from genesis_tui.cli.testing.client import call

    found = call("GET", url, f"/mock/v1/mailbox?{urlencode({'to': to})}", token)["mails"]
    if as_json:
        print_json({"mails": found})
    else:
        print_table(("At", "To", "Subject", "Body"), [(m["at"], m["to"], m["subject"], m["body"]) for m in found])
