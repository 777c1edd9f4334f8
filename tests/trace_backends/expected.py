"""A trace in the few values that a test knows beforehand,
as in `assert Expected(…) == summary(backend.trace(id))`.
"""

from dataclasses import dataclass

from tests.trace_backends.shown import Message, ShownTrace, Tokens

# Costs are sums of floats: equal to the billionth of a dollar.
COST_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a trace's page shows: its tree as `KIND name` lines, two spaces a level, totals, whose it is."""

    outline: tuple[str, ...]
    tokens: Tokens
    cost_usd: float | None
    session: str | None
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A model call as its span shows it."""

    model: str | None
    tokens: Tokens | None
    cost_usd: float | None
    messages_in: tuple[Message, ...] = ()
    messages_out: tuple[Message, ...] = ()


def summary(trace: ShownTrace) -> Expected:
    """Give a trace as a test expects it; Phoenix tells no cache tokens of a whole trace."""
    return Expected(
        outline=tuple(trace.outline()),
        tokens=trace.tokens,
        cost_usd=rounded(trace.cost_usd),
        session=trace.session,
        user=trace.user,
    )


def calls(trace: ShownTrace) -> list[Call]:
    """Give the model calls of a trace, by when they began."""
    found = sorted(
        (span for span in trace.spans if span.kind == "LLM"), key=lambda span: (span.start_ns, span.id)
    )
    return [
        Call(
            model=span.model,
            tokens=span.tokens,
            cost_usd=rounded(span.cost_usd),
            messages_in=span.messages_in,
            messages_out=span.messages_out,
        )
        for span in found
    ]


def rounded(cost_usd: float | None) -> float | None:
    """Give a cost in USD that can be compared."""
    return None if cost_usd is None else round(cost_usd, COST_DIGITS)
