"""The console: what a terminal would take for an order is shown as a space."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table

from otel_agent.cli.words import PlainConsole, in_one_line


@given(st.text(max_size=100))
def test_any_text_in_a_table_is_only_shown(text: str) -> None:
    """Nothing but printable characters and line breaks reaches the terminal, beside our own styles."""
    file = io.StringIO()
    table = Table(box=None)
    table.add_row(text)
    PlainConsole(file=file, soft_wrap=True, width=200).print(table, text, markup=False)

    assert file.getvalue().replace("\n", "").isprintable()


@given(st.text(max_size=100))
def test_any_text_is_one_line(text: str) -> None:
    """It has as many characters as before, and no line break of any kind."""
    line = in_one_line(text)

    assert (len(text), [line] if line else []) == (len(line), line.splitlines())


def test_styles_of_the_console_stay() -> None:
    """What we colour ourselves is coloured."""
    file = io.StringIO()
    PlainConsole(file=file, force_terminal=True, color_system="standard").print("warn", style="red")

    assert "\x1b[31mwarn\x1b[0m\n" == file.getvalue()
