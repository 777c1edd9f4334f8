"""What every file of helpers/credentials has in common, so that the next one has it too."""

import ast
import re
import time
from collections import defaultdict
from pathlib import Path

import pytest

from tests.helpers.credentials import BEARER, FOLDER, PREFIX, SECRET, Machine

SCRIPTS = sorted(path.name for path in FOLDER.iterdir() if path.is_file())
PAGE = FOLDER.parents[1] / "docs" / "credentials.md"
TESTS = Path(__file__).parent
# Each has its own of these.
OWN = {"token", "why"}


def source(name: str) -> str:
    """Return a script's text."""
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCRIPTS)
def test_helper_is_a_program_of_its_own(name: str) -> None:
    """It is executable, finds its Python, and its Python may be the 3.9 that macOS has."""
    text = source(name)

    assert (FOLDER / name).stat().st_mode & 0o111 == 0o111
    assert text.startswith("#!/usr/bin/env python3\n")
    assert ast.parse(text, feature_version=(3, 9)).body
    assert "otel_agent" not in text


@pytest.mark.parametrize("name", SCRIPTS)
def test_helper_has_a_doc_row_and_a_test(name: str) -> None:
    """And each of its variables is on the page and in its own text."""
    page = PAGE.read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in TESTS.glob("test_credentials_[!t]*.py"))
    text = source(name)
    used = {f"{PREFIX}{name}" for name in re.findall(r'(?:setting|needed)\("([A-Z_]+)"', text)}
    written = ast.get_docstring(ast.parse(text)) or ""

    assert f"| [{name}](../helpers/credentials/{name}) |" in page
    assert f'"{name}"' in tests
    assert [] == [variable for variable in used if variable not in written]
    assert [] == [variable for variable in used if f"`{variable}`" not in page]


@pytest.mark.parametrize("name", SCRIPTS)
def test_functions_are_short_and_say_what_they_do(name: str) -> None:
    """They are read by whoever copies them, as the package is."""
    functions = [node for node in ast.walk(ast.parse(source(name))) if isinstance(node, ast.FunctionDef)]

    assert [] == [node.name for node in functions if not ast.get_docstring(node)]
    assert [] == [node.name for node in functions if (node.end_lineno or 0) - node.lineno > 40]


def test_what_several_helpers_need_is_the_same_in_each() -> None:
    """They run alone, so they share no module; a copy that differs is a mistake."""
    texts: dict[str, set[str]] = defaultdict(set)
    for name in SCRIPTS:
        for node in ast.parse(source(name)).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in OWN:
                texts[node.name].add(ast.unparse(node))

    assert [] == [name for name, versions in texts.items() if len(versions) > 1]


@pytest.mark.parametrize("name", SCRIPTS)
def test_environment_that_is_empty_is_one_line(machine: Machine, name: str) -> None:
    """Whoever starts from nothing is told what is missing."""
    assert "expected" in machine.failure(name)


def common(machine: Machine, **settings: str) -> dict[str, str]:
    """Return the settings of the simplest helper."""
    path = machine.home / "token"
    path.write_text(SECRET, encoding="utf-8")
    path.chmod(0o600)
    return {"FILE": str(path), **settings}


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        ({}, {"Authorization": BEARER}),
        ({"HEADER": "authorization", "SCHEME": "Basic"}, {"authorization": f"Basic {SECRET}"}),
        ({"SCHEME": "none"}, {"Authorization": SECRET}),
        ({"HEADER": "x-honeycomb-team"}, {"x-honeycomb-team": SECRET}),
        ({"HEADER": "x-a", "SCHEME": "Token"}, {"x-a": f"Token {SECRET}"}),
        ({"HEADER": " ", "SCHEME": ""}, {"Authorization": BEARER}),
    ],
)
def test_header_and_scheme_can_be_chosen(
    machine: Machine, settings: dict[str, str], headers: dict[str, str]
) -> None:
    """The defaults are those of most backends; a name of your own has no scheme."""
    assert headers == machine.run("file", **common(machine, **settings)).headers


def test_age_makes_the_agent_ask_anew(machine: Machine) -> None:
    """For a secret that changes and does not say when."""
    began_s = time.time()
    ended = machine.run("file", **common(machine, MAX_AGE="300"))

    assert began_s + 299 <= (ended.printed.expires_s or 0) <= time.time() + 300


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"MAX_AGE": "0"}, "OTEL_AGENT_HELPER_MAX_AGE: expected a whole number of seconds above 0"),
        ({"MAX_AGE": "5m"}, "OTEL_AGENT_HELPER_MAX_AGE: expected a whole number of seconds above 0"),
        ({"HEADER": "a b"}, "expected a header of one line of printable ASCII"),
        ({"SCHEME": "\udcff"}, "expected a header of one line of printable ASCII"),
    ],
)
def test_header_that_cannot_be_sent_is_said(machine: Machine, settings: dict[str, str], said: str) -> None:
    """Before anything is printed."""
    assert said in machine.failure("file", **common(machine, **settings))
