"""The destinations that an environment switches on, each as the settings that hold for it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from otel_agent.capture import LEVELS, Content, Level, described
from otel_agent.configuration import names_of
from otel_agent.delivery import Delivery, Switches
from otel_agent.destinations import harness_file
from otel_agent.destinations.catalogue import DESTINATIONS, GENERIC, NAMES, Chosen
from otel_agent.destinations.destination import Destination, Traces, UnfitError
from otel_agent.errors import SettingsError
from otel_agent.parsing import OFF
from otel_agent.profiles import TelemetryProfile
from otel_agent.settings import Settings, Signal, parse, rows
from otel_agent.variables import Reader, rows_of

OWN: Final = frozenset(
    name
    for row in (
        *rows_of(Delivery).values(),
        *rows_of(Switches).values(),
        rows_of(Settings)["headers_helper"],
    )
    for name in row.names
)
"""The variables that a table of a settings file does not take over from the top: where and how it sends."""
ENDPOINTS: Final = rows_of(Delivery)["endpoint"].names
ENABLED: Final = "OPENCODE_ENABLE_TELEMETRY"
CHOSEN: Final = rows_of(Chosen)["names"]
CONTENT: Final = {kind: rows_of(Settings)[kind] for kind in Content}
LEVEL: Final = rows_of(Settings)["capture_level"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """The settings of each destination by its name, and what is wrong with those that are left out."""

    settings: Mapping[str, Settings] = field(default_factory=dict[str, Settings])
    problems: tuple[str, ...] = ()


def views(environ: Mapping[str, str], base: Settings) -> Views:
    """Return the destinations beside the generic one, whose settings are `base`.

    One whose variables cannot be used is left out and told: it is in nobody's way.
    """
    if Reader(environ).made(Switches).sdk_disabled:
        return Views()
    joined = harness_file.joined(environ)
    environ = joined.environ
    found: dict[str, Settings] = {}
    problems = list(joined.problems)
    chosen = Reader(environ)
    names = _chosen(chosen)
    for row in DESTINATIONS:
        if _is_used(row, environ, names):
            try:
                found |= _ready(row, environ, base)
            except SettingsError as error:
                problems += error.problems
    for name, own in tables(environ).items() if base.enabled else ():
        try:
            found |= _table(name, own, environ, base)
        except SettingsError as error:
            problems += (f"{name}.{problem}" for problem in error.problems)
    return Views(settings=found, problems=(*chosen.problems, *problems))


def _chosen(reader: Reader) -> frozenset[str] | None:
    """Return the names that are chosen, None where nobody chooses; a wrong word lets in no other one."""
    names = reader.made(Chosen).names
    if not reader.problems:
        return names
    (given,) = CHOSEN.given(reader.environ, None)
    return NAMES.intersection(word.strip() for word in given.text.split(","))


def base_of(environ: Mapping[str, str]) -> Settings:
    """Return the generic settings; raises SettingsError when they cannot be used.

    While a vendor is on and the generic destination is not, it does not matter how that would send: the
    standard variables may be there for other programs.
    """
    try:
        return parse(environ)
    except SettingsError:
        if Reader(environ).made(Switches).on or not any(is_started(row, environ) for row in DESTINATIONS):
            raise
        return parse({name: text for name, text in environ.items() if name not in OWN})


def every(environ: Mapping[str, str], base: Settings) -> Views:
    """Return the destinations that an environment switches on; the name of the generic one is empty."""
    beside = views(environ, base)
    return replace(beside, settings={**({"": base} if base.enabled else {}), **beside.settings})


def captured(settings: Settings) -> str:
    """Return how much content leaves under settings, in one word where there is one."""
    return described(frozenset(kind for kind in Content if getattr(settings, kind.value)))


def _is_used(row: Destination, environ: Mapping[str, str], chosen: Collection[str] | None) -> bool:
    """Tell whether a destination is on: chosen, or started where nobody chooses."""
    if chosen is None:
        return is_started(row, environ)
    return row.name in chosen and not _stop(row, environ)


def is_started(row: Destination, environ: Mapping[str, str]) -> bool:
    """Tell whether variables switch a destination on; the plugin asks the same."""
    is_asked = any(all(_is_set(name, environ) for name in names) for names in row.starts)
    return is_asked and not _stop(row, environ)


def _stop(row: Destination, environ: Mapping[str, str]) -> str:
    """Return the first of the variables that turn a destination off if that says so, else nothing."""
    name = next((name for name in row.stops if environ.get(name)), "")
    return name if environ.get(name, "").strip().lower() in OFF else ""


def reasons_off(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return why a destination is off of which a variable is set that could switch it on, by its title."""
    environ = harness_file.joined(environ).environ
    chosen = _chosen(Reader(environ))
    found = {row.title: _reason_off(row, environ, chosen) for row in DESTINATIONS}
    return {title: reason for title, reason in found.items() if reason}


