"""What SECURITY.md promises is held by tests."""

import re

from tests.architecture.source import ROOT, TESTS, functions, modules

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
FEWEST = 20
"""How many tests the threat model names at least: fewer would mean that they are written in another way."""


def test_every_test_that_a_promise_names_exists() -> None:
    """A promise whose test is renamed or gone is no promise."""
    there = {(module.name, function.name) for module in modules(TESTS) for function in functions(module)}
    named = NAMED.findall((ROOT / "SECURITY.md").read_text(encoding="utf-8"))

    assert [] == [pair for pair in named if pair not in there]
    assert FEWEST <= len(named)


def test_every_promise_names_a_test() -> None:
    """What an attacker cannot do is told with the test that shows it."""
    lines = (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines()
    promises = [line for line in lines if line.startswith("- cannot ")]

    assert promises
    assert [] == [line for line in promises if not NAMED.search(line)]
