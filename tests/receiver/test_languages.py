"""The language of a file by its name."""

import pytest

from otel_agent.receiver.languages import UNKNOWN, language_of

FILES = [
    ("/home/dev/x/a.py", "Python"),
    ("A.PY", "Python"),
    ("src\\main.rs", "Rust"),
    ("a.test.tsx", "TypeScript"),
    ("deploy/Dockerfile", "Dockerfile"),
    ("makefile", "Makefile"),
    ("CMakeLists.txt", "CMake"),
    ("notes.txt", "Text"),
    (".gitignore", UNKNOWN),
    ("LICENSE", UNKNOWN),
    ("a.", UNKNOWN),
    ("", UNKNOWN),
    (None, UNKNOWN),
]


@pytest.mark.parametrize(("path", "language"), FILES)
def test_language_is_told_by_the_name(path: str | None, language: str) -> None:
    """The whole name counts before its ending; what is not in the table is unknown."""
    assert language == language_of(path)
