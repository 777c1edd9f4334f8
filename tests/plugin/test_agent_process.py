"""The agent's process as the plugin starts it, waits for it, and starts it again."""

import os
import signal
import time

import pytest

from tests.plugin.conftest import HostFactory
from tests.plugin.events import idle
from tests.plugin.host import Host, wait_for

SLOW_END = "cat > /dev/null; sleep 1"
ONE_MINUTE_MS = 60_000


def environment_of(host: Host) -> dict[str, str]:
    """The environment that the first agent was started with."""
    noted = host.noted("env", host.the_agent())
    return dict(line.partition("=")[::2] for line in noted.splitlines())


def test_the_agent_is_started_for_the_journal(host: Host) -> None:
    """Its command ends with the journal's folder; it runs in the state directory, in a session of its own."""
    host.event(idle())
    agent = host.the_agent()

    assert f"run --journal {host.journals()[0]}\n" == host.noted("argv", agent)
    assert f"{host.state}\n" == host.noted("cwd", agent)
    assert agent == os.getsid(agent)


def test_the_agent_has_opencodes_environment(new_host: HostFactory) -> None:
    """Everything is inherited but what would change another Python."""
    host = new_host({"OPENCODE_OTLP_HEADERS": "a=b", "PYTHONPATH": "/x", "PYTHONHOME": "/y"}).start()
    host.attach()
    host.event(idle())
    environ = environment_of(host)

    assert ("a=b", str(host.state)) == (environ["OPENCODE_OTLP_HEADERS"], environ["OPENCODE_OTEL_STATE_DIR"])
    assert not {name for name in environ if name.startswith("PYTHON")}


def test_the_agent_sees_opencodes_death(host: Host) -> None:
    """When OpenCode is killed, the agent lives on and its input ends."""
    host.event(idle())
    agent = host.the_agent()
    assert not host.has_ended(agent)

    host.stop(signal.SIGKILL)

    wait_for(lambda: host.has_ended(agent), "the end of the agent's input")


def test_a_running_agent_keeps_no_process_alive(host: Host) -> None:
    """OpenCode ends by itself while its agent runs."""
    host.event(idle())
    host.the_agent()
    assert host.process

    host.process.communicate(timeout=5)

    assert 0 == host.process.returncode


def test_dispose_without_wait_returns_at_once(new_host: HostFactory) -> None:
    """With no exit wait dispose takes less than a millisecond and ends nothing."""
    host = new_host({"OPENCODE_OTEL_EXIT_WAIT_MS": "0"}).start()
    host.attach()
    host.event(idle())
    agent = host.the_agent()

    assert host.call("dispose")["ms"] < 1
    assert not host.has_ended(agent)


@pytest.mark.parametrize("wait", ["5000", "auto", None])
def test_dispose_waits_for_the_agents_end(new_host: HostFactory, wait: str | None) -> None:
    """With an exit wait (by default: without a terminal) dispose ends the agent's input and waits for it."""
    environ = {} if wait is None else {"OPENCODE_OTEL_EXIT_WAIT_MS": wait}
    host = new_host(environ, agent=SLOW_END).start()
    host.attach()
    host.event(idle())
    agent = host.the_agent()

    answer = host.call("dispose")

    assert host.has_ended(agent)
    assert 900 < answer["waited_ms"] < 4_000


def test_dispose_waits_no_longer_than_it_is_told(new_host: HostFactory) -> None:
    """An agent that takes longer goes on alone."""
    host = new_host({"OPENCODE_OTEL_EXIT_WAIT_MS": "200"}, agent=SLOW_END).start()
    host.attach()
    host.event(idle())
    agent = host.the_agent()

    answer = host.call("dispose")

    assert 190 < answer["waited_ms"] < 900
    assert not host.has_ended(agent)
    wait_for(lambda: host.has_ended(agent), "the agent's own end")


def test_an_unused_plugin_is_disposed_at_once(host: Host) -> None:
    """Without a journal there is nothing to wait for."""
    assert host.call("dispose")["waited_ms"] < 50


def test_after_dispose_the_next_event_starts_the_agent_again(new_host: HostFactory) -> None:
    """OpenCode may go on after it has disposed everything: a new agent follows the same journal."""
    host = new_host({"OPENCODE_OTEL_EXIT_WAIT_MS": "5000"}).start()
    host.attach()
    host.event(idle())
    first = host.the_agent()
    host.call("dispose")
    host.attach()
    host.event(idle(), 1)

    wait_for(lambda: len(host.agents()) == 2, "the second agent")
    assert host.noted("argv", first) == host.noted("argv", host.agents()[1])


def test_events_during_the_wait_are_followed_too(new_host: HostFactory) -> None:
    """An event that is written while the agent ends gets an agent of its own when that one has ended."""
    host = new_host({"OPENCODE_OTEL_EXIT_WAIT_MS": "5000"}, agent=SLOW_END).start()
    host.attach()
    host.event(idle())
    first = host.the_agent()
    host.call("disposing")
    host.attach()
    host.event(idle(), 1)
    time.sleep(0.1)
    assert [first] == host.agents()

    wait_for(lambda: len(host.agents()) == 2, "the second agent")

    assert host.has_ended(first)


def test_a_killed_agent_is_started_again(host: Host) -> None:
    """The event after an agent's death starts the next one."""
    host.event(idle())
    first = host.the_agent()
    os.kill(first, signal.SIGKILL)

    def second() -> bool:
        host.event(idle())
        return len(host.agents()) > 1

    wait_for(second, "the second agent")
    assert first != host.agents()[1]


def started(host: Host, exits: list[int], pause_ms: int) -> int:
    """How often a scripted agent was started that exits with these codes; an event and a pause after each."""
    instance = host.call("core", env={})["instance"]
    host.event(idle(), instance)
    for code in exits:
        host.call("exit", code=code)
        host.event(idle(), instance)
        host.call("pass", ms=pause_ms)
        host.event(idle(), instance)
    return host.call("starts")["starts"]


def test_it_is_started_again_at_most_once_a_minute(host: Host) -> None:
    """An agent that ends at once is not started for each event."""
    assert 2 == started(host, exits=[1], pause_ms=0)
    host.call("exit", code=1)
    host.event(idle(), 1)

    assert 2 == host.call("starts")["starts"]
    host.call("pass", ms=ONE_MINUTE_MS)
    host.event(idle(), 1)
    assert 3 == host.call("starts")["starts"]


def test_it_is_started_again_five_times(host: Host) -> None:
    """After the fifth restart the plugin gives up, and says so once."""
    assert 6 == started(host, exits=[1] * 8, pause_ms=ONE_MINUTE_MS)
    assert [
        [
            "log",
            "error",
            "telemetry is off: the agent cannot run (it ended 6 times); run `otel-agent install` again",
        ]
    ] == [words for words in host.said() if words[0] == "log"]


@pytest.mark.parametrize("code", [2, 75])
def test_it_is_not_started_again_when_that_is_no_use(host: Host, code: int) -> None:
    """Invalid settings stay invalid, and a journal that another agent holds has its agent."""
    assert 1 == started(host, exits=[code], pause_ms=ONE_MINUTE_MS)


def test_invalid_settings_end_the_journal(new_host: HostFactory) -> None:
    """The user is told once, and nothing more is written."""
    host = new_host(agent="exit 2").start()
    host.attach()
    host.event(idle())
    wait_for(host.said, "the message")
    host.event(idle())

    message = "telemetry is off: its settings are invalid; run `otel-agent status`"
    assert [["log", "error", message], ["toast", "error", message]] == host.said()
    assert 1 == len(host.events())
