"""A settings file gains values and keeps every other byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.entries import entries_of
from otel_agent.errors import InstallError
from otel_agent.installer.lines import HEAD, with_values

NAMES = ("PHOENIX_ENDPOINT", "PHOENIX_API_KEY", "OTEL_SERVICE_NAME", "OPENCODE_ENABLE_TELEMETRY")
LINES = st.lists(
    st.sampled_from(
        [
            "",
            "# a remark",
            "#PHOENIX_API_KEY = 'example'",
            "OPENCODE_OTLP_METRICS_INTERVAL = 10_000 # quick",
            "OPENCODE_LOG_PROMPTS = true",
            "  OTEL_SERVICE_NAME='shop # no comment'  # a comment",
        ]
    ),
    unique=True,
)
TABLES = st.sampled_from(
    ["", "\n# the backup\n[destination.backup]\nOPENCODE_OTLP_ENDPOINT = 'http://b:1'\n"]
)
VALUES = st.dictionaries(
    st.sampled_from(NAMES), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
)


@given(LINES, TABLES, VALUES)
def test_values_are_set_and_nothing_else_changes(
    lines: list[str], table: str, values: dict[str, str]
) -> None:
    """Whatever the value, it is read back; every line that is not replaced is there, in its order."""
    before = "\n".join(lines) + ("\n" if lines else "") + table

    after = with_values(before, values)

    assert {**entries_of(before).values, **values} == {
        name: str(value).lower() if value is True and name in values else value
        for name, value in entries_of(after).values.items()
    }
    left = [line for line in before.splitlines() if line and not line.strip().startswith(tuple(values))]
    rest = iter(after.splitlines())
    assert all(line in rest for line in left)


def test_nothing_to_set_changes_nothing() -> None:
    """A value that stands there already is not written anew, however it is written."""
    text = "OTEL_SERVICE_NAME   =   'shop'   # mine\r\n"

    assert text == with_values(text, {"OTEL_SERVICE_NAME": "shop"})


def test_new_file_says_what_it_is() -> None:
    """Its first lines tell where the names are."""
    assert f"{HEAD}A = true\n" == with_values("", {"A": "true"})


def test_false_is_a_word() -> None:
    """A bare false would leave a text unset."""
    assert 'A = "false"' in with_values("", {"A": "false"})


def test_value_is_replaced_where_it_stands() -> None:
    """The remark behind it stays."""
    text = 'A = "1" # one\nB = 2\n'

    assert 'A = "x" # one\nB = 2\n' == with_values(text, {"A": "x"})


def test_new_value_stands_behind_its_comment() -> None:
    """In a file of `config init` each value comes where it is explained."""
    text = '# What it is.\n#A = "example"\n\n# Another.\n#B = 1\n'

    expected = '# What it is.\n#A = "example"\nA = "x"\n\n# Another.\n#B = 1\n'
    assert expected == with_values(text, {"A": "x"})


def test_new_value_stands_before_the_tables() -> None:
    """Behind a table's header it would be the table's; the table's own comment stays with it."""
    text = "B = 1\n\n# the backup\n[destination.backup]\nC = 1\n"

    assert 'B = 1\nA = "x"\n\n# the backup\n[destination.backup]\nC = 1\n' == with_values(text, {"A": "x"})


def test_last_line_without_an_end_gets_one() -> None:
    """A file that ends without a line break is not glued to what comes."""
    assert 'B = 1\nA = "x"\n' == with_values("B = 1", {"A": "x"})


@pytest.mark.parametrize("text", ["A = \n", "A = [1]\n", "= 2"])
def test_text_that_cannot_be_read_is_an_error(text: str) -> None:
    """Nobody knows what a change in it would do."""
    with pytest.raises(InstallError, match="then run this command again"):
        with_values(text, {"B": "x"})
