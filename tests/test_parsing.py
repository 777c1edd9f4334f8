"""Every kind of value: what it takes, what it refuses, and what its refusal shows."""

from enum import StrEnum
from pathlib import Path

import pytest

from otel_agent import parsing
from otel_agent.parsing import InvalidValueError, Kind, Secret
from otel_agent.tables import rows


class Colour(StrEnum):
    """A made-up choice."""

    RED = "red"
    BLUE = "blue"


COLOUR = parsing.choice(Colour)
PARTS = parsing.subset(frozenset({"roof", "wall"}), example="roof")


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (parsing.PRESENCE, "0", True),
        (parsing.PRESENCE, "false", True),
        (parsing.PRESENCE, " ", True),
        (parsing.TRUE, "True", True),
        (parsing.TRUE, "1", False),
        (parsing.SWITCH, "YES", True),
        (parsing.SWITCH, "on", True),
        (parsing.SWITCH, "1", True),
        (parsing.SWITCH, "true", True),
        (parsing.SWITCH, "No", False),
        (parsing.SWITCH, "off", False),
        (parsing.SWITCH, "0", False),
        (parsing.SWITCH, "false", False),
        (parsing.TEXT, " my. ", "my."),
        (parsing.TEXT, "\udcff", "?"),
        (parsing.WORDS, "a, b,,a", frozenset({"a", "b"})),
        (parsing.NONE, "none", True),
        (parsing.NONE, "none,otlp", False),
        (parsing.NONE, "console", False),
        (parsing.DISABLED_SPANS, "Tool, llm", frozenset({"tool", "llm"})),
        (parsing.DISABLED_SPANS, "all", frozenset({"session", "llm", "tool"})),
        (parsing.DISABLED_SPANS, "*", frozenset({"session", "llm", "tool"})),
        (parsing.DISABLED_SPANS, "true", frozenset({"session", "llm", "tool"})),
        (parsing.DISABLED_SPANS, "tool,1", frozenset({"session", "llm", "tool"})),
        (parsing.INTERVAL_MS, "2147483647", 2_147_483_647),
        (parsing.TIMEOUT_S, "2500", 2.5),
        (parsing.TIMEOUT_S, "0", 2_147_483.647),
        (parsing.EXIT_WAIT_MS, "Auto", None),
        (parsing.EXIT_WAIT_MS, "0", 0),
        (parsing.LENGTH, "0", 0),
        (parsing.SIZE_BYTES, "4096", 4096),
        (parsing.SIZE_BYTES, "256MiB", 268_435_456),
        (parsing.SIZE_BYTES, "1 gib", 1_073_741_824),
        (parsing.SIZE_BYTES, "2KiB", 2048),
        (parsing.AGE_S, "90", 90.0),
        (parsing.AGE_S, "7d", 604_800.0),
        (parsing.AGE_S, "12h", 43_200.0),
        (parsing.AGE_S, "5m", 300.0),
        (parsing.POSITIVE, "1e6", 1_000_000.0),
        (parsing.POSITIVE, "0.5", 0.5),
        (parsing.ABSOLUTE, "/state", Path("/state")),
        (parsing.HELPER, "/opt/headers", "/opt/headers"),
        (parsing.HELPER, "${PROJECT_ROOT}/bin/headers", "${PROJECT_ROOT}/bin/headers"),
        (parsing.HELPER, "${WORKTREE}/headers", "${WORKTREE}/headers"),
        (parsing.HELPER, "${DIRECTORY}/headers", "${DIRECTORY}/headers"),
        (parsing.ATTRIBUTES, "team=a b,url=x%3Dy%2Cz,sum=1=1", {"team": "a b", "url": "x=y,z", "sum": "1=1"}),
        (parsing.ATTRIBUTES, " a = 1 ,, b=", {"a": "1", "b": ""}),
        (parsing.ATTRIBUTES, "a=1+2%20%2B", {"a": "1+2 +"}),
        (COLOUR, " RED", Colour.RED),
        (PARTS, "roof", frozenset({"roof"})),
    ],
)
def test_text_is_read(kind: Kind[object], text: str, expected: object) -> None:
    """A kind of value reads the texts that look as it says."""
    assert expected == kind.read(text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (parsing.SWITCH, "maybe"),
        (parsing.SWITCH, "2"),
        (parsing.DISABLED_SPANS, "tools"),
        (parsing.INTERVAL_MS, "0"),
        (parsing.INTERVAL_MS, "-5"),
        (parsing.INTERVAL_MS, "1.5"),
        (parsing.INTERVAL_MS, "5s"),
        (parsing.INTERVAL_MS, "2147483648"),
        (parsing.INTERVAL_MS, "٣"),
        (parsing.INTERVAL_MS, "1_000"),
        (parsing.INTERVAL_MS, "9" * 20),
        (parsing.TIMEOUT_S, "-1"),
        (parsing.EXIT_WAIT_MS, "soon"),
        (parsing.SIZE_BYTES, "0"),
        (parsing.SIZE_BYTES, "256MB"),
        (parsing.SIZE_BYTES, "MiB"),
        (parsing.SIZE_BYTES, "9999999999TiB"),
        (parsing.AGE_S, "7 days"),
        (parsing.AGE_S, "0d"),
        (parsing.AGE_S, "1w"),
        (parsing.POSITIVE, "0"),
        (parsing.POSITIVE, "-1"),
        (parsing.POSITIVE, "inf"),
        (parsing.POSITIVE, "nan"),
        (parsing.POSITIVE, "1e999"),
        (parsing.POSITIVE, "much"),
        (parsing.ABSOLUTE, "state"),
        (parsing.ABSOLUTE, "~/state"),
        (parsing.FILE, "ca.pem"),
        (parsing.FILE, "/no/such/ca.pem"),
        (parsing.FILE, "/" + "x" * 5000),
        (parsing.FILE, "/"),
        (parsing.HELPER, "./headers"),
        (parsing.HELPER, "bin/${WORKTREE}/headers"),
        (parsing.HELPER, "${HOME}/headers"),
        (parsing.HELPER, "/opt/${WORKTREE/headers"),
        (parsing.ATTRIBUTES, "team"),
        (parsing.ATTRIBUTES, "=platform"),
        (parsing.ATTRIBUTES, "a=1,b"),
        (COLOUR, "green"),
        (PARTS, "roof,door"),
    ],
)
def test_other_text_is_refused(kind: Kind[object], text: str) -> None:
    """A kind of value refuses every other text with the one error that its reader handles."""
    with pytest.raises(InvalidValueError):
        kind.read(text)


