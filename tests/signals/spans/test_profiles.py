"""Every profile writes every kind of span that it can, and never two families of counts on one span."""

import pytest

from otel_agent.facts import SpanKind
from otel_agent.settings import TraceProfile
from otel_agent.signals.spans.profiles import PROFILES
from tests.signals.spans.building import EVERYTHING, builder, spans_of
from tests.signals.spans.samples import told

FAMILIES = ("llm.token_count.", "gen_ai.usage.", "input_tokens")


def test_every_profile_is_there() -> None:
    """Each name that the setting may have leads to a profile."""
    assert set(TraceProfile) == set(PROFILES)


def test_only_claude_code_has_the_work_of_a_tool_and_no_compactions() -> None:
    """All other profiles write the same kinds."""
    kinds = {profile: set(SpanKind) - set(row.rows) for profile, row in PROFILES.items()}

    others = {profile: {SpanKind.EXECUTION} for profile in TraceProfile}
    assert {**others, TraceProfile.CLAUDE_CODE: {SpanKind.COMPACTION}} == kinds


@pytest.mark.parametrize("profile", list(TraceProfile))
def test_no_span_has_two_families_of_counts(profile: TraceProfile) -> None:
    """Langfuse adds up every count that it knows."""
    for span in spans_of(told(), builder(profile, content=EVERYTHING)):
        families = {family for family in FAMILIES for key in span.attributes if key.startswith(family)}

        assert 1 >= len(families)
