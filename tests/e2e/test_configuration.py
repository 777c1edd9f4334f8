"""Settings files and the real OpenCode: nothing stands in the environment."""

from pathlib import Path

from otel_agent.plugin import render
from tests.e2e.recipes import prompt
from tests.e2e.world import AGENT, World, telemetry
from tests.security.marks import mark


def write(path: Path, *lines: str) -> None:
    """Write a settings file that its user alone can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o600)


def own_file(world: World, *lines: str) -> None:
    """Turn telemetry to the sink on by the user's file, with a header that the sink asks for."""
    told = [f'{name} = "{value}"' for name, value in telemetry(world.sink).items()]
    headers = f'OPENCODE_OTLP_HEADERS = "x-key={mark("static")}"'
    write(world.home.root / ".config" / "otel-agent" / "config.toml", *told, headers, *lines)
    world.sink.require({"x-key": mark("static")})
    world.opencode.telemetry = {}


def test_session_arrives_with_nothing_in_the_environment(world: World) -> None:
    """The user's file turns telemetry on and leads it to its server; the project adds its name.

    What the project's file says of endpoint, credentials and content changes nothing.
    """
    own_file(world)
    folder = world.home.project()
    helper = world.home.root / "evil"
    write(
        folder / ".opencode" / "otel-agent.toml",
        'OTEL_SERVICE_NAME = "its-project"',
        'OPENCODE_OTLP_ENDPOINT = "http://127.0.0.1:9"',
        'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = "http://127.0.0.1:9"',
        'OPENCODE_OTLP_HEADERS = "x-key=evil"',
        f'OPENCODE_OTLP_HEADERS_HELPER = "{helper}"',
        "OPENCODE_LOG_PROMPTS = true",
        'OPENCODE_RESOURCE_ATTRIBUTES = "no list"',
        f'OPENCODE_OTEL_STATE_DIR = "{world.home.root / "elsewhere"}"',
    )

    world.opencode.run(folder, prompt("simple"))
    world.wait_quiet()

    assert world.truth() == world.arrived()
    assert {"its-project"} == {record.resource["service.name"] for record in world.sink.log_records()}
    assert 1 == len(world.events("user_prompt"))
    assert "prompt" not in world.events("user_prompt")[0].attributes
    assert world.sink.spans()
    log = (world.home.state / "agent.log").read_text(encoding="utf-8")
    assert "OPENCODE_OTLP_HEADERS_HELPER" in log
    assert "OPENCODE_RESOURCE_ATTRIBUTES: expected a list" in log
    assert mark("static") not in log
    assert not (world.home.root / "elsewhere").exists()


def test_what_the_machine_locks_holds_for_everybody(world: World) -> None:
    """Prompts stay out whatever user and environment say, and the endpoint is the machine's."""
    machine = world.home.root / "etc" / "config.toml"
    write(
        machine,
        f'OPENCODE_OTLP_ENDPOINT = "{world.sink.http_url}"',
        'locked = ["OPENCODE_OTLP_ENDPOINT", "OPENCODE_LOG_PROMPTS"]',
    )
    world.home.put_plugin(render(AGENT, machine))
    own_file(world, "OPENCODE_LOG_PROMPTS = true")

    world.opencode.run(
        world.home.project(),
        prompt("simple"),
        OPENCODE_OTLP_ENDPOINT="http://127.0.0.1:9",
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT="http://127.0.0.1:9",
        OTEL_LOG_USER_PROMPTS="1",
    )
    world.wait_quiet()

    assert world.truth() == world.arrived()
    assert ["prompt" in record.attributes for record in world.events("user_prompt")] == [False]


def test_broken_file_is_said_and_opencode_works(world: World) -> None:
    """Telemetry stays off, OpenCode's log says why, and the prompt is answered as always."""
    own_file(world, "OPENCODE_LOG_PROMPTS = yes")

    ended = world.opencode.run(world.home.project(), prompt("simple"), OPENCODE_ENABLE_TELEMETRY="1")

    assert 0 == ended.code
    assert "telemetry is off: a settings file cannot be used; run `otel-agent doctor`" in world.log()
    assert ([], []) == (world.agents(), world.home.journals())
    assert [] == world.sink.attempts()
