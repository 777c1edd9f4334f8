"""Whatever is planted in the state directory: nothing outside of it is read, changed or deleted."""

import json
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from otel_agent import receipts
from otel_agent.exporter.outbox import FILE_NAME
from otel_agent.owners import LOCK_NAME
from otel_agent.sink.server import Sink
from tests import journals
from tests.agents import World, settings_for

SECRET = "what-stands-in-a-file-outside"
STRANGER = 4321
OWN = "5-1-a"
Plant = Callable[[World, Path], None]


@pytest.fixture
def outside(tmp_path: Path, sink: Sink) -> Path:
    """A person's folder: a text, a database, many JSON files, and a journal that nobody works on."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "text").write_text(SECRET)
    (folder / "text").chmod(0o644)
    with closing(sqlite3.connect(folder / "data.db")) as database:
        database.execute("CREATE TABLE kept(text)")
        database.commit()
    (folder / "data.db").chmod(0o644)
    for number in range(2 * receipts.KEPT):
        (folder / f"{number}.json").write_text("{}")
    journals.make(folder / "1-1-b", "run_simple", **{**journals.dead(), "settings": settings_for(sink)})
    return folder


def found_in(folder: Path) -> Mapping[str, tuple[int, bytes]]:
    """Return the rights and bytes of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mode,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    }


def linked(name: str, target: str) -> Plant:
    """Put a link to something outside into the state directory."""

    def plant(world: World, outside: Path) -> None:
        path = world.state_dir / name.format(host=journals.HOST)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(outside / target)

    return plant


def piped(name: str) -> Plant:
    """Put a pipe that nobody writes and nobody reads into the state directory."""

    def plant(world: World, _outside: Path) -> None:
        path = world.state_dir / name.format(host=journals.HOST)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)

    return plant


PLANTS: Mapping[str, tuple[Plant, ...]] = {
    "links": (
        linked("key", "text"),
        linked("installation", "text"),
        linked("agent.log", "text"),
        linked("{host}/receipts", "."),
        linked("{host}/1-1-b", "1-1-b"),
        linked("{host}/1-1-c", "."),
        linked("{host}/1-1-d/0.ndjson", "1-1-b/0.ndjson"),
        linked(f"{{host}}/1-1-e/{FILE_NAME}", "data.db"),
        linked(f"{{host}}/{OWN}/1.ndjson", "1-1-b/0.ndjson"),
    ),
    "pipes": (
        piped("key"),
        piped("installation"),
        piped("agent.log"),
        piped("{host}/1-1-c/0.ndjson"),
        piped(f"{{host}}/{OWN}/1.ndjson"),
        piped(f"{{host}}/{OWN}/{FILE_NAME}"),
    ),
    "link to a database": (linked(f"{{host}}/{OWN}/{FILE_NAME}", "data.db"),),
    "link to a text": (linked(f"{{host}}/{OWN}/{FILE_NAME}", "text"),),
}


@pytest.mark.parametrize("plants", PLANTS.values(), ids=PLANTS)
def test_what_is_planted_leads_nowhere(
    agents: World, sink: Sink, outside: Path, plants: tuple[Plant, ...]
) -> None:
    """Everything outside stays as it is, and the journal that the agent is for is delivered."""
    own = agents.journal(OWN, "run_tools", settings=settings_for(sink))
    for plant in plants:
        plant(agents, outside)
    before = found_in(outside)
    code, said = agents.run(own)
    sent = repr([*sink.log_records(), *sink.metric_points()])

    assert (0, "") == (code, said)
    assert before == found_in(outside)
    assert not own.exists()
    assert "tool_result" in sent
    assert SECRET not in sent


def test_lock_that_is_a_link_ends_the_agent(agents: World, sink: Sink, outside: Path) -> None:
    """Nobody can own such a journal; nothing is written where the link leads."""
    own = agents.journal(OWN, "run_tools", settings=settings_for(sink))
    linked(f"{{host}}/{OWN}/{LOCK_NAME}", "text")(agents, outside)
    before = found_in(outside)
    code, _ = agents.run(own)

    assert (1, before, True) == (code, found_in(outside), own.exists())


def test_what_somebody_else_keeps_in_a_journal_stays(agents: World, sink: Sink) -> None:
    """Only what the plugin and the agents make is ever deleted."""
    own = agents.journal(OWN, "run_simple", settings=settings_for(sink))
    (own / "notes.txt").write_text("mine")
    (own / "folder").mkdir()
    (own / "folder" / "0.ndjson").write_text("mine")
    code, _ = agents.run(own)

    assert 0 == code
    assert {"notes.txt", "folder", "folder/0.ndjson"} == set(found_in(own))


@pytest.mark.parametrize("name", ["../../escaped", "a\0b\x1b[2J\n", "x" * 5000])
def test_journals_id_is_no_path(agents: World, sink: Sink, name: str) -> None:
    """A receipt stays in its folder, whatever the header says."""
    own = agents.journal(OWN, "run_simple", settings=settings_for(sink))
    lines = (own / "0.ndjson").read_text(encoding="utf-8").splitlines()
    header = json.loads(lines[0])
    header["journal"]["id"] = name
    journals.write(own, 0, [json.dumps(header), *lines[1:]])
    before = set(agents.root.iterdir())
    code, said = agents.run(own)
    kept = list((agents.host_dir / receipts.FOLDER).iterdir())

    assert (0, "", before) == (code, said, set(agents.root.iterdir()))
    assert (1, [name]) == (len(kept), [row.journal for row in receipts.read(agents.host_dir)])
    assert {"installation", "agent.log", journals.HOST} == {path.name for path in agents.state_dir.iterdir()}
    assert "\x1b" not in agents.log()


def test_header_names_no_other_state_directory(agents: World, sink: Sink, tmp_path: Path) -> None:
    """The state directory is the one that the journal is in."""
    elsewhere = tmp_path / "elsewhere"
    places = {"OPENCODE_OTEL_STATE_DIR": str(elsewhere), "XDG_STATE_HOME": str(elsewhere)}
    own = agents.journal(OWN, "run_simple", settings={**settings_for(sink), **places})
    code, _ = agents.run(own)

    assert (0, False) == (code, elsewhere.exists())
    assert (agents.state_dir / "installation").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_helper_of_another_users_journal_is_not_run(agents: World, sink: Sink, tmp_path: Path) -> None:
    """A journal that somebody else has planted is not taken over, with the program that its header names."""
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\necho '{{}}'\n")
    helper.chmod(0o755)
    settings = {**settings_for(sink), "OPENCODE_OTLP_HEADERS_HELPER": str(helper)}
    planted = agents.journal("1-1-b", "run_simple", settings=settings)
    for path in (planted, planted / "0.ndjson"):
        os.chown(path, STRANGER, -1)
    own = agents.journal(OWN, "run_tools", settings=settings_for(sink))
    code, _ = agents.run(own)

    assert (0, False, True) == (code, (tmp_path / "was-run").exists(), planted.exists())
    assert {"0.ndjson"} == {path.name for path in planted.iterdir()}
    assert "journal_not_adopted" in agents.log()
