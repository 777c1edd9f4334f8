"""Journals that grow while the pipelines that read them die, for tests of what is never lost."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from otel_agent.exporter.outbox import Outbox
from otel_agent.exporter.testing import FakeClock
from otel_agent.pipeline import Pipeline
from tests import journals
from tests.pipelines import opened


class Life:
    """A journal that grows while its pipelines are killed; `data` chooses where."""

    def __init__(
        self,
        folder: Path,
        recording: str,
        data: st.DataObject,
        born: Callable[[Path, FakeClock], Pipeline] = opened,
    ) -> None:
        """Begin with the header only; each pipeline is `born`."""
        folder.mkdir()
        journals.write(folder, 0, [journals.header(folder.name)])
        self.folder = folder
        self.data = data
        self.born = born
        self.lines = journals.lines_of(recording)
        self.clock = FakeClock()
        self.pipeline = born(folder, self.clock)
        self.segment = 0

    def live(self) -> Outbox:
        """Write all lines, dying now and then, and return the database at the end, which is open."""
        while self.lines:
            self.write(self.data.draw(st.integers(1, 12)))
            self.clock.advance(self.data.draw(st.sampled_from([0.0, 5.0, 60.0])))
            getattr(self, self.data.draw(st.sampled_from(["go_on", "reopen", "die_uncommitted"])))()
        while self.pipeline.step():
            continue
        assert self.pipeline.finish()
        self.reopen()
        assert self.pipeline.finish()
        return self.pipeline.outbox

    def write(self, count: int) -> None:
        """Write some lines, now and then into the next segment."""
        if self.data.draw(st.integers(0, 5)) == 0:
            self.segment += 1
            journals.write(self.folder, self.segment, [journals.header(self.folder.name)])
        batch, self.lines = self.lines[:count], self.lines[count:]
        journals.append(self.folder, "".join(f"{line}\n" for line in batch), self.segment)

    def go_on(self) -> None:
        """Fold what is there."""
        self.pipeline.step()

    def reopen(self) -> None:
        """Fold what is there, die after a commit and begin anew."""
        self.pipeline.step()
        self.pipeline.close()
        self.pipeline = self.born(self.folder, self.clock)

    def die_uncommitted(self) -> None:
        """Fold what is there and die before the commit."""
        self.pipeline.outbox.connection.execute("PRAGMA query_only=ON")
        self.pipeline.step()
        self.pipeline.close()
        self.pipeline = self.born(self.folder, self.clock)
