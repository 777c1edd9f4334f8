"""The user's own patterns: one per line, each refused with its reason when it cannot be used."""

import pytest

from otel_agent.errors import SettingsError
from otel_agent.redaction.found import replaced, written
from otel_agent.redaction.patterns import find
from otel_agent.settings import parse

ON = {"OPENCODE_ENABLE_TELEMETRY": "1", "HOME": "/h"}


def test_each_line_is_a_pattern() -> None:
    """Spaces around a line and empty lines do not count; the flags of Python may stand in a pattern."""
    patterns = parse(
        {**ON, "OPENCODE_REDACT_PATTERNS": " ACME-\\d{6} \n\n(?i)project (?:x|y)\n"}
    ).redact_patterns
    given = written("ACME-123456, Project X")

    assert "[redacted: Pattern 1], [redacted: Pattern 2]" == replaced(given.text, find(patterns, given))


def test_no_pattern_is_the_default() -> None:
    """Unset, nothing more is taken out."""
    assert () == parse(ON).redact_patterns


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ACME-(\\d", "which is none (missing ), unterminated subpattern at position 5)"),
        ("[0-9]*", "which matches the empty text"),
        ("(a+)+b", "which repeats what repeats without bound and may never end"),
        ("x(?:\\w*,)*y", "which repeats what repeats without bound and may never end"),
    ],
)
def test_pattern_that_cannot_be_used_is_a_problem_of_the_settings(line: str, reason: str) -> None:
    """It is reported with all others, and says which line is meant and why."""
    with pytest.raises(SettingsError) as caught:
        parse({**ON, "OPENCODE_REDACT_PATTERNS": f"fine\n{line}", "OPENCODE_COST_USAGE_SCALE": "0"})

    [first, second] = sorted(caught.value.problems)
    assert first.startswith("OPENCODE_COST_USAGE_SCALE")
    expected = "expected regular expressions of Python, one per line"
    assert f"OPENCODE_REDACT_PATTERNS: {expected}, got {line!r}, {reason}; correct the pattern" == second


def test_lines_of_a_text_begin_and_end_for_a_pattern() -> None:
    """`^` and `$` are those of lines."""
    patterns = parse({**ON, "OPENCODE_REDACT_PATTERNS": "^b$"}).redact_patterns
    given = written("a\nb\nbb")

    assert "a\n[redacted: Pattern 1]\nbb" == replaced(given.text, find(patterns, given))
