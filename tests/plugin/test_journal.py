"""The journal: when it is opened, its header, its files, its lines."""

import hashlib
import hmac
import os
import platform
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from otel_agent import __version__
from tests.plugin.conftest import HostFactory
from tests.plugin.events import SESSION, event, idle, part
from tests.plugin.host import Host, wait_for

SEGMENT_BYTES = 64 * 1024 * 1024


def mode(path: Path) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_without_telemetry_nothing_happens(new_host: HostFactory) -> None:
    """With telemetry off, set to nothing or not at all, there is no hook and no file."""
    host = new_host({"OPENCODE_ENABLE_TELEMETRY": ""}).start()

    assert [] == host.attach()["hooks"]
    assert not host.state.exists()


def test_the_plugin_is_what_opencode_accepts_in_a_file(host: Host) -> None:
    """The only export is the default one, with an id, and the hooks are those that OpenCode calls."""
    loaded = host.load()

    assert {"id": "otel-agent", "exports": ["default"]} == loaded
    assert [
        *("chat.headers", "chat.params", "command.execute.before", "dispose", "event", "shell.env"),
    ] == host.attach()["hooks"]


def test_nothing_is_written_before_a_session(host: Host) -> None:
    """Starting, an event that is not forwarded, and one without a session open no journal."""
    host.event(event("plugin.added", id="core/x"))
    host.event(event("vcs.branch.updated", branch="main"))

    assert not host.state.exists()


def test_first_session_event_opens_the_journal(host: Host) -> None:
    """The first session event follows the header and the instance, and nothing of it waits for later."""
    host.event(idle())

    assert [{"journal"}, {"t", "i", "instance"}, {"t", "i", "event"}] == [
        set(line) for line in host.lines()[:3]
    ]
    assert {"project": "project of /project", "directory": "/project", "worktree": "/project/tree"} == (
        host.lines()[1]["instance"]
    )


def test_header_says_who_writes(new_host: HostFactory) -> None:
    """The header has the process, unambiguously, and where it runs."""
    host = new_host({"TERM_PROGRAM": "kitty", "CI": "true"}).start()
    host.attach()
    host.event(idle())
    pid = host.call("pid")["pid"]
    header = host.header()
    stat_fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()

    assert host.journals()[0].name == header["id"]
    assert re.fullmatch(rf"{header['opened_ms']}-{pid}-[0-9a-f]{{8}}", header["id"])
    assert 0 <= header["opened_ms"] - header["began_ms"] < 60_000
    expected = {
        "format": 1,
        "segment": 0,
        "plugin": __version__,
        "pid": pid,
        "pid_start": stat_fields[19],
        "pid_ns": str(Path(f"/proc/{pid}/ns/pid").readlink()),
        "host": platform.node(),
        "subcommand": "tui",
        "terminal": "kitty",
        "tty": False,
        "ci": True,
    }
    assert expected == {name: header[name] for name in expected}


@pytest.mark.parametrize(
    ("arguments", "subcommand"),
    [
        (("run", "serve this"), "run"),
        (("--print-logs", "--log-level", "DEBUG", "serve"), "serve"),
        (("--port=0", "web"), "web"),
        (("-m", "run", "--continue"), "tui"),
        (("/a/project",), "tui"),
    ],
)
def test_header_has_the_subcommand(
    new_host: HostFactory, arguments: tuple[str, ...], subcommand: str
) -> None:
    """The subcommand is the first argument that is no option; without one the TUI runs."""
    host = new_host(arguments=arguments).start()
    host.attach()
    host.event(idle())

    assert subcommand == host.header()["subcommand"]


def test_header_records_settings_but_no_secret(new_host: HostFactory) -> None:
    """Set variables are recorded, user names and passwords in addresses masked, secrets as an HMAC."""
    secret = "authorization=Bearer abcdef"
    host = new_host(
        {
            "OPENCODE_OTLP_ENDPOINT": "https://me:pass@word@collector:4318/otlp@x",
            "OPENCODE_METRIC_PREFIX": "",
            "HTTPS_PROXY": "me:hidden@proxy:3128",
            "http_proxy": "http://me:hidden@proxy:3128",
            "OPENCODE_OTLP_HEADERS": secret,
            "UNRELATED": "value",
        }
    ).start()
    host.attach()
    host.event(idle())
    settings = host.header()["settings"]
    key = (host.state / "key").read_bytes()

    assert "https://***@collector:4318/otlp@x" == settings["OPENCODE_OTLP_ENDPOINT"]
    assert "***@proxy:3128" == settings["HTTPS_PROXY"]
    assert "http://***@proxy:3128" == settings["http_proxy"]
    assert {"OPENCODE_METRIC_PREFIX", "UNRELATED", "OPENCODE_OTLP_HEADERS"}.isdisjoint(settings)
    assert {"OPENCODE_OTLP_HEADERS": hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()} == (
        host.header()["credentials"]
    )
    assert 32 == len(key)
    assert not {"abcdef", "pass", "word", "hidden"} & set(re.findall(r"\w+", host.text()))


def test_token_in_an_endpoint_is_sealed(new_host: HostFactory) -> None:
    """Of an endpoint's query there is an HMAC, as of other secrets; what has none is recorded as it is."""
    endpoint = "https://collector/otlp?token=s3cr3t"
    plain = "https://collector/v1/traces"
    environ = {"OPENCODE_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": plain}
    host = new_host(environ).start()
    host.attach()
    host.event(idle())
    header, key = host.header(), (host.state / "key").read_bytes()

    assert ("https://collector/otlp?***", plain) == tuple(header["settings"][name] for name in environ)
    assert {"OPENCODE_OTLP_ENDPOINT": hmac.new(key, endpoint.encode(), hashlib.sha256).hexdigest()} == (
        header["credentials"]
    )
    assert "s3cr3t" not in host.text()


