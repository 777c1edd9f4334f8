"""Settings files and what they come to: the vectors that hold the plugin and the agent together."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from otel_agent import effective
from otel_agent.configuration import Configuration, Names, Place, Source, merged, names_of

Json = dict[str, Any]

VECTORS: Sequence[Json] = json.loads(
    (Path(__file__).parent / "vectors" / "configuration.json").read_text(encoding="utf-8")
)
"""Lines of files by their places, an environment, and the mapping that they come to; null: none is usable."""
NAMES: Names = names_of(effective.rows())
PLACES = {
    "managed": Place.MANAGED,
    "user": Place.USER,
    "worktree": Place.PROJECT,
    "directory": Place.PROJECT,
}
"""The places of a vector's files, from the lowest to the highest."""


def texts_of(row: Json) -> Mapping[str, str]:
    """Return the texts of a vector's files."""
    return {place: "\n".join(row[place]) for place in PLACES if place in row}


def merge(texts: Mapping[str, str], environ: Mapping[str, str]) -> Configuration:
    """Return what the agent makes of files, named by their places, and an environment."""
    sources = [
        Source(place=kind, path=Path(f"/{place}"), text=texts[place])
        for place, kind in PLACES.items()
        if place in texts
    ]
    return merged(sources, environ, NAMES)


def project_names(found: Configuration) -> list[str]:
    """Return the names that a project's file has set."""
    return sorted(name for name, origin in found.origins.items() if origin.place is Place.PROJECT)
