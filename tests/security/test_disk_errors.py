"""A segment that cannot be read for a while: nothing of what stands before it is lost."""

import os
from pathlib import Path

import pytest

from otel_agent.exporter.testing import FakeClock
from otel_agent.journal import segment_path
from tests import journals, pipelines

STRANGER = 4321


def forbid(path: Path) -> None:
    """Make a file one that we may not read; to root everything is allowed but another user's journal."""
    if os.geteuid() == 0:
        os.chown(path, STRANGER, -1)
    else:
        path.chmod(0)


def allow(path: Path) -> None:
    """Undo it."""
    path.chmod(0o600)
    os.chown(path, os.geteuid(), -1)


def test_lines_before_an_error_are_read_again(tmp_path: Path) -> None:
    """The error comes in the middle of a read; when it is over, every line is folded once."""
    expected = pipelines.finished(journals.make(tmp_path / "1-1-b", id="1-1-a"))
    folder = journals.make(tmp_path / "1-1-a")
    lines = segment_path(folder, 0).read_text(encoding="utf-8").splitlines()
    journals.write(folder, 0, lines[:20])
    forbid(journals.write(folder, 1, [lines[0], *lines[20:]]))
    pipeline = pipelines.opened(folder, FakeClock())
    with pytest.raises(OSError, match=r"expected an ordinary file|denied"):
        pipeline.step()
    allow(segment_path(folder, 1))
    while pipeline.step():
        continue
    pipeline.finish()
    found = pipelines.sent_of(pipeline.outbox)
    pipeline.close()

    assert (expected.told(), expected.totals()) == (found.told(), found.totals())
