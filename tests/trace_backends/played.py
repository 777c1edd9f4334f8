"""A session of two turns, played once with the real OpenCode, and what OpenCode itself stored of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.home import MODELS
from tests.e2e.scenarios_shown import COMMIT, WRITE
from tests.e2e.server import serve
from tests.e2e.truth import rows
from tests.e2e.world import World
from tests.trace_backends.recorded import Turn, call_of, trace_id

Json = dict[str, Any]
# A model whose price both OpenCode's settings here and Phoenix's own table have.
PROVIDER, MODEL = "anthropic", "claude-sonnet-4-5"
# A sub-agent's session belongs to the turn in which it was made: sessions have no other sign of it.
FAMILY = "select id, time_created from session where id = ? or parent_id = ? order by time_created"
MESSAGES = "select id, session_id, data from message order by time_created, id"
PARTS = "select message_id, data from part order by time_created, id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """The session's id and its turns, with their model calls by when they began."""

    session: str
    turns: tuple[Turn, ...]


def play(world: World, environ: Mapping[str, str]) -> Played:
    """Work through both turns with these variables and no others."""
    world.opencode.telemetry = dict(environ)
    folder = world.home.project("greetings", config=_config(world))
    with serve(world.opencode, folder) as server:
        session = server.session(folder)
        for prompt in (WRITE, COMMIT):
            server.turn(folder, session, prompt, f"{PROVIDER}/{MODEL}")
        server.wait_idle(folder, session)
        server.dispose(folder)
    world.wait_quiet()
    return Played(session=session, turns=_turns(world.home.database, session))


def _config(world: World) -> Json:
    options = {"baseURL": world.provider.url, "apiKey": "sk-fake"}
    told = {"npm": "@ai-sdk/openai-compatible", "options": options, "models": {MODEL: MODELS["large"]}}
    name = f"{PROVIDER}/{MODEL}"
    return {
        "model": name,
        "small_model": name,
        "enabled_providers": [PROVIDER],
        "provider": {PROVIDER: told},
    }


def _turns(database: Path, session: str) -> tuple[Turn, ...]:
    """Read the turns from OpenCode's database: each prompt, and the answers that came before the next one."""
    family = [name for name, _ in rows(database, FAMILY, session, session)]
    steps = _steps(database)
    turns: list[tuple[str, list[Any]]] = []
    for name, owner, data in rows(database, MESSAGES):
        told: Json = json.loads(data)
        if owner == session and told["role"] == "user":
            turns.append((name, []))
        if owner in family and told["role"] == "assistant":
            turns[-1][1].append(call_of(told, steps.get(name, [])))
    return tuple(
        Turn(session=session, trace=trace_id(session, prompt), calls=tuple(calls)) for prompt, calls in turns
    )


def _steps(database: Path) -> dict[str, list[Json]]:
    """Read the finished steps of each message."""
    found: dict[str, list[Json]] = {}
    for message, data in rows(database, PARTS):
        part: Json = json.loads(data)
        if part["type"] == "step-finish":
            found.setdefault(message, []).append(part)
    return found
