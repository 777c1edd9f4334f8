"""What a destination is asked: nothing that is known, everything that is lacking."""

import pytest

from otel_agent.destinations.catalogue import DESTINATIONS, secret_names
from otel_agent.destinations.views import views
from otel_agent.installer.questions import LEAVES, level_of, others, questions, switches
from otel_agent.installer.targets import GENERIC, TARGETS, suggested
from otel_agent.settings import parse

PHOENIX, OTLP = TARGETS["phoenix"], TARGETS[GENERIC]


def asked(name: str, environ: dict[str, str]) -> list[str]:
    """Return the names that are asked for."""
    return [question.name for question in questions(TARGETS[name], environ)]


def needed(name: str) -> dict[str, str]:
    """Return an environment with an example of everything that a destination needs."""
    target = TARGETS[name]
    found = dict(switches(target, {}))
    for question in questions(target, found):
        if question.is_needed:
            found[question.name] = question.row.kind.example
    return found


@pytest.mark.parametrize("name", [row.name for row in DESTINATIONS])
def test_answers_to_all_questions_switch_a_destination_on(name: str) -> None:
    """With the questions of each row of the catalogue answered, the agent sends there, and only there."""
    environ = {"HOME": "/nowhere", **needed(name)}

    found = views(environ, parse(environ))

    assert ((name,), ()) == (tuple(found.settings), found.problems)
    assert () == TARGETS[name].problems(environ)


@pytest.mark.parametrize("name", list(TARGETS))
def test_nothing_is_needed_of_what_is_set(name: str) -> None:
    """A second time there is no question that has to be answered."""
    target, environ = TARGETS[name], needed(name)

    assert {} == switches(target, environ)
    assert [] == [question.name for question in questions(target, environ) if question.is_needed]


@pytest.mark.parametrize("name", list(TARGETS))
def test_target_without_its_variables_has_a_problem_or_is_generic(name: str) -> None:
    """What is not set up is told; the generic backend has a default for everything."""
    assert (name == GENERIC) == (TARGETS[name].problems({"HOME": "/nowhere"}) == ())


def test_key_is_asked_for_where_it_may_be_needed() -> None:
    """Phoenix with a login has one, without a login none."""
    assert ["PHOENIX_ENDPOINT", "PHOENIX_API_KEY"] == asked("phoenix", {})


def test_other_name_of_a_variable_counts() -> None:
    """What one of a row's names says is known."""
    assert ["OPENCODE_OTLP_PROTOCOL"] == asked(
        GENERIC, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a:1", "OTEL_EXPORTER_OTLP_HEADERS": "a=b"}
    )


def test_start_that_was_begun_is_the_one_that_is_completed() -> None:
    """Of several ways to switch a destination on the user's own is asked about."""
    assert ["ARIZE_SPACE_ID"] == asked("arize", {"ARIZE_API_KEY": "x"})


def test_variable_is_asked_again_on_demand() -> None:
    """A value that is there does not keep the user from giving another one."""
    found = questions(PHOENIX, {"PHOENIX_ENDPOINT": "http://a:1"}, again={"PHOENIX_ENDPOINT"})

    assert ["PHOENIX_ENDPOINT", "PHOENIX_API_KEY"] == [question.name for question in found]


@pytest.mark.parametrize(
    ("endpoint", "protocol"),
    [
        ("http://localhost:4317", "grpc"),
        ("http://localhost:4318", "http/protobuf"),
        ("https://a.example/otlp", "http/protobuf"),
        ("https://a.example", "grpc"),
    ],
)
def test_protocol_follows_from_the_endpoint(endpoint: str, protocol: str) -> None:
    """A port or path that only one protocol has proposes that one."""
    row = next(row for row in OTLP.rows if row.names[0] == "OPENCODE_OTLP_PROTOCOL")

    assert protocol == suggested(row, {"OPENCODE_OTLP_ENDPOINT": endpoint})


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ("", "")),
        ({"OPENCODE_CAPTURE_LEVEL": "details"}, ("OPENCODE_CAPTURE_LEVEL", "details")),
        (
            {"OPENCODE_CAPTURE_LEVEL": "details", "OPENCODE_PHOENIX_CAPTURE_LEVEL": "metadata"},
            ("OPENCODE_PHOENIX_CAPTURE_LEVEL", "metadata"),
        ),
    ],
)
def test_own_level_wins(environ: dict[str, str], expected: tuple[str, str]) -> None:
    """A destination's level is its own, else that of all."""
    assert expected == level_of(PHOENIX, environ)


def test_no_secret_is_among_what_may_be_set_too() -> None:
    """The list is for what has a default."""
    told = [word.partition(" ")[0] for target in TARGETS.values() for word in others(target, {})]

    assert [] == [name for name in told if name in secret_names()]
    assert "PHOENIX_PROJECT" in told


def test_every_level_is_explained() -> None:
    """Nobody chooses a level of which is not said what leaves."""
    assert {target.captured for target in TARGETS.values()} <= LEAVES.keys()
