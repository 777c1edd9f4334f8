"""When somebody should look: spend, errors of models and tools, silence, and what the agent itself lost.

https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from otel_agent.dashboards.grafana.promql import PromQL
from otel_agent.dashboards.grafana.recorded import CALLS, RETRIES, SPEND, TOOLS, grown
from otel_agent.dashboards.grafana.yaml import Yaml
from otel_agent.dashboards.queries import Amount, Latest
from otel_agent.dashboards.variant import Variant
from otel_agent.signals.metrics_agent import DROPPED, OUTBOX_AGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From what on an alert fires: constants of taste, for a team of about twenty, in one place."""

    # A long day of one person with a large model costs about 20 US dollars; twenty such days are a surprise.
    spend_per_day_usd: float = 400
    # One person: a loop that nobody watches, sooner than work.
    spend_per_person_day_usd: float = 100
    # A week has its own busiest hour; twice that is no busy hour any more.
    jump_factor: float = 2
    # Below this much an hour is not worth a look, however quiet the week was.
    jump_usd: float = 20
    # A provider that is well answers nearly all calls at once; a few retries are weather.
    retries_per_call: float = 0.2
    retries: int = 10
    # Tests and searches fail by design, so only a tool that mostly fails is broken.
    tool_failures: float = 0.5
    tool_calls: int = 20
    # So many calls in the same hours a week ago say that somebody should be at work now.
    silence_calls: int = 50
    # docs/metrics.md says so.
    outbox_age_s: int = 3600


LIMITS: Final = Limits()
DAY: Final = "1d"
WEEK: Final = "1w"
HOUR: Final = "1h"
SOON: Final = "30m"
SILENCE: Final = "6h"
"""Longer than lunch, shorter than a working day."""
EVERY: Final = "5m"
"""How often alerts are worked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert: how bad it is, when it fires, and what to do; `$value` in its summary is the number."""

    name: str
    severity: str
    expr: str
    summary: str
    condition: str
    advice: str

    @property
    def description(self) -> str:
        """When it fires, and what to do."""
        return f"{self.condition}. {self.advice}"

    def rule(self, product: str) -> dict[str, Yaml]:
        """Return the alert as Prometheus reads it."""
        return {
            "alert": self.name,
            "expr": self.expr,
            "labels": {"severity": self.severity, "product": product},
            "annotations": {"summary": self.summary, "description": self.description},
        }


def alerts(variant: Variant, limits: Limits = LIMITS) -> Iterator[Alert]:
    """Yield the alerts of a variant."""
    yield from _spend(variant.prefix, limits)
    yield from _errors(variant.prefix, limits)
    yield _silence(variant.prefix, limits)
    yield from _losses(variant, limits)


def _spend(prefix: str, limits: Limits) -> Iterator[Alert]:
    """Yield what is said about money."""
    hour = SPEND.over(prefix, HOUR)
    yield Alert(
        name="OpenCodeSpendPerDay",
        severity="warning",
        expr=f"{SPEND.over(prefix, DAY)} > {limits.spend_per_day_usd:g}",
        summary='{{ printf "%.2f" $value }} US dollars in 24 hours',
        condition=f"More than {limits.spend_per_day_usd:g} US dollars were spent in 24 hours",
        advice="The board Cost says which models, people and repositories they went to.",
    )
    yield Alert(
        name="OpenCodeSpendPerPerson",
        severity="warning",
        expr=f"{SPEND.over(prefix, DAY, ('user.id',))} > {limits.spend_per_person_day_usd:g}",
        summary='{{ printf "%.2f" $value }} US dollars in 24 hours by {{ $labels.user_id }}',
        condition=f"More than {limits.spend_per_person_day_usd:g} US dollars in 24 hours by one installation",
        advice="Look at its sessions on the board Sessions: an agent that goes in circles is one session"
        " with very many answers.",
    )
    yield Alert(
        name="OpenCodeSpendJump",
        severity="warning",
        expr=f"{hour} > {limits.jump_usd:g}\n"
        f"and {hour} > {limits.jump_factor:g} * max_over_time(({hour})[{WEEK}:{HOUR}] offset {HOUR})\n"
        f"and {SPEND.over(prefix, WEEK, ago=DAY)} > 0",
        summary='{{ printf "%.2f" $value }} US dollars in the last hour',
        condition=f"More than {limits.jump_factor:g} times the dearest hour of the week before, and more"
        f" than {limits.jump_usd:g} US dollars, in an hour",
        advice="The board Cost with a range of 6 hours says which model and which person it is; a new model"
        " or a new team may be all that there is to it.",
    )


