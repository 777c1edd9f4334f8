"""What the plugin does when something is broken: OpenCode never notices, the user is told once."""

import resource
import signal
from pathlib import Path

import pytest

from tests.plugin.conftest import HostFactory
from tests.plugin.events import event, idle, part
from tests.plugin.host import Host, wait_for

LIMIT_BYTES = 8192
GARBAGE = [
    "undefined",
    "null",
    "{}",
    "{event: null}",
    "{event: 7}",
    "{event: {}}",
    "{event: {type: 'constructor', properties: {}}}",
    "{event: {type: '__proto__', properties: {}}}",
    "{event: {type: 'session.idle'}}",
    "{event: {type: 'session.created', properties: {}}}",
    "{event: {type: 'session.diff', properties: {diff: [null, 1]}}}",
    "{event: {type: 'message.updated', properties: {info: null}}}",
    "{event: {type: 'message.updated', properties: {info: {summary: {diffs: 3}}}}}",
    "{event: {type: 'message.part.updated', properties: {part: {type: 'toString'}}}}",
    "{event: {type: 'message.part.updated', properties: {part: {type: 'tool'}}}}",
    "{event: {id: 'evt_x', type: 'session.idle', properties: {sessionID: 10n}}}",
    "{event: {type: 'session.idle', get properties() { throw new Error('no') }}}",
    "{get event() { throw new Error('no') }}",
    "new Proxy({}, {get() { throw new Error('no') }})",
    "(t => { t.t = t; return {event: {type: 'session.updated', properties: {info: {time: t}}}} })({})",
]


@pytest.mark.parametrize(
    "name", ["event", "chat.params", "chat.headers", "command.execute.before", "dispose", "shell.env"]
)
def test_garbage_never_throws(host: Host, name: str) -> None:
    """Whatever a hook is called with, it throws nothing, and the next event is journaled."""
    answers = [host.call("hook", name=name, js=js) for js in GARBAGE]
    host.event(idle())

    assert [] == [js for js, answer in zip(GARBAGE, answers, strict=True) if answer["threw"]]
    assert "session.idle" == host.events()[-1]["type"]


def test_an_event_that_cannot_be_read_is_counted(host: Host) -> None:
    """What is not journaled is told in the next line."""
    host.event(idle())
    for js in GARBAGE[-2:]:
        host.call("hook", js=js)
    host.event(idle())

    assert [{"lines": 2}] == [line["lost"] for line in host.lines() if "lost" in line]


def test_cycles_in_a_recorded_input_cost_one_event(new_host: HostFactory) -> None:
    """With all inputs recorded, a cyclic one is lost, counted, and does no harm."""
    host = new_host({"OPENCODE_LOG_TOOL_DETAILS": "1"}).start()
    host.attach()
    cyclic = (
        "(input => { input.input = input; return {event: {id: 'e', type: 'message.part.updated', properties:"
        " {part: {type: 'tool', state: {status: 'completed', input}}}}} })({})"
    )

    assert not host.call("hook", js=cyclic)["threw"]
    host.event(idle())
    assert [{"lines": 1}] == [line["lost"] for line in host.lines() if "lost" in line]


def small_files() -> None:
    """Make this process one whose files cannot grow past a limit, as on a full disk, without dying of it."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT_BYTES, resource.RLIM_INFINITY))


def no_files() -> None:
    """Make this process one that can write nothing into files, as on a disk without any room."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def test_a_full_disk_costs_counted_lines(new_host: HostFactory) -> None:
    """A line that is cut short ends at a line break, and the first one that succeeds counts the lost ones."""
    host = new_host().start(preexec=small_files)
    host.attach()
    host.event(idle())
    published = 1
    while len(host.text().encode()) < LIMIT_BYTES:
        assert not host.event(idle())["threw"]
        published += 1
    for _ in range(2):
        assert not host.event(idle())["threw"]
        published += 1
    assert host.process
    resource.prlimit(
        host.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )
    assert not host.event(idle())["threw"]
    published += 1

    torn, lost, last = host.text().splitlines()[-3:]
    whole = host.text().count('"session.idle"') - torn.count('"session.idle"')
    assert not torn.endswith("}}}")
    assert f'"lost":{{"lines":{published - whole}}}' in lost
    assert '"session.idle"' in last


