"""Pictures of the boards, drawn from a real week by the boards' own questions.

`PICTURES=docs/pictures` leaves them where the documentation shows them.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from otel_agent.dashboards.boards.catalogue import BOARDS
from tests.backends.filled import WEEK, Filled

ROOT = Path(__file__).parents[2]
MOST_BYTES = 250_000
WIDTH = 1600

pytest.importorskip("matplotlib", reason="needs requirements/pictures.txt: run `make test-backends`")


@pytest.mark.parametrize("name", [board.name for board in BOARDS])
def test_board_is_drawn_from_its_own_questions(default_week: Filled, tmp_path: Path, name: str) -> None:
    """Every panel has an answer, but those of Tempo, and those whose description says when they are empty."""
    draw(default_week, f"{name}.json", folder(tmp_path) / f"grafana-{name}.png")


def test_board_beside_claude_code_is_drawn(claude_code_week: Filled, tmp_path: Path) -> None:
    """With the series of both agents."""
    draw(claude_code_week, "claude_code/overview.json", folder(tmp_path) / "grafana-claude-code.png")


def folder(tmp_path: Path) -> Path:
    """Return where pictures go."""
    return Path(os.environ.get("PICTURES") or tmp_path).absolute()


def draw(week: Filled, name: str, out: Path) -> None:
    """Draw a board of the repository, as its user would, and look at what the tool says and writes."""
    board = ROOT / "dashboards" / "grafana" / name
    loki = week.grafana.loki
    assert loki is not None

    done = subprocess.run(
        [
            *(sys.executable, "tools/pictures.py", str(board), "--out", str(out), "--width", str(WIDTH)),
            *("--prometheus", week.grafana.prometheus.url, "--loki", loki.url),
            *("--from", str(WEEK.start_s), "--to", str(WEEK.end_s)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert set() == set(re.findall(r"^no answer: (.+) \(", done.stdout, re.MULTILINE)) - allowed(board)
    head = out.read_bytes()
    assert WIDTH == int.from_bytes(head[16:20], "big")
    assert len(head) < MOST_BYTES


def allowed(board: Path) -> set[str]:
    """Return the titles of the panels that may be empty: traces, and what says so of itself."""
    made = json.loads(board.read_text(encoding="utf-8"))
    return {
        panel["title"]
        for panel in made["panels"]
        if panel["type"] != "row"
        and (
            panel["targets"][0]["datasource"]["type"] == "tempo"
            or re.search(r"[Ee]mpty", panel["description"])
        )
    }
