"""What `install --destination` can set up: every destination of the catalogue, and the generic one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from otel_agent.capture import Level
from otel_agent.delivery import Delivery, Protocol, Switches
from otel_agent.destinations.catalogue import DESTINATIONS, Chosen
from otel_agent.destinations.destination import Destination
from otel_agent.destinations.views import views
from otel_agent.errors import SettingsError
from otel_agent.settings import Settings, parse
from otel_agent.variables import Setting, rows_of

GENERIC: Final = "otlp"
GENERAL_LEVEL: Final = rows_of(Settings)["capture_level"]
HTTP_PORT: Final = 4318
"""https://opentelemetry.io/docs/specs/otlp/#otlphttp-default-port"""

Problems = Callable[[Mapping[str, str]], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One destination as installing sees it: `problems` says what an environment lacks for it.

    `rows` are its variables but for `level`, which says how much leaves; `captured` is what leaves when
    nobody says. `asked` are variables that are worth a question although it works without them.
    """

    name: str
    title: str
    guide: str
    rows: tuple[Setting[object], ...]
    starts: tuple[tuple[str, ...], ...]
    needs: tuple[str, ...]
    asked: tuple[str, ...]
    level: Setting[object]
    captured: Level
    problems: Problems


def _known(row: Destination) -> Target:
    """Return a destination of the catalogue."""
    rows = rows_of(row.variables)
    return Target(
        name=row.name,
        title=row.title,
        guide=row.guide,
        rows=tuple(each for name, each in rows.items() if name != "level"),
        starts=row.starts,
        needs=row.needs,
        asked=tuple(each.names[0] for each in rows.values() if each.secret),
        level=rows["level"],
        captured=row.captured,
        problems=_problems_of(row.name, row.guide),
    )


def _problems_of(name: str, guide: str) -> Problems:
    """Return what asks whether a destination of the catalogue can be used."""
    chosen = rows_of(Chosen)["names"].names[0]

    def problems(environ: Mapping[str, str]) -> tuple[str, ...]:
        if name not in environ.get(chosen, name).replace(",", " ").split():
            return (
                f"{chosen}: expected {name} in it, got {environ[chosen]!r}; add it, or unset the variable",
            )
        try:
            found = views({**environ, chosen: name}, parse(environ))
        except SettingsError as error:
            return error.problems
        if found.problems or name in found.settings:
            return found.problems
        return (f"{name}: expected it to be on, got a variable that turns it off ({guide}); unset that one",)

    return problems


def _generic_problems(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Say what keeps the generic destination from being used."""
    try:
        parse(environ)
    except SettingsError as error:
        return error.problems
    return ()


def _generic() -> Target:
    """Return the backend of the OPENCODE_OTLP_* variables."""
    rows = rows_of(Delivery)
    on, endpoint = rows_of(Switches)["on"], rows["endpoint"]
    return Target(
        name=GENERIC,
        title="Your OTLP backend",
        guide="docs/delivery.md",
        rows=(on, endpoint, rows["protocol"], rows["headers"]),
        starts=(on.names,),
        needs=endpoint.names[:1],
        asked=(rows["protocol"].names[0], rows["headers"].names[0]),
        level=GENERAL_LEVEL,
        captured=Level.METADATA,
        problems=_generic_problems,
    )


TARGETS: Final[Mapping[str, Target]] = {
    target.name: target for target in (_generic(), *(_known(row) for row in DESTINATIONS))
}
"""Every target by its name, as `--destination` takes it."""


def suggested(row: Setting[object], environ: Mapping[str, str]) -> str:
    """Return what is proposed for a variable, nothing where only the user can know it."""
    rows = rows_of(Delivery)
    if row == rows["protocol"]:
        parts = urlsplit(environ.get(rows["endpoint"].names[0], ""))
        is_http = parts.path.strip("/") or parts.netloc.endswith(f":{HTTP_PORT}")
        return Protocol.HTTP_PROTOBUF if is_http else Protocol.GRPC
    return "" if row.default is None or isinstance(row.default, Mapping) else str(row.default)
