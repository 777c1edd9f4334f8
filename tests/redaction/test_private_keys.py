"""Private keys go as whole blocks, whatever was cut off, and what stands around them stays."""

import pytest

from otel_agent.redaction.found import replaced, written
from otel_agent.redaction.private_keys import LONGEST, find
from tests.redaction.cases import BEGIN, BLOCK, END, HEX, MIXED

GONE = "[redacted: Private Key]"
PUTTY = "PuTTY-User-Key-" + "File-3: ssh-ed25519"


def left(text: str) -> str:
    """Return a text without its private keys."""
    return replaced(text, find(written(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"a\n{BEGIN}\n{BLOCK}\n{END}\nb\n{BEGIN}\n{BLOCK}\n{END}\nc", f"a\n{GONE}\nb\n{GONE}\nc"),
        (f"{BEGIN}\n{BLOCK}\n{BEGIN}\n{BLOCK}\n{END}", f"{GONE}\n{GONE}"),
        (f"{BEGIN}\n{BLOCK}\n\nwords behind it", f"{GONE}\n\nwords behind it"),
        (f"words\n{MIXED[:64]}\n{MIXED[:9]}\n{END}\nwords", f"words\n{GONE}\nwords"),
        (f"    1| {BEGIN}\n    2| {MIXED[:64]}\n    3| {END}", f"    1| {GONE}"),
        (f"it looks for {BEGIN} and no more", f"it looks for {GONE} and no more"),
        (f"{PUTTY}\nEncryption: none\n{BLOCK}\nPrivate-MAC: {HEX[:64]}\nb", f"{GONE}\nb"),
        (
            "BEGIN CERTIFICATE, PUBLIC KEY and PRIVATE KEY are words",
            "BEGIN CERTIFICATE, PUBLIC KEY and PRIVATE KEY are words",
        ),
    ],
)
def test_block_goes(text: str, expected: str) -> None:
    """From its first edge to its last one; without the last one to the end of its letters."""
    assert expected == left(text)


def test_edges_that_are_far_apart_are_two_mentions() -> None:
    """What is longer than any key is none: its lines of letters go, and the words between stay."""
    words = "two words " * (LONGEST // 10)

    assert f"{GONE}\n{words}{GONE}" == left(f"{BEGIN}\n{BLOCK}\n{words}{END}")


def test_lines_before_an_end_are_bounded() -> None:
    """Of a text of letters alone no more goes before an end than a key can have."""
    text = f"{MIXED[:40]}\n" * LONGEST

    assert len(text) - LONGEST <= len(left(text + END).removesuffix(GONE)) < len(text)
