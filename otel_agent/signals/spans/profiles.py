"""The profiles in which spans can be written."""

from collections.abc import Mapping
from typing import Final

from otel_agent.settings import TraceProfile
from otel_agent.signals.spans.arize import ARIZE
from otel_agent.signals.spans.braintrust import BRAINTRUST
from otel_agent.signals.spans.claude_code import CLAUDE_CODE
from otel_agent.signals.spans.gen_ai import GEN_AI
from otel_agent.signals.spans.inference import INFERENCE
from otel_agent.signals.spans.langfuse import LANGFUSE
from otel_agent.signals.spans.langsmith import LANGSMITH
from otel_agent.signals.spans.mlflow_profile import MLFLOW
from otel_agent.signals.spans.opencode import OPENCODE
from otel_agent.signals.spans.openinference import OPENINFERENCE
from otel_agent.signals.spans.shape import SpanProfile

PROFILES: Final[Mapping[TraceProfile, SpanProfile]] = {
    TraceProfile.OPENCODE: OPENCODE,
    TraceProfile.GEN_AI: GEN_AI,
    TraceProfile.OPENINFERENCE: OPENINFERENCE,
    TraceProfile.CLAUDE_CODE: CLAUDE_CODE,
    TraceProfile.ARIZE: ARIZE,
    TraceProfile.BRAINTRUST: BRAINTRUST,
    TraceProfile.INFERENCE: INFERENCE,
    TraceProfile.LANGFUSE: LANGFUSE,
    TraceProfile.LANGSMITH: LANGSMITH,
    TraceProfile.MLFLOW: MLFLOW,
}