@pytest.mark.parametrize("put", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "link"])
def test_a_key_that_is_no_file_is_not_waited_for(new_host: HostFactory, put: Callable[[Path], None]) -> None:
    """OpenCode goes on without telemetry, which is said."""
    host = new_host({"OPENCODE_OTLP_HEADERS": "a=b"})
    host.state.mkdir()
    put(host.state / "key")
    host.start().attach()
    answer = host.event(idle())
    wait_for(host.said, "the message")

    assert (None, []) == (answer["threw"], host.journals())


def test_an_existing_key_is_used(new_host: HostFactory) -> None:
    """All journals of an installation have HMACs of one key, whoever made it."""
    host = new_host({"OPENCODE_OTLP_HEADERS": "a=b"})
    host.state.mkdir()
    (host.state / "key").write_bytes(b"k" * 32)
    host.start().attach()
    host.event(idle())

    expected = hmac.new(b"k" * 32, b"a=b", hashlib.sha256).hexdigest()
    assert {"OPENCODE_OTLP_HEADERS": expected} == host.header()["credentials"]


def test_without_secrets_no_key_is_made(host: Host) -> None:
    """The key is made when it is first needed."""
    host.event(idle())

    assert {} == host.header()["credentials"]
    assert not (host.state / "key").exists()


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_only_the_owner_can_read(new_host: HostFactory, umask: int) -> None:
    """Folders are 0700 and files 0600, whatever the umask allows."""
    host = new_host({"OPENCODE_OTLP_HEADERS": "a=b"}).start(preexec=lambda: os.umask(umask) and None)
    host.attach()
    host.event(idle())
    (journal,) = host.journals()

    assert {0o700} == {mode(folder) for folder in (host.state, journal.parent, journal)}
    assert {0o600} == {mode(journal / "0.ndjson"), mode(host.state / "key")}


def test_state_directory_follows_xdg(new_host: HostFactory, tmp_path: Path) -> None:
    """Without a state directory of its own the journal is under XDG_STATE_HOME."""
    host = new_host({"OPENCODE_OTEL_STATE_DIR": "", "XDG_STATE_HOME": str(tmp_path / "xdg")}).start()
    host.attach()
    host.event(idle())

    assert ["0.ndjson"] == [path.name for path in (tmp_path / "xdg" / "otel-agent").glob("*/*/*")]


def test_relative_xdg_directory_is_ignored(new_host: HostFactory, tmp_path: Path) -> None:
    """It would be another one in each project, and the agent's commands look into the home folder."""
    host = new_host({"OPENCODE_OTEL_STATE_DIR": "", "XDG_STATE_HOME": "relative"}).start()
    host.attach()
    host.event(idle())

    assert 1 == len(list((tmp_path / ".local" / "state" / "otel-agent").glob("*/*/0.ndjson")))


def test_opencodes_version_is_told_when_it_is_known(host: Host) -> None:
    """OpenCode's server in the process is asked once, and its answer has a line of its own."""
    host.event(idle())
    host.event(idle())

    assert ["7.7.7/global/health"] == [
        line["opencode"]["version"] for line in host.lines() if "version" in line.get("opencode", {})
    ]


def test_mcp_servers_of_each_directory_are_named(host: Host) -> None:
    """OpenCode is asked once in each directory for its MCP servers, of which only the names are kept."""
    host.attach(directory="/other")
    for instance in (0, 0, 1):
        host.event(idle(), instance)
    host.call("pid")

    told = [line for line in host.lines() if "mcp" in line.get("opencode", {})]
    assert [(0, ["echo", "my db"]), (1, ["echo", "my db"])] == [
        (line["i"], line["opencode"]["mcp"]) for line in told
    ]
    assert "private" not in host.text()


def test_hooks_are_journaled_without_secrets(host: Host) -> None:
    """A model call's hook tells session, agent, model and limits; the provider's key is nowhere."""
    model = {
        "id": "m",
        "providerID": "p",
        "limit": {"context": 9, "output": 3},
        "headers": {"x": "sk-private"},
    }
    provider = {"id": "p", "options": {"apiKey": "sk-private"}}
    call = {"sessionID": SESSION, "agent": "build", "model": model, "provider": provider, "message": {"x": 1}}
    host.call("hook", name="chat.params", value=call)
    slash = {"sessionID": SESSION, "command": "hello", "arguments": "private"}
    host.call("hook", name="command.execute.before", value=slash)

    expected = [
        {
            "type": "chat.params",
            "sessionID": SESSION,
            "agent": "build",
            "providerID": "p",
            "modelID": "m",
            "limit": {"context": 9, "output": 3},
        },
        {"type": "command.execute.before", "sessionID": SESSION, "command": "hello"},
    ]
    assert expected == [line["hook"] for line in host.lines() if "hook" in line]
    assert "private" not in host.text()


def test_a_full_segment_is_followed_by_the_next(new_host: HostFactory) -> None:
    """Past 64 MiB a segment with its own header begins, and says again whose events follow."""
    host = new_host({"OPENCODE_LOG_PROMPTS": "1", "OPENCODE_CONTENT_MAX_LENGTH": str(SEGMENT_BYTES)}).start()
    host.attach()
    host.event(part("text", text="x" * SEGMENT_BYTES))
    host.event(idle())

    assert (0, 1) == (host.header()["segment"], host.lines(1)[0]["journal"]["segment"])
    assert host.header()["id"] == host.lines(1)[0]["journal"]["id"]
    assert ["instance", "event"] == [list(line)[2] for line in host.lines(1)[1:3]]
