"""What these tests share: Phoenix and MLflow, started once, and a place of its own in each for every test."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.conftest import package, tools, world
from tests.trace_backends.backend import Backend
from tests.trace_backends.mlflow import MLflow, MLflowServer, serve_mlflow
from tests.trace_backends.phoenix import Phoenix, PhoenixServer, serve_phoenix

# The first test waits for a server, which may have to compile itself first.
LIMIT_S = 180
__all__ = ["package", "tools", "world"]  # fixtures: one test here runs the real OpenCode
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests of this folder a time limit that a server's start fits in."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder with a virtual environment of each backend, named by the variable TRACE_BACKENDS."""
    home = Path(os.environ.get("TRACE_BACKENDS", "")).absolute()
    if not all((home / name / "bin" / name).is_file() for name in ("phoenix", "mlflow")):
        pytest.skip(
            "needs Phoenix and MLflow: run `make trace-backends`, or set TRACE_BACKENDS to their environments"
        )
    return home


@pytest.fixture(scope="session")
def phoenix_server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhoenixServer]:
    """The real Phoenix."""
    with serve_phoenix(installed / "phoenix", tmp_path_factory.mktemp("phoenix")) as server:
        yield server


@pytest.fixture(scope="session")
def mlflow_server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MLflowServer]:
    """The real MLflow."""
    with serve_mlflow(installed / "mlflow", tmp_path_factory.mktemp("mlflow")) as server:
        yield server


@pytest.fixture
def phoenix(phoenix_server: PhoenixServer) -> Iterator[Phoenix]:
    """An empty project of Phoenix."""
    project = phoenix_server.project(f"test-{uuid4().hex}")
    yield project
    project.clear()


@pytest.fixture
def mlflow(mlflow_server: MLflowServer) -> Iterator[MLflow]:
    """An empty experiment of MLflow."""
    experiment = mlflow_server.experiment(f"test-{uuid4().hex}")
    yield experiment
    experiment.clear()


@pytest.fixture(params=["phoenix", "mlflow"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Both backends, one after the other."""
    found: Backend = request.getfixturevalue(request.param)
    return found