def _errors(prefix: str, limits: Limits) -> Iterator[Alert]:
    """Yield what is said about models and tools that fail."""
    retries = RETRIES.over(prefix, SOON, ("model",))
    calls = CALLS.over(prefix, SOON, ("model",))
    yield Alert(
        name="OpenCodeModelErrors",
        severity="warning",
        expr=f"{retries} >= {limits.retries}\n"
        f"and {retries} > {limits.retries_per_call:g} * ({calls} or {retries} * 0)",
        summary="{{ $value }} retries of {{ $labels.model }} in 30 minutes",
        condition=f"More than {limits.retries_per_call:g} retries for each call of a model in 30"
        f" minutes, and at least {limits.retries}",
        advice="The provider is down, or a rate limit is too low for the team: the board Reliability has the"
        " errors' words, and the provider has a status page.",
    )
    every = TOOLS.over(prefix, HOUR, ("tool_name",))
    failed = TOOLS.over(prefix, HOUR, ("tool_name",), success="false")
    yield Alert(
        name="OpenCodeToolFailures",
        severity="info",
        expr=f"{failed} / {every} > {limits.tool_failures:g}\nand {every} >= {limits.tool_calls}",
        summary="{{ $value | humanizePercentage }} of the calls of {{ $labels.tool_name }} fail",
        condition=f"More than {limits.tool_failures:.0%} of a tool's calls failed in an hour, of at least"
        f" {limits.tool_calls}",
        advice="The log events tool_result say why (error_type); an MCP server that is down, or a permission"
        " that is always refused, looks like this.",
    )


def _silence(prefix: str, limits: Limits) -> Alert:
    """Return what is said when nothing comes any more."""
    before, now = CALLS.over(prefix, SILENCE, ago=WEEK), CALLS.over(prefix, SILENCE)
    return Alert(
        name="OpenCodeSilence",
        severity="warning",
        expr=f"{before} >= {limits.silence_calls}\nunless {now} > 0",
        summary="No telemetry for 6 hours; a week ago there were {{ $value }} model calls in these hours",
        condition=f"No model call in 6 hours in which there were at least {limits.silence_calls} a week ago",
        advice="Nobody works, as on a holiday, or nothing arrives: a Collector, a credential, the network."
        " `otel-agent status` on a developer's machine says what waits there and why; nothing is lost"
        " while it waits. What arrives late is on the boards, but not in the recorded series.",
    )


def _losses(variant: Variant, limits: Limits) -> Iterator[Alert]:
    """Yield what is said about the agent itself; its metrics have no prefix and few series."""
    dropped = grown(Amount(of=DROPPED, by=("reason",)), variant, HOUR)
    yield Alert(
        name="OpenCodeTelemetryLost",
        severity="warning",
        expr=f"{dropped} > 0",
        summary="{{ $value }} lines, events or items were given up: {{ $labels.reason }}",
        condition="An agent gave something up in the last hour",
        advice="docs/metrics.md names the reasons. rejected and too_large are the backend's, and the agent's"
        " log has its words; outbox_full and outbox_age mean that the backend was away for too long; the"
        " others are broken or unknown input, which belongs into an issue.",
    )
    waiting = PromQL(prefix=variant.prefix).latest(Latest(of=OUTBOX_AGE, is_largest=True), HOUR)
    yield Alert(
        name="OpenCodeTelemetryWaits",
        severity="warning",
        expr=f"{waiting} > {limits.outbox_age_s}",
        summary="Telemetry has waited for {{ $value | humanizeDuration }} on somebody's machine",
        condition="An agent reported in the last hour that a request had waited for more than an hour",
        advice="It can say so only when some of its reports come through, so one of its destinations refuses,"
        " or a backlog is on its way; `otel-agent status` there says which, and `otel-agent flush`"
        " delivers now.",
    )
