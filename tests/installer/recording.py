"""A runner that keeps what it was asked to run, and plays what the program would have done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from otel_agent.opencode import Ended


def nothing(folder: Path) -> None:
    """Leave a folder as it is."""


@dataclass(slots=True, kw_only=True)
class RecordingRunner:
    """Ends every program in the same way after playing its effect on the folder that it ran in."""

    ended: Ended = field(default_factory=lambda: Ended(code=0))
    effect: Callable[[Path], None] = nothing
    commands: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, command: Sequence[str], *, folder: Path, limit_s: float) -> Ended:
        """Keep the command and play the program."""
        assert limit_s > 0
        self.commands.append(tuple(command))
        self.effect(folder)
        return self.ended
