"""What the plugin and the agent must agree on, as a file that the tests of both read.

`python -m tests.plugin.vectors` writes it anew.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.journals import RECORDINGS
from tests.plugin.tracing import Json, is_sampled, remote, span_id, told_of, trace_id

FILE = Path(__file__).parents[1] / "vectors" / "trace_context.json"

SESSION = "ses_e04ad9c31ffezWpaSkSLKzG4bG"
MESSAGE = "msg_1fb52644effe7RqrX2aaaaaaaa"
SPANS = (
    ("session", SESSION, MESSAGE),
    ("llm", SESSION, MESSAGE),
    ("tool", SESSION, f"{MESSAGE}:call_bd5b60"),
    ("wait", SESSION, "per_1fb526f0a001XmY0cVJ1uQ5e2L"),
    ("compaction", SESSION, MESSAGE),
    ("tool", SESSION, f"{MESSAGE}:toolu_é|\u2028:\U0001f600"),
    ("tool", "", ":"),
)
TRACES = ((SESSION, MESSAGE), ("ses_e04ad9239ffexxDK7w5C4EbxKv", "msg_é\U0001f600"), ("", ""))

RATIOS = ("0", "1", "1e-9", "0.5", "0.1", "0.999999999", "5e-324")
HALVES = (0, 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1)

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
VALID = f"00-{TRACE}-{SPAN}-01"
TRACEPARENTS = (
    VALID,
    f"00-{TRACE}-{SPAN}-00",
    f"00-{TRACE}-{SPAN}-03",
    f"00-{TRACE}-{SPAN}-fe",
    f"01-{TRACE}-{SPAN}-01",
    f"01-{TRACE}-{SPAN}-01-",
    f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like",
    f"ff-{TRACE}-{SPAN}-01",
    f"{VALID}-",
    f"{VALID}-more",
    f"{VALID}0",
    f"01-{TRACE}-{SPAN}-010",
    f"01-{TRACE}-{SPAN}-01.more",
    f"00-{TRACE.upper()}-{SPAN}-01",
    f"00-{TRACE}-{SPAN.upper()}-01",
    f"00-{TRACE}-{SPAN}-0A",
    f"0A-{TRACE}-{SPAN}-01",
    f"00-{'0' * 32}-{SPAN}-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"00-{TRACE[1:]}-{SPAN}-01",
    f"00-{TRACE}0-{SPAN}-01",
    f"00-{TRACE}-{SPAN[1:]}-01",
    f"00-{TRACE[:-1]}g-{SPAN}-01",
    f"00-{TRACE}-{SPAN}-1",
    f"00-{TRACE}-{SPAN}",
    f"0-{TRACE}-{SPAN}-01",
    f"000-{TRACE}-{SPAN}-01",
    f"00_{TRACE}_{SPAN}_01",
    "00",
    "x",
)

SAMPLED, UNSAMPLED = VALID, f"00-{TRACE}-{SPAN}-00"
IN_HALF, IN_NO_HALF = f"00-{'1' * 32}-{SPAN}", f"00-{'e' * 32}-{SPAN}"
"""Remote parents whose traces a ratio of a half takes, and does not."""
SAMPLERS: Sequence[tuple[str | None, str | None, str | None, bool]] = (
    (None, None, None, True),
    (None, None, SAMPLED, True),
    (None, None, UNSAMPLED, False),
    ("always_on", None, None, True),
    ("always_on", "0", UNSAMPLED, True),
    ("always_off", None, None, False),
    ("always_off", "1", SAMPLED, False),
    ("traceidratio", "0.5", f"{IN_HALF}-00", True),
    ("traceidratio", "0.5", f"{IN_NO_HALF}-01", False),
    ("traceidratio", None, None, True),
    ("traceidratio", "0", None, False),
    ("parentbased_always_on", None, SAMPLED, True),
    ("parentbased_always_on", None, UNSAMPLED, False),
    ("parentbased_always_off", None, None, False),
    ("parentbased_always_off", None, SAMPLED, True),
    ("parentbased_traceidratio", "0", None, False),
    ("parentbased_traceidratio", "1", None, True),
    ("parentbased_traceidratio", "0", SAMPLED, True),
    ("parentbased_traceidratio", "1", UNSAMPLED, False),
)
"""Sampler, its argument, remote parent; whether the trace of MESSAGE in SESSION is sampled."""


def samplings() -> list[Json]:
    """Return a decision for each ratio and each trace at or near a border."""
    rows: list[Json] = []
    for ratio in RATIOS:
        bound = round(float(ratio) * 2**64)
        halves = {*HALVES, *(half for half in (bound - 1, bound) if 0 <= half < 2**64)}
        traces = [f"{TRACE[:16]}{half:016x}" for half in sorted(halves)]
        rows += [
            {"ratio": ratio, "trace_id": trace, "is_sampled": is_sampled(trace, float(ratio))}
            for trace in traces
        ]
    return rows


def environ_of(sampler: str | None, argument: str | None, parent: str | None) -> Mapping[str, str]:
    """Return the variables that are set."""
    values = {
        "OTEL_TRACES_SAMPLER": sampler,
        "OTEL_TRACES_SAMPLER_ARG": argument,
        "OPENCODE_TRACEPARENT": parent,
    }
    return {name: value for name, value in values.items() if value is not None}


def vectors() -> Json:
    """Return everything, made by the rules as the tests write them."""
    told = {file.stem: dict(told_of(file)) for file in sorted(RECORDINGS.glob("*.ndjson"))}
    return {
        "spans": [
            {"kind": kind, "session_id": session, "uid": uid, "span_id": span_id(kind, session, uid)}
            for kind, session, uid in SPANS
        ],
        "traces": [
            {"session_id": session, "message_id": message, "trace_id": trace_id(session, message)}
            for session, message in TRACES
        ],
        "traceparents": [{"text": text, "remote": remote(text)} for text in TRACEPARENTS],
        "ratios": samplings(),
        "samplers": [
            {
                "environ": environ_of(sampler, argument, parent),
                "session_id": SESSION,
                "message_id": MESSAGE,
                "is_sampled": decision,
            }
            for sampler, argument, parent, decision in SAMPLERS
        ],
        "recordings": {name: calls for name, calls in told.items() if calls},
    }


def written() -> str:
    """Return the vectors as the file has them."""
    return json.dumps(vectors(), indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
