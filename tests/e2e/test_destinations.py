"""Several destinations of the real OpenCode: one that is away delays neither its end nor the other one."""

from collections import Counter
from collections.abc import Iterator

import pytest

from otel_agent.sink.server import Sink
from tests.e2e.commands import flush
from tests.e2e.recipes import prompt
from tests.e2e.waiting import wait_until
from tests.e2e.world import World

LONG = {"OPENCODE_OTEL_EXIT_WAIT_MS": "120000"}
"""OpenCode waits longer for its agent than a test takes: what ends in time was not waited for in vain."""


@pytest.fixture
def phoenix() -> Iterator[Sink]:
    """A second server."""
    with Sink() as running:
        yield running


def spans_of(sink: Sink) -> Counter[str]:
    """Return how often each span arrived."""
    return Counter(span.span_id for span in sink.spans())


def test_destination_that_is_away_does_not_keep_opencode(world: World, phoenix: Sink) -> None:
    """The other one has everything when OpenCode ends; what waits arrives by a flush, once."""
    folder, environ = world.home.project(), {"PHOENIX_ENDPOINT": phoenix.http_url, **LONG}
    phoenix.stop()
    finished = world.opencode.run(folder, prompt("commit"), **environ)
    at_once, left = spans_of(world.sink), world.home.journals()
    tokens = world.arrived().tokens
    waiting = flush(world, folder, "--timeout", "1", PHOENIX_ENDPOINT=phoenix.http_url)
    phoenix.start()

    code, said = flush(world, folder, PHOENIX_ENDPOINT=phoenix.http_url)

    assert (0, 1, 1) == (finished.code, len(left), waiting[0])
    assert "waits for phoenix: http/protobuf to" in waiting[1]
    assert world.truth().tokens == tokens
    assert (0, "Nothing waits") == (code, said.splitlines()[-1])
    assert spans_of(world.sink) == at_once == spans_of(phoenix)
    assert {1} == set(at_once.values())
    assert [] == world.home.journals()


def test_vendors_own_variable_is_enough(world: World, phoenix: Sink) -> None:
    """Without OPENCODE_ENABLE_TELEMETRY the turn is at the vendor with its texts, and nowhere else."""
    folder, environ = world.home.project(), {"PHOENIX_ENDPOINT": phoenix.http_url, **LONG}

    finished = world.opencode.run(folder, prompt("simple"), OPENCODE_ENABLE_TELEMETRY="", **environ)

    assert 0 == finished.code
    assert [] == world.sink.attempts()
    [turn] = [span for span in phoenix.spans() if not span.parent_id]
    assert prompt("simple") in str(turn.attributes["input.value"])


def test_hanging_destination_does_not_keep_the_other_one_from_anything(world: World, phoenix: Sink) -> None:
    """A server that takes a connection and does not answer: the generic backend is as quick as alone."""
    folder = world.home.project()
    phoenix.hang(600.0, 100)
    environ = {"PHOENIX_ENDPOINT": phoenix.http_url, "OPENCODE_OTEL_EXIT_WAIT_MS": "0"}
    finished = world.opencode.run(folder, prompt("commit"), **environ)
    wait_until(lambda: world.truth().tokens == world.arrived().tokens, what="all tokens")
    at_once = phoenix.spans()
    phoenix.stop()

    assert (0, []) == (finished.code, at_once)
    assert 1 == world.total("commit.count")
