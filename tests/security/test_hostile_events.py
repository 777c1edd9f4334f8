"""Hostile lines in a journal: each costs only itself, and the lines around it are told as ever."""

import json
from pathlib import Path

import pytest

from otel_agent.journal import MAX_LINE_BYTES
from tests import journals, pipelines

DEEP = 100_000
EVENT = '{"t":1,"i":0,"event":{"id":"evt_x","type":"%s","properties":%s}}'
LINES = {
    "deep list": '{"t":1,"i":0,"event":' + "[" * DEEP + "]" * DEEP + "}",
    "deep object": EVENT % ("session.idle", '{"a":' * DEEP + "1" + "}" * DEEP),
    "huge number": EVENT % ("session.idle", '{"sessionID":1' + "0" * 5000 + "}"),
    "number out of range": EVENT % ("session.idle", '{"sessionID":1e400}'),
    "not a number": EVENT % ("session.idle", '{"sessionID":NaN}'),
    "huge time": '{"t":1e300,"i":0,"event":{"type":"session.idle","properties":{"sessionID":"s"}}}',
    "negative time": '{"t":-1,"i":-1,"event":{"type":"session.idle","properties":{"sessionID":"s"}}}',
    "lone surrogate": EVENT % ("session.idle", '{"sessionID":"\\ud800"}'),
    "duplicate keys": '{"t":1,"t":2,"event":{},"event":{"type":"session.idle","properties":{}}}',
    "separators in ids": EVENT % ("session.idle", '{"sessionID":"a\\u001fb\\u0000c\\nd"}'),
    "path as id": EVENT % ("session.deleted", '{"sessionID":"../../x","info":{"id":"../../x"}}'),
    "no object": '[["t",1]]',
    "NUL": "\0" * 1000,
    "escape sequences": EVENT % ("\\u001b[2J", "{}"),
    "long id": EVENT % ("session.idle", '{"sessionID":"' + "x" * 1_000_000 + '"}'),
    "nested shell": EVENT
    % (
        "message.part.updated",
        json.dumps(
            {
                "part": {
                    "id": "prt_x",
                    "sessionID": "ses_x",
                    "messageID": "msg_x",
                    "type": "tool",
                    "tool": "bash",
                    "callID": "call_x",
                    "state": {
                        "status": "completed",
                        "input": {"command": "$(" * 30_000},
                        "output": "",
                        "time": {"start": 1, "end": 2},
                    },
                }
            }
        ),
    ),
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_hostile_line_costs_only_itself(tmp_path: Path, line: str) -> None:
    """Every record and total of the other lines is there."""
    expected = pipelines.finished(journals.make(tmp_path / "1-1-a", "run_edit"))
    folder = journals.make(tmp_path / "1-1-b", "run_edit", id="1-1-a")
    good = (folder / "0.ndjson").read_text(encoding="utf-8").splitlines()
    middle = len(good) // 2
    journals.write(folder, 0, [*good[:middle], line, *good[middle:]])
    found = pipelines.finished(folder)

    assert not expected.told() - found.told()
    assert expected.totals().items() <= found.totals().items()


def test_line_without_end_costs_only_itself(tmp_path: Path) -> None:
    """A line that is longer than any of the plugin's is passed over in pieces."""
    folder = journals.make(tmp_path / "1-1-a", "run_simple")
    expected = pipelines.finished(journals.make(tmp_path / "1-1-b", "run_simple", id="1-1-a"))
    good = (folder / "0.ndjson").read_text(encoding="utf-8").splitlines()
    journals.write(folder, 0, [good[0], '{"t":1,"event":"' + "x" * (2 * MAX_LINE_BYTES), *good[1:]])
    found = pipelines.finished(folder)

    assert expected.told() == found.told()
    assert 1 == found.counts["dropped.oversized_line"]
