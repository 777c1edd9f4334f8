"""The flat part of TOML: the same as Python's own reader has it, or an error that says the line."""

import math
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.entries import TABLES, EntriesError, entries_of
from tests.flat_toml import ANYTHING, FILES


def oracle(text: str) -> dict[str, object]:
    """Return what Python's own reader makes of a text; a destination's names have its own before them."""
    found: dict[str, object] = {}
    for name, value in tomllib.loads(text).items():
        tables = value if name == TABLES and isinstance(value, dict) else None
        if tables is None:
            found[name] = value
        for table, rows in (tables or {}).items():
            found |= {f"{table}.{key}": one for key, one in rows.items()}
    return found


@given(FILES)
def test_every_file_of_the_flat_part_is_read_as_python_reads_it(text: str) -> None:
    """Names and values are the same; of a number the digits are kept."""
    expected, found = oracle(text), entries_of(text).values

    assert list(expected) == list(found)
    for name, value in expected.items():
        match value:
            case float():
                assert math.isclose(value, float(str(found[name])))
            case int() if not isinstance(value, bool):
                assert str(value) == found[name]
            case list():
                assert tuple(value) == found[name]
            case _:
                assert value == found[name]


@given(ANYTHING)
def test_any_text_has_entries_or_an_error(text: str) -> None:
    """What is read is what Python's own reader has before the first table that is no destination's."""
    try:
        found = entries_of(text)
    except EntriesError:
        return

    whole = {} if found.rest else tomllib.loads(text)
    assert [] == [name for name in whole if name not in {*found.values, *found.tables, TABLES}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('A = "x"\n\nB = 2020-01-01\n', "line 3: expected NAME = value"),
        ('A = """x"""', "line 1: expected NAME = value"),
        ("A = 1\nB\n", "at line 2"),
        ("A = 1\nA = 2\n", "Cannot overwrite a value"),
        (f"A = {'[' * 5000}", "expected TOML, got"),
        (f"A = {'9' * 5000}", "expected"),
    ],
)
def test_text_that_is_not_flat_toml_says_where(text: str, said: str) -> None:
    """The message has what was expected."""
    with pytest.raises(EntriesError) as caught:
        entries_of(text)

    assert said in str(caught.value)


def test_no_message_shows_a_value() -> None:
    """A file may hold credentials."""
    for text in (
        "A = se-cret",
        'A = "se-cret',
        "A = 'se-cret' x",
        'A = "se-cret"\nA = "se-cret"',
        "A.b = 'se-cret'",
    ):
        with pytest.raises(EntriesError) as caught:
            entries_of(text)

        assert "se-cret" not in str(caught.value)


def test_tables_are_named_and_left_alone() -> None:
    """What stands below the first table is another version's business."""
    found = entries_of('A = "x"\n[one]\nB = """y"""\n[two.three]\n')

    assert ({"A": "x"}, ("one", "two")) == (found.values, found.tables)


def test_destinations_tables_are_read() -> None:
    """Their names come with that of the table, up to the first table of another kind."""
    tables = "[destination.one] # why\nA = 1\n[destination.b-2_c]\nA = true\n"
    text = f'A = "x"\n{tables}[other]\n[destination.d]\nA = 2\n'

    found = entries_of(text)

    assert {"A": "x", "one.A": "1", "b-2_c.A": True} == found.values
    assert ("destination", "other") == tuple(sorted(found.tables))


def test_broken_rest_is_said() -> None:
    """The flat part is read all the same, as the plugin reads it."""
    found = entries_of('A = "x"\n[one\n')

    assert {"A": "x"} == found.values
    assert "expected TOML, got" in found.rest


@given(st.text())
def test_basic_string_gives_back_any_text(text: str) -> None:
    """Every character but NUL can be escaped."""
    kept = text.replace("\0", "")
    escaped = "".join(f"\\U{ord(character):08x}" for character in kept)

    assert {"A": kept} == entries_of(f'A = "{escaped}"').values
