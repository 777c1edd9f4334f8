"""A week of a team: real recordings of OpenCode, on seven days, by several people in several repositories."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.backends.moved import DAY_MS, Move, began_ms, moved

Json = dict[str, Any]

TESTS = Path(__file__).parents[1]
RECORDINGS = (TESTS / "recordings", TESTS / "otlp" / "recordings")

MONDAY_MS: Final = 1_767_571_200_000
"""5 January 2026, midnight UTC: every clock is later, and Prometheus refuses what is in its future."""
DAYS: Final = 7
SUNDAY_MS: Final = MONDAY_MS + DAYS * DAY_MS
"""The week's end."""
HOUR_MS: Final = 3_600_000
MORNING_MS: Final = 9 * HOUR_MS
PAIR_MS: Final = 3 * HOUR_MS
APART_MS: Final = 120_000
PACES: Final = (1, 20, 60)
"""How many times slower than its recording a session is: the fake model answers in no time."""
TOGETHER: Final[Mapping[str, tuple[str, ...]]] = {"resume": ("resume", "resume_2")}
"""Two processes that worked on one session."""
AGAIN: Final = (
    "demo",
    "run_commit",
    "run_edit",
    "run_pull_request",
    "run_subagent",
    "run_tools",
    "run_two_models",
    "serve_permission_edit",
)
"""What happens twice in the week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an installation of his own."""

    id: str
    terminal: str


PEOPLE: Final = tuple(
    Person(id=f"{number}0000000-0000-4000-8000-00000000000{number}", terminal=terminal)
    for number, terminal in enumerate(("xterm", "kitty", "WezTerm", "tmux", "vscode"), 1)
)
REPOSITORIES: Final = ("shop", "billing", "website")
BRANCHES: Final = ("main", "feature/search", "fix/rounding", "release")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One process of OpenCode: a recording, when and by whom it happens, and what git says where it ran."""

    id: str
    recording: Path
    move: Move
    person: Person
    repositories: Mapping[str, str]
    branch: str

    def lines(self) -> Iterator[Json]:
        """Yield the lines as they are written, the header first."""
        for line in moved(self.recording, self.move):
            if "journal" in line:
                line["journal"] |= {"id": self.id, "terminal": self.person.terminal}
            yield line

    def write(self, folder: Path) -> Path:
        """Write the journal as a file like a recording's, and give its path."""
        file = folder / f"{self.id}.ndjson"
        file.write_text("".join(f"{json.dumps(line)}\n" for line in self.lines()), encoding="utf-8")
        return file


def recordings() -> dict[str, Path]:
    """Give all recordings by name."""
    return {file.stem: file for folder in RECORDINGS for file in sorted(folder.glob("*.ndjson"))}


def week() -> list[Journal]:
    """Give the journals in the order in which they begin."""
    known = recordings()
    followers = {name for names in TOGETHER.values() for name in names[1:]}
    firsts = [*(name for name in sorted(known) if name not in followers), *AGAIN]
    made = [one for number, name in enumerate(firsts) for one in _piece(number, name, known)]
    return sorted(made, key=lambda journal: (journal.move.to_ms, journal.id))


def _piece(number: int, name: str, known: Mapping[str, Path]) -> Iterator[Journal]:
    """Yield the journals of the piece of work of this number; two on a day begin shortly after each other."""
    day, turn = number % DAYS, number // DAYS
    pair, second = divmod(turn, 2)
    to_ms = MONDAY_MS + day * DAY_MS + MORNING_MS + pair * PAIR_MS + second * APART_MS
    move = Move(
        from_ms=began_ms(known[name]),
        to_ms=to_ms,
        pace=PACES[(day + turn) % len(PACES)],
        tag=f"w{number:03d}",
    )
    repository = REPOSITORIES[(number + turn) % len(REPOSITORIES)]
    other = REPOSITORIES[(number + turn + 1) % len(REPOSITORIES)]
    for part, recording in enumerate(TOGETHER.get(name, (name,))):
        yield Journal(
            id=f"{to_ms}-{1000 + number}-{part:08x}",
            recording=known[recording],
            move=move,
            person=PEOPLE[(number + 2 * turn) % len(PEOPLE)],
            repositories={"/home/dev/project": repository, "/home/dev/other": other},
            branch=BRANCHES[number % len(BRANCHES)],
        )
