"""MLflow by the variables of its own clients: when it is on, where it gets what, and what cannot be used."""

import re
from collections.abc import Mapping

import pytest

from otel_agent.capture import Content
from otel_agent.destinations.views import Views, views
from otel_agent.settings import Delivery, Signal, parse
from otel_agent.tracing import TraceProfile

SERVER = {"MLFLOW_TRACKING_URI": "http://localhost:5000", "MLFLOW_EXPERIMENT_ID": "7"}
EXPERIMENT = {"x-mlflow-experiment-id": "7"}
USER = {"MLFLOW_TRACKING_USERNAME": "ada", "MLFLOW_TRACKING_PASSWORD": "o:pen"}


def seen(environ: Mapping[str, str]) -> Views:
    """Give the destinations of an environment."""
    told = {"HOME": "/home/dev", **environ}
    return views(told, parse(told))


def delivery(environ: Mapping[str, str]) -> Delivery:
    """Give how MLflow gets traces."""
    return seen(environ).settings["mlflow"].deliveries[Signal.TRACES]


def headers(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the headers of MLflow's requests."""
    return {name: value.reveal() for name, value in delivery({**SERVER, **environ}).headers.items()}


def test_server_and_experiment_are_all_that_it_needs() -> None:
    """Traces go there in its own profile with all content, as MLflow's own plugin sends them."""
    settings = seen(SERVER).settings["mlflow"]

    assert {Signal.TRACES} == set(settings.deliveries)
    assert "http://localhost:5000/v1/traces" == settings.deliveries[Signal.TRACES].endpoint
    assert EXPERIMENT == headers({})
    assert TraceProfile.MLFLOW is settings.tracing.profile
    assert all(getattr(settings, kind.value) for kind in Content)


@pytest.mark.parametrize("missing", sorted(SERVER))
def test_either_alone_says_nothing(missing: str) -> None:
    """A tracking URI is set for other work too: without an experiment nothing is sent or told."""
    assert Views() == seen({name: value for name, value in SERVER.items() if name != missing})


def test_first_experiment_has_the_id_0() -> None:
    """What is a no for a switch is an id here."""
    assert "0" == headers({"MLFLOW_EXPERIMENT_ID": "0"})["x-mlflow-experiment-id"]


@pytest.mark.parametrize(
    ("uri", "endpoint"),
    [
        ("https://mlflow.example/team/", "https://mlflow.example/team/v1/traces"),
        ("http://localhost:5000/v1/traces", "http://localhost:5000/v1/traces"),
        (" HTTP://localhost:5000 ", "http://localhost:5000/v1/traces"),
    ],
)
def test_path_of_the_server_stays(uri: str, endpoint: str) -> None:
    """MLflow may live below a path of a host."""
    assert endpoint == delivery({**SERVER, "MLFLOW_TRACKING_URI": uri}).endpoint


@pytest.mark.parametrize(
    ("environ", "login"),
    [
        ({"MLFLOW_TRACKING_TOKEN": "key"}, "Bearer key"),
        (USER, "Basic YWRhOm86cGVu"),
        ({**USER, "MLFLOW_TRACKING_TOKEN": "key"}, "Basic YWRhOm86cGVu"),
        ({"MLFLOW_TRACKING_USERNAME": "ada", "MLFLOW_TRACKING_TOKEN": "key"}, "Bearer key"),
    ],
)
def test_login_is_that_of_its_clients(environ: Mapping[str, str], login: str) -> None:
    """A user with a password wins over a token."""
    assert {**EXPERIMENT, "authorization": login} == headers(environ)


def test_workspace_is_named() -> None:
    """Of a server with several."""
    assert {**EXPERIMENT, "x-mlflow-workspace": "team"} == headers({"MLFLOW_WORKSPACE": "team"})


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"MLFLOW_TRACKING_URI": "databricks"}, "Databricks, .* OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
        (
            {"MLFLOW_TRACKING_URI": "databricks://work"},
            "Databricks, .* OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        ),
        ({"MLFLOW_TRACKING_URI": "databricks-uc"}, "Databricks, .* OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
        ({"MLFLOW_TRACKING_URI": "sqlite:///mlflow.db"}, "got a database or a folder, .* `mlflow server"),
        ({"MLFLOW_TRACKING_URI": "./mlruns"}, "got a database or a folder, .* `mlflow server"),
        ({"MLFLOW_TRACKING_URI": "http://ada:open@mlflow"}, "an @, .* MLFLOW_TRACKING_USERNAME"),
        ({"MLFLOW_TRACKING_URI": "http://"}, "a URL with a host"),
        ({"MLFLOW_EXPERIMENT_ID": "My experiment"}, "an experiment's id, not its name"),
        ({"MLFLOW_WORKSPACE": "a b"}, "a workspace's name"),
        ({"MLFLOW_TRACKING_USERNAME": "ada"}, "MLFLOW_TRACKING_PASSWORD, got one"),
        ({"MLFLOW_TRACKING_PASSWORD": "open"}, "MLFLOW_TRACKING_PASSWORD, got one"),
        ({"MLFLOW_TRACKING_TOKEN": "o\npen"}, "a key of printable ASCII"),
    ],
)
def test_what_cannot_be_used_is_told_and_left_out(environ: Mapping[str, str], words: str) -> None:
    """In one sentence that says what to do, without a word of a login."""
    found = seen({**SERVER, **environ})

    (problem,) = found.problems
    assert {} == found.settings
    assert re.search(words, problem)
    assert "open" not in problem


def test_one_that_is_asked_for_by_name_needs_both() -> None:
    """Who lists MLflow among the destinations is told what it lacks."""
    found = seen({"OPENCODE_OTEL_DESTINATIONS": "mlflow"})

    assert ["MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"] == [
        problem.partition(":")[0] for problem in found.problems
    ]


@pytest.mark.parametrize("word", ["true", "1", "what?"])
def test_switch_of_its_plugin_changes_nothing(word: str) -> None:
    """MLFLOW_OPENCODE_DEBUG may stay set: the agent's log is always there."""
    assert seen(SERVER) == seen({**SERVER, "MLFLOW_OPENCODE_DEBUG": word})
