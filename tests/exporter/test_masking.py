"""A server's words: one line, and nothing in it that the server was sent."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.masking import LIMIT, in_one_line

SECRET = "q7/T0ken+of=a-T3nant"
HEADERS = {"authorization": f"Bearer {SECRET}"}


@pytest.mark.parametrize(
    "echoed",
    [
        f"Bearer {SECRET}",
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        "".join(f"%{ord(letter):02X}" for letter in SECRET),
        SECRET.replace("/", "\\/"),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"a{SECRET}".encode()).decode().rstrip("="),
    ],
)
def test_value_is_masked_in_every_form(echoed: str) -> None:
    """Whatever way a server repeats a header's value, it is not shown."""
    assert "no key *** here" == in_one_line(f"no key {echoed} here", HEADERS).replace("Bearer ", "")


def test_value_that_is_cut_is_masked() -> None:
    """Of a long answer only the beginning is read, which may end in the middle of a value."""
    assert "no key ***" == in_one_line(f"no key {SECRET[:-4]}", HEADERS)


def test_both_parts_of_basic_credentials_are_masked() -> None:
    """A server knows the user and the password that the header encodes."""
    headers = {"authorization": "Basic " + base64.b64encode(f"user:{SECRET}".encode()).decode()}

    assert "*** is wrong, *** too" == in_one_line(f"{SECRET} is wrong, user:{SECRET} too", headers)


def test_token_in_the_endpoint_is_masked() -> None:
    """Some backends take their token in the URL's query, and repeat the URL."""
    endpoint = f"https://host/v1/logs?token={quote(SECRET, safe='')}&v=1"

    assert "no *** in v=1" == in_one_line(f"no {SECRET} in v=1", {}, endpoint=endpoint)


def test_words_that_are_no_secret_stay() -> None:
    """A short value is no secret, and neither are words that are in none."""
    said = "dataset opencode not found: v=1"

    assert said == in_one_line(said, {"x-v": "1", **HEADERS})


@given(st.text(max_size=300), st.text(min_size=6, max_size=40), st.text(max_size=40))
def test_any_words_are_one_printable_line(text: str, secret: str, endpoint: str) -> None:
    """No words, no value and no endpoint raise."""
    line = in_one_line(f"{text}{secret}", {"a": secret}, endpoint=endpoint)

    assert line.isprintable()
    assert len(line) <= LIMIT
