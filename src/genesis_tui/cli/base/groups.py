"""A group that lists where no command is named."""

from typing import Any

import click
from click.shell_completion import CompletionItem


class ListGroup(click.Group):
    """`family --json` is `family list --json`; with `takes_words`, `record labs` is `record list labs`."""

    def __init__(self, *args: Any, takes_words: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self._takes_words = takes_words

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` before what names no command."""
        first = args[0] if args else ""
        lists = first not in ctx.help_option_names if first.startswith("-") else self._takes_words or not first
        if first not in self.commands and lists and (args or not ctx.resilient_parsing):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, and the words that `list` takes where its name may be left out."""
        found = super().shell_complete(ctx, incomplete)
        if self._takes_words:
            for param in self.commands["list"].params:
                if isinstance(param, click.Argument):
                    found += param.shell_complete(ctx, incomplete)
        return found
