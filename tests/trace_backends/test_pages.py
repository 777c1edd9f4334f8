"""What a person sees: the pages of Phoenix and MLflow, opened in a browser, and pictures of them.

`PICTURES=docs/pictures/destinations` leaves the pictures where the documentation shows them. The session on
them is played by the real OpenCode; its provider is ours.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.home import Tools
from tests.e2e.scenarios_shown import ANSWERED, ASKED, COMMIT, COMMITTED, WRITE
from tests.e2e.world import world_in
from tests.trace_backends.browser import Page, browsing, find_browser
from tests.trace_backends.mlflow import MLflow, MLflowServer
from tests.trace_backends.phoenix import Phoenix, PhoenixServer
from tests.trace_backends.played import MODEL, Played, play
from tests.trace_backends.serving import ask

# The first test waits for both servers and the session too.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
SIZE = {"width": 1440, "height": 880}
MOST_BYTES = 200_000
# How messages look that a page did not understand.
JSON_SIGNS = ('"role"', '"parts"', '"content"', "\\n")
# MLflow greets a new visitor with an open side panel and a hint, which cover the page.
SEEN = {
    "mlflow.assistant.fab.autoOpenedOnFirstLoad_v1": "true",
    "mlflow.assistant.panelOpen_v1": "false",
    "mlflow.detectIssues.guidanceShown_v1": "true",
}
# Which of a turn's model calls is looked at: it has a tool's result, a word and a call of a tool.
THIRD = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A session that is in both backends."""

    played: Played
    phoenix: Phoenix
    mlflow: MLflow


@pytest.fixture(scope="module")
def shown(
    phoenix_server: PhoenixServer,
    mlflow_server: MLflowServer,
    tools: Tools,
    package: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shown]:
    """A session in a project and an experiment, both called opencode."""
    phoenix, mlflow = phoenix_server.project("opencode"), mlflow_server.experiment("opencode")
    environ = {
        "PHOENIX_ENDPOINT": phoenix.url,
        "PHOENIX_PROJECT": phoenix.project,
        "MLFLOW_TRACKING_URI": mlflow.url,
        "MLFLOW_EXPERIMENT_ID": mlflow.experiment,
    }
    with world_in(tmp_path_factory.mktemp("world") / "home", tools, package) as world:
        played = play(world, environ)
    for backend in (phoenix, mlflow):
        for turn in played.turns:
            backend.trace(turn.trace, at_least=len(turn.calls))
    yield Shown(played=played, phoenix=phoenix, mlflow=mlflow)
    phoenix.clear()
    mlflow.clear()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A tab of the system's Chromium."""
    program = find_browser()
    if program is None:
        pytest.skip("needs Chromium: install it (on Debian: apt-get install chromium)")
    with browsing(program, tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture
def mlflow_page(page: Page, shown: Shown) -> Page:
    """A tab that has seen MLflow before."""
    page.open(f"{shown.mlflow.url}/health", **SIZE)
    page.wait_for("OK")
    for name, value in SEEN.items():
        page.run(f"localStorage.setItem({name!r}, {value!r})")
    return page


def keep(page: Page, tmp_path: Path, name: str) -> None:
    """Take a picture and see that it is small enough for a repository."""
    folder = Path(os.environ.get("PICTURES") or tmp_path).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    picture = page.picture()
    assert len(picture) < MOST_BYTES
    (folder / f"{name}.png").write_bytes(picture)


def signs_of_json(text: str) -> list[str]:
    """Give what of messages as JSON is to be read."""
    return [sign for sign in JSON_SIGNS if sign in text]


def phoenix_url(phoenix: Phoenix, rest: str) -> str:
    """Give the address of a page of a project, which is named by an id there."""
    found = ask("GET", f"{phoenix.url}/v1/projects/{phoenix.project}")
    return f"{phoenix.url}/projects/{found['data']['id']}/{rest}"


def test_phoenix_shows_the_session_as_a_dialogue(page: Page, shown: Shown, tmp_path: Path) -> None:
    """Both turns with what was asked and answered, all tokens and their cost."""
    page.open(phoenix_url(shown.phoenix, "sessions"), **SIZE)
    page.wait_for(shown.played.session, "$0.09")
    page.click(shown.played.session)
    text = page.wait_for("Turn 01", "Turn 02", "85,710", "$0.09", WRITE, COMMIT, "Committed as Add greet.py.")

    assert [] == signs_of_json(text)
    keep(page, tmp_path, "phoenix-session")


def test_phoenix_shows_a_call_as_messages(page: Page, shown: Shown, tmp_path: Path) -> None:
    """In the tree of a turn, the result of a tool, the model's word and its call of a tool."""
    page.open(phoenix_url(shown.phoenix, f"traces/{shown.played.turns[0].trace}"), **SIZE)
    page.wait_for("Turn", f"LLM: {MODEL}", "task", "read", ANSWERED)
    page.click(f"LLM: {MODEL}", THIRD)
    text = page.wait_for("tool: bash", "Hello, Ada!", "assistant", ASKED, "task({")

    assert [] == signs_of_json(text)
    keep(page, tmp_path, "phoenix-trace")


def test_mlflow_lists_what_was_said(mlflow_page: Page, shown: Shown) -> None:
    """The list of traces has prompt and answer in plain words, with session and tokens."""
    mlflow = shown.mlflow
    mlflow_page.open(f"{mlflow.url}/#/experiments/{mlflow.experiment}/traces", **SIZE)
    lines = mlflow_page.wait_for(WRITE, COMMIT).splitlines()

    assert {WRITE, COMMIT, ANSWERED, COMMITTED, "63400", "22310", shown.played.session} <= set(lines)


def test_mlflow_shows_the_session_as_a_dialogue(mlflow_page: Page, shown: Shown, tmp_path: Path) -> None:
    """Both turns with what was asked and answered."""
    mlflow = shown.mlflow
    address = f"{mlflow.url}/#/experiments/{mlflow.experiment}/chat-sessions/{shown.played.session}"
    mlflow_page.open(address, **SIZE)
    text = mlflow_page.wait_for("Turn 1", "Turn 2", "User", WRITE, "Assistant", COMMIT)

    assert "Committed as Add greet.py." in text
    assert [] == signs_of_json(text)
    keep(mlflow_page, tmp_path, "mlflow-session")


def test_mlflow_shows_a_call_as_messages(mlflow_page: Page, shown: Shown, tmp_path: Path) -> None:
    """In the tree of a turn, the result of a tool, the model's word and its call of a tool."""
    mlflow, trace = shown.mlflow, f"tr-{shown.played.turns[0].trace}"
    mlflow_page.open(
        f"{mlflow.url}/#/experiments/{mlflow.experiment}/traces?selectedEvaluationId={trace}", **SIZE
    )
    mlflow_page.wait_for("invoke_agent build", "execute_tool task", "63,400 tokens", "$0.08")
    mlflow_page.click(f"chat {MODEL}", THIRD)
    text = mlflow_page.wait_for("Tool\nHello, Ada!", "Tool calls", "subagent_type", ASKED)

    assert [] == signs_of_json(text)
    keep(mlflow_page, tmp_path, "mlflow-trace")