def _reason_off(row: Destination, environ: Mapping[str, str], chosen: Collection[str] | None) -> str:
    """Return why a destination is off, nothing when it is on or nobody seems to want it."""
    wanted = next((names for names in row.starts if any(_is_set(name, environ) for name in names)), ())
    if not wanted or _is_used(row, environ, chosen):
        return ""
    if stop := _stop(row, environ):
        return f"{stop} turns it off"
    if chosen is not None:
        return f"{CHOSEN.names[0]} does not name it"
    lacking = [name for name in wanted if not _is_set(name, environ)]
    there = " and ".join(name for name in wanted if name not in lacking)
    return f"{there} is set and {' and '.join(lacking)} is not"


def _is_set(name: str, environ: Mapping[str, str]) -> bool:
    """Tell whether a variable says anything but no; an id may be 0, as that of MLflow's first experiment."""
    text = environ.get(name, "")
    return bool(text) and (name.endswith("_ID") or text.strip().lower() not in OFF)


def _ready(row: Destination, environ: Mapping[str, str], base: Settings) -> Mapping[str, Settings]:
    """Return a destination's settings by its name; raises SettingsError when they cannot be used."""
    reader = Reader(environ)
    given = reader.made(row.variables)
    alike = {name: each.names for each in rows_of(row.variables).values() for name in each.names}
    for name in row.needs:
        if not any(environ.get(one) for one in alike[name]):
            reader.report(name, f"expected a value for {row.title}, got nothing; set it")
    if reader.problems:
        raise SettingsError(reader.problems)
    try:
        traces = row.traces(given)
    except UnfitError as error:
        raise SettingsError((f"{row.title}: {error}",)) from None
    captured = shown(environ, base, given.level, row.captured) - traces.hidden
    return {row.name: _viewed(base, traces, captured)}


def shown(
    environ: Mapping[str, str], base: Settings, level: Level | None, captured: Level
) -> frozenset[Content]:
    """Return the content that leaves for a destination: of its own level, that of all, or what is usual.

    A switch that is set to off holds for every destination.
    """
    chosen = level or (base.capture_level if LEVEL.given(environ, None) else captured)
    return LEVELS[chosen] - _off(environ, base)


def _off(environ: Mapping[str, str], base: Settings) -> frozenset[Content]:
    """Return the content whose switch is set to off."""
    return frozenset(
        kind for kind, row in CONTENT.items() if row.given(environ, None) and not getattr(base, kind.value)
    )


def _viewed(base: Settings, traces: Traces, captured: Collection[Content]) -> Settings:
    """Return the generic settings as they hold for a backend of traces.

    Its traces have their own root: a job's span is in the generic backend, not in this one.
    """
    delivery = Delivery(
        signal=Signal.TRACES,
        endpoint=traces.endpoint,
        protocol=traces.protocol,
        compression=traces.compression,
        headers=traces.headers,
    )
    tracing = replace(
        base.tracing,
        profile=traces.profile,
        disabled=frozenset(),
        traceparent=None,
        tracestate=None,
        run_traceparent=None,
        run_tracestate=None,
        fixed_attributes=traces.attributes,
    )
    switches: Mapping[str, Any] = {kind.value: kind in captured for kind in Content}
    return replace(
        base,
        enabled=True,
        deliveries={Signal.TRACES: delivery},
        tracing=tracing,
        profile=TelemetryProfile.OPENCODE,
        resource_attributes={**base.resource_attributes, **traces.resource},
        service_name=traces.service_name or base.service_name,
        headers_helper=None,
        **switches,
    )


def tables(environ: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """Return the tables of settings files by their names: `backup.OPENCODE_OTLP_ENDPOINT` is of `backup`."""
    found: dict[str, dict[str, str]] = {}
    for key, text in environ.items():
        name, mark, variable = key.partition(".")
        if mark and variable.isupper():
            found.setdefault(name, {})[variable] = text
    return found


def _table(
    name: str, own: Mapping[str, str], environ: Mapping[str, str], base: Settings
) -> Mapping[str, Settings]:
    """Return a further generic destination's settings; raises SettingsError when they cannot be used.

    A switch that is set to off at the top holds here too, whatever the table says.
    """
    if name in {*NAMES, GENERIC}:
        problem = f"{ENDPOINTS[0]}: expected another name than {name}, which is a destination's own"
        raise SettingsError((problem,))
    if not any(own.get(variable) for variable in ENDPOINTS):
        raise SettingsError((f"{ENDPOINTS[0]}: expected where it sends, got nothing; set it",))
    settings = parse({**_taken(own, environ), ENABLED: "1", **own})
    off: Mapping[str, Any] = {kind.value: False for kind in _off(environ, base)}
    return {name: replace(settings, **off)}


def _taken(own: Mapping[str, str], environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return what a table takes over from the top: nothing that it says itself, by whichever name.

    With a level of its own it says how much leaves: no switch at the top adds to that.
    """
    owners = names_of(rows()).rows
    said = {owners[key].names[0] for key, text in own.items() if text and key in owners}
    if LEVEL.given(own, None):
        said |= {row.names[0] for row in CONTENT.values()}
    return {
        key: text
        for key, text in environ.items()
        if key not in OWN and "." not in key and (key not in owners or owners[key].names[0] not in said)
    }
