"""Users of vendors: agents as real processes, whose OpenCode had the variables of vendors when it ran."""

from collections.abc import Mapping
from pathlib import Path

from otel_agent.destinations import catalogue
from otel_agent.destinations.views import Views, views
from otel_agent.routes import KEY_FILE, fingerprint
from otel_agent.settings import parse
from tests.agents import World

MARK = b"k" * 32
HOME = {"HOME": "/home/dev"}


def viewed(environ: Mapping[str, str]) -> Views:
    """Return the destinations of an environment."""
    whole = {**HOME, **environ}
    return views(whole, parse(whole))


def journal(world: World, environ: Mapping[str, str], recording: str = "run_content") -> Path:
    """Make a journal as the plugin leaves it: what is secret is in the environment alone."""
    world.environ |= environ
    (world.state_dir / KEY_FILE).write_bytes(MARK)
    secrets = set(catalogue.secret_names())
    return world.journal(
        "1-1-a",
        recording,
        settings={name: text for name, text in environ.items() if name not in secrets},
        credentials={name: fingerprint(MARK, text) for name, text in environ.items() if name in secrets},
    )


def endpoint(name: str, environ: Mapping[str, str]) -> str:
    """Return where a destination's traces go."""
    [delivery] = viewed(environ).settings[name].deliveries.values()
    return delivery.endpoint


def headers(name: str, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers that go with a destination's traces."""
    [delivery] = viewed(environ).settings[name].deliveries.values()
    return {key: secret.reveal() for key, secret in delivery.headers.items()}
