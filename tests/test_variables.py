"""Rows: which variable of a setting counts, what is reported, and what the documentation shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from otel_agent import parsing
from otel_agent.parsing import Secret
from otel_agent.variables import Reader, Signal, rows_of, setting, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A made-up table of settings."""

    height_ms: int = setting(
        "HOUSE_HEIGHT",
        "STANDARD_{SIGNAL}_HEIGHT",
        "STANDARD_HEIGHT",
        kind=parsing.INTERVAL_MS,
        default=3,
        meaning="High.",
    )
    keys: Mapping[str, Secret] = setting(
        "HOUSE_KEYS",
        "STANDARD_KEYS",
        kind=parsing.HEADERS,
        default={},
        merge=parsing.merged_headers,
        secret=True,
        meaning="One | all.",
    )
    street: str = "Main"


def test_default_holds_where_nothing_is_set() -> None:
    """A variable that is unset, or empty, leaves the default."""
    assert House() == Reader({"HOUSE_HEIGHT": ""}).made(House)


def test_first_variable_that_is_set_wins() -> None:
    """Our name comes before the signal's and that before the general one; an empty one does not count."""
    environ = {"HOUSE_HEIGHT": "", "STANDARD_LOGS_HEIGHT": "5", "STANDARD_HEIGHT": "6"}

    assert 5 == Reader(environ).made(House, part=Signal.LOGS).height_ms
    assert 6 == Reader(environ).made(House, part=Signal.TRACES).height_ms
    assert 7 == Reader({**environ, "HOUSE_HEIGHT": "7"}).made(House, part=Signal.LOGS).height_ms


def test_variable_that_does_not_count_is_not_reported() -> None:
    """A bad value behind one that wins disturbs nobody."""
    reader = Reader({"HOUSE_HEIGHT": "7", "STANDARD_HEIGHT": "high"})
    reader.made(House)

    assert () == reader.problems


def test_merged_setting_counts_every_variable() -> None:
    """With a merge function the values of all variables are put together, the first one's on top."""
    environ = {"HOUSE_KEYS": "front=1", "STANDARD_KEYS": "front=2,back=2"}

    assert {"front": Secret("1"), "back": Secret("2")} == Reader(environ).made(House).keys


def test_problem_says_what_was_expected_what_came_and_what_to_do() -> None:
    """A message has the variable's name and all that is needed to put it right."""
    reader = Reader({"STANDARD_HEIGHT": "high"})
    reader.made(House)

    expected = (
        "STANDARD_HEIGHT: expected a whole number of milliseconds from 1 to 2147483647, got 'high'; "
        "write for example STANDARD_HEIGHT=5000"
    )

    assert (expected,) == reader.problems


def test_problem_is_reported_once() -> None:
    """A variable that is read for every signal has one message."""
    reader = Reader({"HOUSE_HEIGHT": "high"})
    for signal in Signal:
        reader.made(House, part=signal)

    assert 1 == len(reader.problems)


def test_every_problem_is_reported() -> None:
    """One bad value hides no other, and defaults stand in for them."""
    reader = Reader({"HOUSE_HEIGHT": "high", "HOUSE_KEYS": "front", "STANDARD_KEYS": "back"})
    house = reader.made(House)

    assert ["HOUSE_HEIGHT", "HOUSE_KEYS", "STANDARD_KEYS"] == sorted(
        problem.partition(":")[0] for problem in reader.problems
    )
    assert House() == house


def test_secret_value_is_in_no_problem() -> None:
    """A message about a secret variable shows nothing of its value."""
    reader = Reader({"HOUSE_KEYS": "hunter2"})
    reader.made(House)

    assert "hunter2" not in "".join(reader.problems)


def test_names_are_those_of_all_signals() -> None:
    """A row's names are what can be set, in the order of their precedence."""
    assert (
        "HOUSE_HEIGHT",
        "STANDARD_METRICS_HEIGHT",
        "STANDARD_LOGS_HEIGHT",
        "STANDARD_TRACES_HEIGHT",
        "STANDARD_HEIGHT",
    ) == rows_of(House)["height_ms"].names


def test_fields_without_variables_are_no_rows() -> None:
    """Only what setting() made is a setting."""
    assert ["height_ms", "keys"] == list(rows_of(House))


def test_table_shows_every_row() -> None:
    """The documentation's table has a line per setting, with cells that cannot break it."""
    assert (
        "| variable, the first that is set wins | default | value | meaning |\n"
        "| --- | --- | --- | --- |\n"
        "| `HOUSE_HEIGHT`, `STANDARD_<SIGNAL>_HEIGHT`, `STANDARD_HEIGHT` | 3 "
        "| a whole number of milliseconds from 1 to 2147483647 | High. |\n"
        "| `HOUSE_KEYS`, `STANDARD_KEYS` | unset "
        "| a list k=v,k2=v2 of header names and values | One \\| all. |\n"
    ) == table_of(rows_of(House).values())
