"""Spans for MLflow alone: the GenAI conventions' ones, with a turn's words as its list of traces reads them.

It shows a chat's last message as it is, and any other text as JSON, in quotes and with its new lines escaped:
https://github.com/mlflow/mlflow/blob/v3.17.2/mlflow/tracing/utils/truncation.py
"""

import json
from dataclasses import replace
from typing import Final

from otel_agent.facts import SpanKind, TurnEnded
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.spans.gen_ai import GEN_AI, turn
from otel_agent.signals.spans.shape import SpanAttributes, SpanProfile

INSTEAD: Final = {"input": ("mlflow.spanInputs", "user"), "output": ("mlflow.spanOutputs", "assistant")}
"""Where MLflow looks first for each side of a span, and who speaks there."""


def _turn(fact: TurnEnded, content: ContentPolicy) -> SpanAttributes:
    """Return what a turn says, its plain texts as chats of one message."""
    found = dict(turn(fact, content))
    for side, (name, role) in INSTEAD.items():
        text = found.pop(f"{side}.value", None)
        found.pop(f"{side}.mime_type", None)
        if text is not None:
            found[name] = json.dumps({"messages": [{"role": role, "content": text}]})
    return found


MLFLOW: Final = SpanProfile(
    shared=GEN_AI.shared,
    rows={**GEN_AI.rows, SpanKind.SESSION: replace(GEN_AI.rows[SpanKind.SESSION], read=_turn)},
)
"""The profile `mlflow`."""