def test_existing_file_is_taken(tmp_path: Path) -> None:
    """A certificate is a file that exists, under its absolute path."""
    path = tmp_path / "ca.pem"
    path.touch()

    assert path == parsing.FILE.read(str(path))


def test_every_kind_takes_its_own_example() -> None:
    """The example that an error message offers is a value that works."""
    kinds = [kind for kind in rows(parsing, Kind) if kind is not parsing.FILE]

    for kind in (*kinds, COLOUR, PARTS):
        kind.read(kind.example)


def test_unknown_words_of_a_list_are_named() -> None:
    """The refusal of a list shows the words that are unknown and no others."""
    with pytest.raises(InvalidValueError) as caught:
        PARTS.read("roof,door")

    assert "'door'" == caught.value.shown


def test_headers_are_split_at_the_first_equals_sign_and_decoded() -> None:
    """A header's value may have `=` in it, is percent-decoded, and a `+` in it stays one."""
    headers = parsing.HEADERS.read(" Authorization = Basic%20YTpi+/== , x-key=a%2Cb,x-empty=")

    assert {
        "Authorization": Secret("Basic YTpi+/=="),
        "x-key": Secret("a,b"),
        "x-empty": Secret(""),
    } == headers


def test_the_last_of_two_headers_of_one_name_stays() -> None:
    """Header names are equal in any case."""
    assert {"x-key": Secret("2")} == parsing.HEADERS.read("X-Key=1,x-key=2")


@pytest.mark.parametrize(
    "text",
    [
        "hunter2",
        "=hunter2",
        "bad name=hunter2",
        "x=hunter2%0Ay",
        "x=hunter2é",
        "a=b,hunter2/x==",
        "hunter2:x=1",
    ],
)
def test_refused_headers_are_not_shown(text: str) -> None:
    """No part of a header list is in the error: a piece of a credential may stand anywhere in it."""
    with pytest.raises(InvalidValueError) as caught:
        parsing.HEADERS.read(text)

    error = caught.value
    assert "hunter2" not in f"{error}{error.expected}{error.shown}{error.remedy}"


def test_upper_headers_win_in_any_case() -> None:
    """Merged headers have one value per name, that of the upper set."""
    lower = {"X-Key": Secret("low"), "x-other": Secret("low")}
    upper = {"x-key": Secret("up")}

    assert {"x-other": Secret("low"), "x-key": Secret("up")} == parsing.merged_headers(lower, upper)


def test_secret_is_not_shown() -> None:
    """A secret's text is in none of its own texts, nor in those of what holds it."""
    secret = Secret("hunter2")

    assert "*** *** [***] {'k': ***}" == f"{secret} {secret!r} {[secret]} { {'k': secret} }"


def test_secret_reveals_its_text_when_asked() -> None:
    """What is sent is the text itself."""
    assert "hunter2" == Secret("hunter2").reveal()


def test_secrets_are_equal_by_their_text() -> None:
    """Secrets can be compared and be members of sets; they equal no plain text."""
    assert {Secret("a"), Secret("a"), Secret("b")} == {Secret("a"), Secret("b")}
    assert Secret("a") != "a"


def test_empty_secret_is_false() -> None:
    """Whether there is a secret can be asked without revealing it."""
    assert [False, True] == [bool(Secret("")), bool(Secret("a"))]


def test_long_value_is_cut_in_messages() -> None:
    """A message shows the beginning of a long value, escaped."""
    assert "'" + "x" * 60 + "'…" == parsing.quoted("x" * 90)
    assert r"'a\n'" == parsing.quoted("a\n")
