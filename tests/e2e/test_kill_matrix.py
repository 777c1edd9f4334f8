"""Whoever is killed, and whenever: in the end everything has arrived, once."""

import json
import random
import shutil
from base64 import b64encode
from pathlib import Path

import pytest

from otel_agent.settings import Signal
from otel_agent.sink.messages import ENDPOINTS
from tests.e2e.home import Tools
from tests.e2e.kill_matrix.keeper import Keeper
from tests.e2e.kill_matrix.matrix import Machine, play_matrix
from tests.e2e.kill_matrix.plan import DECK, Target, lives
from tests.e2e.kill_matrix.server import Server
from tests.e2e.kill_matrix.table import Amounts, Event, Table, awaited
from tests.e2e.kill_matrix.verdict import ages, differences
from tests.e2e.waiting import wait_until

KILLS = 20


@pytest.mark.timeout(600)
def test_kills_lose_and_double_nothing(
    tools: Tools, package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGKILL to OpenCode, the agent and the server; `make kill-matrix SEED=…` draws the same plan again."""
    machine = Machine(tools=tools, package=package, root=tmp_path)
    told: list[str] = []

    is_good = play_matrix(machine, kills=KILLS, seed=random.SystemRandom().randrange(10**6), tell=told.append)

    with capsys.disabled():
        print("", *told, sep="\n")  # noqa: T201 - the seed of a run is to be seen, whatever came of it
    assert is_good, "\n".join(told)


def test_matrix_of_any_size_kills_each_of_the_three() -> None:
    """Twenty kills are enough to meet OpenCode, the agent and the server, whatever the seed."""
    for seed in range(50):
        strikes = [strike for life in lives(seed, KILLS) for strike in life.strikes]

        assert set(Target) == {target for strike in strikes for target in strike.targets}
        assert KILLS <= len(strikes) <= KILLS + 1


def test_every_kind_of_life_is_dealt_before_one_comes_again() -> None:
    """A matrix with as many lives as the deck has cards has each of them once."""
    count = sum(len(card) for card in DECK)

    dealt = [tuple((one.phase, one.targets) for one in life.strikes) for life in lives(3, count)]

    assert sorted(tuple((one.phase, one.targets) for one in card) for card in DECK) == sorted(dealt)


def test_same_seed_draws_the_same_lives() -> None:
    """The plan follows from the seed; only the machine's own timing does not."""
    assert lives(11, 40) == lives(11, 40)
    assert lives(11, 40) != lives(12, 40)


def test_less_is_lost_and_more_is_doubled() -> None:
    """What is missing, smaller, larger or unexpected is told on its side; what is equal is not."""
    expected: Amounts = {("a", "s"): 1.0, ("b", "s"): 2.0, ("c", "s"): 3.0, ("d", "s"): 0.1 + 0.2}
    came: Amounts = {("b", "s"): 1.0, ("c", "s"): 6.0, ("d", "s"): 0.3, ("e", "s"): 1.0}

    fewer, more = differences(expected, came)

    assert ["a s: expected 1.0, got None", "b s: expected 2.0, got 1.0"] == sorted(fewer)
    assert ["c s: expected 3.0, got 6.0", "e s: expected None, got 1.0"] == sorted(more)


def test_same_request_again_is_a_repeat(tmp_path: Path) -> None:
    """A request whose acknowledgement was lost comes once more as it was, and counts once."""
    payload = ENDPOINTS[Signal.LOGS].request().SerializeToString()
    line = json.dumps({"signal": "logs", "payload": b64encode(payload).decode()})
    (tmp_path / "taken.ndjson").write_text(f"{line}\n{line}\n", encoding="utf-8")

    taken = Server(tmp_path).taken()

    assert (1, 1) == (len(taken.requests), len(taken.repeated))


def test_server_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    """What it had taken is there after SIGKILL, and a line that was torn is not."""
    server = Server(tmp_path)
    torn = tmp_path / "taken.ndjson"
    torn.write_text('{"whole": 1}\n{"to', encoding="utf-8")

    server.start()
    server.kill()

    assert '{"whole": 1}\n' == torn.read_text(encoding="utf-8")


def test_age_of_an_event_is_counted_back_from_the_kill() -> None:
    """Its id tells when it was made; one that came after the look at the clock has no age."""
    kill_ms = 1_800_000_000_000
    ids = [f"evt_{(ms << 12) % 2**48:012x}0001" for ms in (kill_ms - 30, kill_ms + 1)]
    events = tuple(Event(id=id_, session="s", type="message.updated", data={}) for id_ in ids)

    assert (30.0, 0.0) == ages(Table(told=(), beyond=events, holes=()), float(kill_ms))
    assert () == ages(Table(told=(), beyond=events, holes=()), None)


def test_segment_stays_when_its_journal_is_removed(tmp_path: Path) -> None:
    """The agent deletes what it has delivered; the truth is still to be read then."""
    journal = tmp_path / "state" / "host" / "journal"
    journal.mkdir(parents=True)
    segment = journal / "0.ndjson"
    segment.write_text("first\n", encoding="utf-8")
    with Keeper(tmp_path / "state", tmp_path / "kept") as keeper:
        [kept] = wait_until(keeper.journals, what="a second name")
        with segment.open("a", encoding="utf-8") as file:
            file.write("second\n")
        shutil.rmtree(journal)

        assert "first\nsecond\n" == (kept / "0.ndjson").read_text(encoding="utf-8")


def test_states_that_the_plugin_does_not_write_are_not_awaited() -> None:
    """A tool that is pending, and one that says again that it runs, are in no journal."""
    states = ("pending", "running", "running", "completed")
    events = [
        Event(
            id=f"evt_{number}",
            session="s",
            type="message.part.updated",
            data={"part": {"id": "p", "type": "tool", "state": {"status": status}}},
        )
        for number, status in enumerate(states)
    ]

    assert ["evt_1", "evt_3"] == [event.id for event in awaited(events)]
