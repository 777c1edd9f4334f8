"""MLflow: https://mlflow.org/docs/latest/genai/tracing/opentelemetry/ingest. Its experiment is a header.

The variables are those of MLflow's clients. As for MLflow's own plugin for OpenCode, a server and an
experiment are both needed: the server alone is often named for other work. What its pages show is held by
tests/trace_backends.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from otel_agent.capture import Level
from otel_agent.destinations.destination import (
    BASE,
    KEY,
    Destination,
    Traces,
    UnfitError,
    bearer,
    level_of,
    posted,
)
from otel_agent.parsing import TRUE, InvalidValueError, Kind, Secret
from otel_agent.tracing import TraceProfile
from otel_agent.variables import setting

GUIDE: Final = "docs/destinations.md#mlflow"
DATABRICKS: Final = frozenset({"databricks", "databricks-uc", "uc"})
# https://github.com/mlflow/mlflow/blob/v3.17.2/mlflow/utils/validation.py
NAMED: Final = re.compile(r"[a-zA-Z0-9][\w-]{0,63}", re.ASCII)


def _server(text: str) -> str:
    """Read a tracking URI; of one that names no server, say what to do."""
    scheme, mark, rest = text.strip().partition(":")
    if scheme.lower() in DATABRICKS:
        raise InvalidValueError(
            shown="Databricks, which takes traces at another place and wants the name of a table",
            remedy=f"name both by OTEL_EXPORTER_OTLP_TRACES_ENDPOINT and OPENCODE_OTLP_HEADERS, see {GUIDE}",
        )
    if not mark or scheme.lower() not in {"http", "https"}:
        raise InvalidValueError(
            shown="a database or a folder, which takes no traces",
            remedy="run `mlflow server --backend-store-uri` with it and name the server",
        )
    if "@" in rest:
        raise InvalidValueError(
            shown="a URL with an @, which is not shown",
            remedy="put the login in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
        )
    return BASE.read(text)


def _named(text: str) -> str:
    """Read the id of an experiment, or the name of a workspace: what MLflow takes for one."""
    if not NAMED.fullmatch(text.strip()):
        raise InvalidValueError
    return text.strip()


SERVER: Final = Kind(
    expected="the URL of a server, with http:// or https://", example="http://localhost:5000", read=_server
)
ID: Final = Kind(expected="an experiment's id, not its name", example="1", read=_named)
WORKSPACE: Final = Kind(expected="a workspace's name", example="default", read=_named)
WORD: Final = Kind(expected="text", example="text", read=Secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What the environment says about MLflow."""

    server: str | None = setting(
        "MLFLOW_TRACKING_URI",
        kind=SERVER,
        default=None,
        meaning="MLflow's server; with an experiment it switches MLflow on.",
    )
    experiment: str | None = setting(
        "MLFLOW_EXPERIMENT_ID", kind=ID, default=None, meaning="The experiment that gets the traces."
    )
    token: Secret | None = setting(
        "MLFLOW_TRACKING_TOKEN",
        kind=KEY,
        default=None,
        secret=True,
        meaning="MLflow's token, where it has a login and no user is named.",
    )
    user: Secret | None = setting(
        "MLFLOW_TRACKING_USERNAME",
        kind=WORD,
        default=None,
        secret=True,
        meaning="The user of MLflow's login, before a token.",
    )
    password: Secret | None = setting(
        "MLFLOW_TRACKING_PASSWORD", kind=WORD, default=None, secret=True, meaning="The password of that user."
    )
    workspace: str | None = setting(
        "MLFLOW_WORKSPACE", kind=WORKSPACE, default=None, meaning="MLflow's workspace, where it has several."
    )
    is_debugging: bool = setting(
        "MLFLOW_OPENCODE_DEBUG",
        kind=TRUE,
        default=False,
        meaning="Taken from MLflow's plugin and recorded: the agent's own log always tells of deliveries.",
    )
    level: Level | None = level_of("mlflow")


def traces(given: Variables) -> Traces:
    """Return how MLflow gets traces; raises UnfitError for half a login."""
    workspace = {"x-mlflow-workspace": Secret(given.workspace)} if given.workspace else {}
    return Traces(
        endpoint=posted(given.server or ""),
        profile=TraceProfile.MLFLOW,
        headers={"x-mlflow-experiment-id": Secret(given.experiment or ""), **workspace, **_login(given)},
    )


def _login(given: Variables) -> Mapping[str, Secret]:
    """Return the header of a login, in the order of MLflow's clients: user and password, then a token.

    https://github.com/mlflow/mlflow/blob/v3.17.2/mlflow/utils/rest_utils.py
    """
    if given.user and given.password:
        pair = f"{given.user.reveal()}:{given.password.reveal()}".encode(errors="surrogateescape")
        return {"authorization": Secret(f"Basic {b64encode(pair).decode()}")}
    if given.token:
        return bearer(given.token)
    if given.user or given.password:
        raise UnfitError("expected MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, got one; set both")
    return {}


MLFLOW = Destination(
    name="mlflow",
    title="MLflow",
    guide="https://mlflow.org/docs/latest/genai/tracing/opentelemetry/ingest",
    variables=Variables,
    starts=(("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"),),
    needs=("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"),
    traces=traces,
)
