"""The files of the backends: importable, for each bundled prefix."""

import json

from otel_agent.dashboards.boards.catalogue import BOARDS
from otel_agent.dashboards.grafana.promql import metric
from otel_agent.dashboards.render import FOLDERS, RENDERERS, bundled
from otel_agent.dashboards.series import name
from otel_agent.dashboards.variant import variant_of
from otel_agent.profiles import DEFAULT_PREFIX
from otel_agent.signals.catalogue import INSTRUMENTS

NAMES = [written(row, DEFAULT_PREFIX) for row in INSTRUMENTS if row.is_prefixed for written in (name, metric)]
"""What the default prefix' metrics are called, as they are sent and in Prometheus."""


def test_no_file_is_written_twice() -> None:
    """Each bundled file has a path of its own, below its backend's folder."""
    paths = [path for path, _ in bundled()]

    assert len(paths) == len(set(paths))
    assert set(RENDERERS) == {path.parts[0] for path in paths}


def test_json_files_are_json() -> None:
    """What ends with .json is read back, and ends with a line break."""
    texts = [text for path, text in bundled() if path.suffix == ".json"]

    assert all(json.loads(text) and text.endswith("}\n") for text in texts)


def test_every_backend_has_every_board_for_any_prefix() -> None:
    """A prefix that nobody has thought of has the same files as the default one."""
    for renderer in RENDERERS.values():
        usual, own = (
            dict(renderer.files(variant_of(prefix, None, renderer.temporality)))
            for prefix in ("opencode.", "acme.ai.")
        )
        assert usual.keys() == own.keys()
        assert all(any(board.name in path.name for path in usual) for board in BOARDS)
        assert any("acme" in text for text in own.values())
        assert [] == [name for name in NAMES for text in own.values() if name in text]


def test_bundled_prefixes_have_folders_of_their_own() -> None:
    """The default prefix stands in the backend's own folder."""
    assert len(FOLDERS) == len(set(FOLDERS.values()))
