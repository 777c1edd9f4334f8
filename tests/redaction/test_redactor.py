"""The whole of redaction: any text, JSON, and what leaves at every level."""

import json
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from otel_agent.redaction.redactor import Redactor
from tests.redaction.cases import JWT, MIXED, PATH
from tests.redaction.fragments import texts

REDACTOR = Redactor()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
patient = settings(deadline=None)


@patient
@given(texts | st.text())
def test_any_text_is_taken_and_nothing_more_is_found_in_what_leaves(text: str) -> None:
    """Whatever the text: nothing is raised, and a second time changes nothing."""
    left = REDACTOR.text(text)

    assert left == REDACTOR.text(left)


@patient
@given(VALUES)
def test_json_stays_json_of_the_same_shape(value: object) -> None:
    """What was JSON is JSON: lists are as long, and what was no text and no number is the same."""
    left = json.loads(REDACTOR.json(json.dumps(value)))

    assert shape(value) == shape(left)


def shape(value: object) -> object:
    """Return a JSON value with a word in the place of each text and number."""
    if isinstance(value, dict):
        return sorted(repr(shape(each)) for each in value.values()) if len(value) < 2 else "object"
    if isinstance(value, list):
        return [shape(each) for each in value]
    return value if isinstance(value, bool) or value is None else "text"


def test_json_without_secrets_is_not_written_anew() -> None:
    """Spaces, escapes and numbers stay as they were written."""
    text = '{ "a" : 1.0e2, "b": "\\u00e4", "c": [true, null] }'

    assert text == REDACTOR.json(text)


def test_text_in_json_is_read_as_it_is_meant() -> None:
    """Escapes hide nothing: a value is looked at as the tool gets it, with its name."""
    given = {
        "command": f"cd {PATH}/x\nexport TOKEN=geheim",
        "headers": {"Authorization": "Bearer geheim", "Cookie": "a=b"},
        "env": {"DB_PASSWORD": "geheim", "PIN_TOKEN": 123456, "is_token": True},
        "list": [JWT, {"auth": "basic"}],
    }

    assert {
        "command": "cd ~/x\nexport TOKEN=[redacted: Token]",
        "headers": {
            "Authorization": "Bearer [redacted: Authorization Header]",
            "Cookie": "[redacted: Cookie]",
        },
        "env": {"DB_PASSWORD": "[redacted: Password]", "PIN_TOKEN": "[redacted: Token]", "is_token": True},
        "list": ["[redacted: JSON Web Token]", {"auth": "basic"}],
    } == json.loads(REDACTOR.json(json.dumps(given)))


@pytest.mark.parametrize(
    "text",
    [
        f'{{"a": "{JWT}", "a": 1}}',
        f'{{"command": "export TOKEN={MIXED[:20]}',
        "[" * 100_000 + JWT,
    ],
)
def test_what_cannot_be_read_as_json_is_text(text: str) -> None:
    """A key that is there twice, JSON that was cut, and JSON that is too deep hide nothing."""
    left = REDACTOR.json(text)

    assert "[redacted: " in left
    assert MIXED[:20] not in left


def test_json_that_is_deep_is_taken() -> None:
    """A value as deep as Python reads one is cleaned, by whichever way."""
    text = "[" * 900 + f'"{JWT}"' + "]" * 900

    assert MIXED[:20] not in REDACTOR.json(text)


def test_own_patterns_are_taken_out_too() -> None:
    """What the user's patterns match goes, in text, in JSON and in words that always leave."""
    redactor = Redactor(patterns=(re.compile(r"ACME-\d+"), re.compile("geheim")))

    assert "[redacted: Pattern 1] [redacted: Pattern 2]" == redactor.text("ACME-12 geheim")
    assert '{"a":"[redacted: Pattern 1]"}' == redactor.json('{"a": "ACME-12"}')
    assert "[redacted: Pattern 1]" == redactor.words("ACME-12")


def test_words_are_cleaned_by_our_own_rules() -> None:
    """Words that leave at every level have no key, no password and no home folder."""
    words = f"invalid key sk-ant-api03-{MIXED[:40]} in {PATH}/x: https://a:geheim@x.example"

    assert (
        "invalid key [redacted: Anthropic API Key] in ~/x: "
        "https://a:[redacted: Basic Auth Credentials]@x.example" == REDACTOR.words(words)
    )


def test_library_is_imported_for_content_alone() -> None:
    """Words that always leave do not load detect-secrets, which takes long; a text does."""
    program = """
import sys
from otel_agent.redaction.redactor import Redactor
Redactor().words("a password")
print("detect_secrets" in sys.modules)
Redactor().text("a password")
print("detect_secrets" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ["False", "True"] == done.stdout.split()
