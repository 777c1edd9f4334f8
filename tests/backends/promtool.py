"""The program promtool, and what its unit tests of rules are written from: series, times, expected alerts.

https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from otel_agent.dashboards.grafana.rules import alerting, recording
from otel_agent.dashboards.variant import Variant

Json = dict[str, Any]
INTERVAL: Final = "1m"
MINUTES: Final = {"m": 1, "h": 60, "d": 1440}


@dataclass(frozen=True, slots=True, kw_only=True)
class Promtool:
    """The program, a folder with a variant's rule files, and what it says of them."""

    binary: Path
    folder: Path
    variant: Variant

    def write(self) -> None:
        """Write the rule files."""
        self.folder.joinpath("recording.yml").write_text(recording(self.variant), encoding="utf-8")
        self.folder.joinpath("alerts.yml").write_text(alerting(self.variant), encoding="utf-8")

    def run(self, *words: str) -> tuple[int, str]:
        """Return the exit code and everything that it said."""
        done = subprocess.run(
            [str(self.binary), *words], cwd=self.folder, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def test(self, *tests: Json, every: str = "10m") -> tuple[int, str]:
        """Run unit tests; rules are worked out at each multiple of `every`."""
        told = {"rule_files": ["recording.yml", "alerts.yml"], "evaluation_interval": every, "tests": tests}
        self.folder.joinpath("tests.json").write_text(json.dumps(told), encoding="utf-8")
        return self.run("test", "rules", "tests.json")


def minutes(text: str) -> int:
    """Return how many minutes a duration with one unit is."""
    return int(text[:-1]) * MINUTES[text[-1]]


def series(metric: str, labels: Mapping[str, str], points: Mapping[str, float]) -> Json:
    """Return a series as an agent makes it: a zero before its first point, and points where it changed."""
    told = {minutes(at): value for at, value in points.items()}
    first = min(told)
    told = {first - 1: 0.0, **told}
    values = [f"{told[at]:g}" if at in told else "_" for at in range(max(told) + 1)]
    named = ", ".join(f'{key}="{value}"' for key, value in labels.items())
    return {"series": f"{metric}{{{named}}}", "values": " ".join(values)}


def fires(name: str, at: str, *alerts: Json) -> Json:
    """Return the expectation that an alert fires at a time with labels and annotations, or not at all."""
    return {"alertname": name, "eval_time": at, "exp_alerts": list(alerts)}


def case(name: str, inputs: list[Json], **expected: list[Json]) -> Json:
    """Return one unit test."""
    return {"name": name, "interval": INTERVAL, "input_series": inputs, **expected}
