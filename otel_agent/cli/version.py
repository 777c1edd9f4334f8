"""`otel-agent version` and `otel-agent --version`."""

import typer

from otel_agent import __version__


def version() -> None:
    """Show the version."""
    typer.echo(f"otel-agent {__version__}")


def show_version(*, is_asked: bool) -> None:
    """Show the version and end, when the option is given."""
    if is_asked:
        version()
        raise typer.Exit