def test_a_disk_that_is_full_from_the_start_is_told(new_host: HostFactory, tmp_path: Path) -> None:
    """A state directory that is no directory: the user is told once, in the log and on the screen."""
    (tmp_path / "state").write_text("a file")
    host = new_host().start()
    host.attach()
    answers = [host.event(idle()), host.event(idle())]

    told = host.said()
    assert [None, None] == [answer["threw"] for answer in answers]
    assert ["log", "toast"] == [kind for kind, _, _ in told]
    assert {"OPENCODE_OTEL_STATE_DIR"} <= set(told[0][2].replace(";", "").split())
    assert str(tmp_path) not in told[0][2]


def test_a_state_directory_that_comes_back_is_used(new_host: HostFactory, tmp_path: Path) -> None:
    """A minute later the journal is tried again, and says what was lost until then."""
    (tmp_path / "state").write_text("a file")
    host = new_host().start()
    instance = host.call("core", env={})["instance"]
    host.event(idle(), instance)
    (tmp_path / "state").unlink()
    host.event(idle(), instance)
    assert [] == host.journals()

    host.call("pass", ms=60_000)
    host.event(idle(), instance)

    assert [{"lines": 2}] == [line["lost"] for line in host.lines() if "lost" in line]
    assert 1 == len(host.events())


def test_a_full_disk_leaves_no_broken_key(new_host: HostFactory) -> None:
    """The key of the HMACs could not be written; a minute later there is room, and the journal begins."""
    host = new_host({"OPENCODE_OTLP_HEADERS": "a=b"}).start(preexec=no_files)
    instance = host.call("core", env={})["instance"]
    host.event(idle(), instance)
    left = [path.name for path in host.state.iterdir() if path.is_file()]
    assert host.process
    resource.prlimit(
        host.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    )

    host.call("pass", ms=60_000)
    host.event(idle(), instance)

    assert [] == left
    assert 32 == len((host.state / "key").read_bytes())
    assert 1 == len(host.events())


def test_a_missing_agent_is_told_once(new_host: HostFactory) -> None:
    """One log entry, one toast, and the journal goes on for the next agent."""
    host = new_host(agent_argv=["/nowhere/python", "-m", "otel_agent"]).start()
    host.attach()
    for _ in range(3):
        assert not host.event(idle())["threw"]
    wait_for(host.said, "the message")

    message = "telemetry is off: the agent cannot run (ENOENT); run `otel-agent install` again"
    assert [["log", "error", message], ["toast", "error", message]] == host.said()
    assert 3 == len(host.events())


def test_an_unread_journal_stays_within_one_segment(new_host: HostFactory) -> None:
    """Without an agent nobody deletes what was read: the plugin stops at 64 MiB."""
    size = 64 * 1024 * 1024
    host = new_host(
        {"OPENCODE_LOG_PROMPTS": "1", "OPENCODE_CONTENT_MAX_LENGTH": str(size)},
        agent_argv=["/nowhere/python"],
    ).start()
    host.attach()
    host.event(part("text", text="x" * size))
    host.event(idle())

    assert ["0.ndjson"] == [path.name for path in host.journals()[0].iterdir()]
    assert 1 == len(host.events())


def test_an_opencode_without_log_and_screen_goes_on(new_host: HostFactory) -> None:
    """Calls that OpenCode refuses or does not know change nothing."""
    host = new_host(agent_argv=["/nowhere/python"]).start()
    host.attach(client="rejecting")
    for _ in range(3):
        assert not host.event(idle())["threw"]

    assert 3 == len(host.events())


def test_the_plugin_runs_on_node_too(new_host: HostFactory, node: Path) -> None:
    """Nothing but Node's built-ins is used: journal, agent and waiting end work there."""
    host = new_host(
        {"OPENCODE_OTEL_EXIT_WAIT_MS": "5000", "OPENCODE_OTLP_HEADERS": "a=b"}, runtime=node
    ).start()
    host.attach()
    host.event(event("session.idle", sessionID="ses_n"))
    agent = host.the_agent()
    host.call("dispose")

    assert ["ses_n"] == [line["properties"]["sessionID"] for line in host.events()]
    assert host.has_ended(agent)


def test_a_missing_agent_is_told_on_node_too(new_host: HostFactory, node: Path) -> None:
    """Node reports a missing program later than Bun does."""
    host = new_host(agent_argv=["/nowhere/python"], runtime=node).start()
    host.attach()
    assert not host.event(idle())["threw"]

    wait_for(host.said, "the message")

    assert 2 == len(host.said())
