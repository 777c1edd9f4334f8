"""Secrets in content: marked in every field of a recording, and looked for in all that is made of it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent.exporter.testing import FakeClock
from otel_agent.redaction.found import BEGIN
from otel_agent.settings import Signal, TraceProfile
from otel_agent.sink import messages
from tests import journals
from tests.pipelines import opened, settings_of

MARKS = ("ghp_" + "q7Mark3Zv9" * 4, "geheim-7f3a", "person-7f3a")
PLANTED = f"\ncurl -H 'Authorization: Bearer {MARKS[0]}'\nDB_PASSWORD={MARKS[1]}\n/home/{MARKS[2]}/x\n"
FIELDS = frozenset(
    {"text", "command", "description", "filePath", "content", "output", "error", "message", "pattern"}
)
CAPTURED = {f"OPENCODE_LOG_{name}": "1" for name in ("PROMPTS", "RESPONSES", "TOOL_DETAILS", "TOOL_CONTENT")}
SINGLE = [{name: "1"} for name in CAPTURED]
LEVELS = {"run_content": [CAPTURED, {}, *SINGLE]}
RECORDINGS = (
    "run_content",
    "run_tools",
    "run_edit",
    "run_subagent",
    "run_e401",
    "serve_shell",
    "serve_question",
)


def marked(value: object, name: str = "") -> object:
    """Return a value of a recording with the marks in each text that people, models or tools write."""
    if isinstance(value, dict):
        return {key: marked(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [marked(each, name) for each in value]
    return f"{value}{PLANTED}" if isinstance(value, str) and name in FIELDS else value


def journal_of(folder: Path, recording: str) -> Path:
    """Make a journal of a recording with marks."""
    folder.mkdir(parents=True)
    lines = [json.dumps(marked(json.loads(line))) for line in journals.lines_of(recording)]
    journals.write(folder, 0, [journals.header(folder.name, **journals.dead()), *lines])
    return folder


def requests(folder: Path, **environ: str) -> Iterator[bytes]:
    """Yield the requests that are made of a journal."""
    pipeline = opened(folder, FakeClock(), settings_of(**environ))
    while pipeline.step():
        continue
    assert pipeline.finish()
    rows = pipeline.outbox.connection.execute("SELECT signal, payload FROM requests").fetchall()
    pipeline.close()
    yield from (messages.decode(Signal(signal), payload).SerializeToString() for signal, payload in rows)


@pytest.mark.parametrize("profile", list(TraceProfile))
@pytest.mark.parametrize("recording", RECORDINGS)
def test_no_secret_leaves_at_any_level(recording: str, profile: TraceProfile, tmp_path: Path) -> None:
    """A key, a password and a person's folder, in every field, are in no request, whatever is captured."""
    found: list[str] = []
    for number, level in enumerate(LEVELS.get(recording, [CAPTURED, {}])):
        folder = journal_of(tmp_path / f"{number}-1-a", recording)
        sent = b"".join(requests(folder, OPENCODE_TRACE_PROFILE=profile.value, **level))
        found += [f"{sorted(level)}: {mark}" for mark in MARKS if mark.encode() in sent]

    assert [] == found


@pytest.mark.parametrize("profile", list(TraceProfile))
def test_marked_content_leaves_without_its_secrets(profile: TraceProfile, tmp_path: Path) -> None:
    """The search means something: the texts around the marks are there, and say what was taken out."""
    folder = journal_of(tmp_path / "1-1-a", "run_content")
    sent = b"".join(requests(folder, OPENCODE_TRACE_PROFILE=profile.value, **CAPTURED))

    assert sent.count(f"Bearer {BEGIN}".encode()) > 5
    assert sent.count(b"DB_PASSWORD=" + BEGIN.encode()) == sent.count(f"Bearer {BEGIN}".encode())


@pytest.mark.parametrize("profile", list(TraceProfile))
def test_words_of_errors_leave_without_secrets(profile: TraceProfile, tmp_path: Path) -> None:
    """What a provider says of a failure leaves at every level, without what is secret in it."""
    folder = journal_of(tmp_path / "1-1-a", "run_e401")
    sent = b"".join(requests(folder, OPENCODE_TRACE_PROFILE=profile.value))

    assert sent.count(f"Bearer {BEGIN}".encode()) >= 3


def test_marks_are_found_where_nothing_is_taken_out(tmp_path: Path) -> None:
    """The marks stand in the journal itself, which stays on the machine."""
    text = (journal_of(tmp_path / "1-1-a", "run_content") / "0.ndjson").read_text(encoding="utf-8")

    assert all(text.count(mark) > 5 for mark in MARKS)
