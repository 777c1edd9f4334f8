"""Any bytes in a journal's segments: what can be read becomes facts, the rest is counted."""

import json

from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.damage import kept_in
from otel_agent.receiver.tracker import UNUSABLE_LINE
from tests import journals
from tests.fuzz.cases import TRIED, cases, scratch
from tests.fuzz.damage import DAMAGES, SHARES, Damage, damaged
from tests.test_damage import made, opened

RECORDINGS = {
    name: "\n".join(journals.lines_of(name)).encode() + b"\n"
    for name in ("run_simple", "run_edit", "run_subagent", "run_e429", "serve_question")
}
STEPS = 50


@cases(share=0.12, few=60)
@given(
    text=st.sampled_from(sorted(RECORDINGS)) | st.binary(max_size=2000),
    damages=DAMAGES,
    split=st.none() | SHARES,
    is_header_lost=st.booleans(),
)
def test_any_bytes_are_folded_or_counted(
    text: str | bytes, damages: list[Damage], split: float | None, *, is_header_lost: bool
) -> None:
    """The journal is read to its end, and no database is set aside for what a line says."""
    whole = text if isinstance(text, bytes) else damaged(RECORDINGS[text], damages)
    at = int((split or 0) * len(whole))
    segments = [whole] if split is None else [whole[:at], whole[at:]]
    with scratch() as state_dir:
        folder = made(state_dir / journals.HOST)
        header = (folder / "0.ndjson").read_bytes().splitlines(keepends=True)[0]
        for number, data in enumerate(segments):
            is_bare = is_header_lost and number > 0
            (folder / f"{number}.ndjson").write_bytes((b"" if is_bare else header) + data)
        worker = opened(folder)
        worker.end_input()
        for _ in range(STEPS):
            worker.step()
        counts, is_finished, kept = worker.outbox.counts(), worker._is_finished, kept_in(folder)
        worker.close()

    TRIED["journal bytes"] += 1
    assert (True, []) == (is_finished, kept)
    untold = counts.get(f"dropped.{UNUSABLE_LINE}", 0) + counts.get("dropped.malformed_line", 0)
    lines = b"".join(segments).count(b"\n") + 2 * len(segments)
    assert counts.get("events", 0) + untold <= lines


def test_undamaged_journal_is_folded_whole() -> None:
    """The control: without damage each event of a recording is counted as one."""
    with scratch() as state_dir:
        folder = made(state_dir / journals.HOST)
        worker = opened(folder)
        worker.end_input()
        for _ in range(STEPS):
            worker.step()
        counts = worker.outbox.counts()
        worker.close()

    lines = [json.loads(line) for line in journals.lines_of("run_tools")]
    assert sum("event" in line for line in lines) <= counts["events"] <= len(lines)
