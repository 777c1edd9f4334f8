"""What only Phoenix shows of what our agent sends: dialogues, and the prices of its own table."""

from pathlib import Path

import pytest

from tests.journals import RECORDINGS
from tests.trace_backends.expected import Call, calls, rounded
from tests.trace_backends.phoenix import Phoenix
from tests.trace_backends.recorded import spans_of, spans_of_file, the_turn
from tests.trace_backends.shown import Message, ShownTrace
from tests.trace_backends.words import GEN_AI, OPENCODE, OPENINFERENCE, Words

PROMPT = '"Do it [[scenario:commit]]"'
SHA = "32c14a86a19dbe47c8c7eb2976fc4d850e282c14\n"
COMMAND = "echo hi > a.txt && git add -A && git commit -q -m 'Add a greeting' && git rev-parse HEAD"
# Phoenix's price table for gpt-4o, USD a million tokens: in, from the cache, out.
PRICES = (2.5, 1.25, 10.0)


@pytest.fixture(params=[GEN_AI, OPENINFERENCE, OPENCODE], ids=lambda one: one.profile)
def words(request: pytest.FixtureRequest) -> Words:
    """The profiles that Phoenix reads in full, one after the other."""
    found: Words = request.param
    return found


def shown(phoenix: Phoenix, folder: Path, words: Words) -> ShownTrace:
    """Deliver the recording that has texts, with all of them, and give what is shown of it."""
    for payload in spans_of(folder, "run_content", words.with_content):
        phoenix.send(payload)
    return phoenix.trace(the_turn("run_content").trace)


def price(call: Call) -> float | None:
    """Work out what a call costs by the table: the cache's tokens are among the prompt's."""
    used = call.tokens
    if used is None:
        return None
    fresh, cached, written = PRICES
    micros = (used.prompt - used.cache_read) * fresh + used.cache_read * cached + used.completion * written
    return rounded(micros / 1_000_000)


def test_messages_are_a_dialogue(phoenix: Phoenix, words: Words, tmp_path: Path) -> None:
    """Each call shows what was new to it and what it said, tool calls and results in their places."""
    first, last = calls(shown(phoenix, tmp_path, words))

    assert (Message(role="user", text=PROMPT),) == first.messages_in
    assert (
        Message(role="assistant", text="I write a file and commit it.", tool_calls=("bash",)),
    ) == first.messages_out
    assert (Message(role="tool", text=SHA),) == last.messages_in
    assert (Message(role="assistant", text="Committed."),) == last.messages_out


def test_prompt_and_answer_are_in_the_list(phoenix: Phoenix, words: Words, tmp_path: Path) -> None:
    """The columns Input and Output of a turn are plain text."""
    trace = shown(phoenix, tmp_path, words)

    assert (PROMPT, "Committed.") == (trace.input, trace.output)


def test_tool_call_shows_what_it_was_given_and_gave(phoenix: Phoenix, words: Words, tmp_path: Path) -> None:
    """The arguments are the tool's parameters, the result is its output."""
    (ran,) = (span for span in shown(phoenix, tmp_path, words).spans if span.kind == "TOOL")

    assert SHA == ran.output
    assert ("bash", COMMAND) == (
        ran.attributes["tool"]["name"],
        ran.attributes["tool"]["parameters"]["command"],
    )


@pytest.mark.parametrize("words", [OPENINFERENCE, OPENCODE], ids=lambda one: one.profile)
def test_calls_have_inputs_and_outputs_beside_messages(
    phoenix: Phoenix, words: Words, tmp_path: Path
) -> None:
    """The columns Input and Output of the list of spans are filled, a tool call reads as one."""
    trace = shown(phoenix, tmp_path, words)
    texts = sorted((span.input, span.output) for span in trace.spans if span.kind == "LLM")

    (asked, said), (heard, ended) = texts
    assert (PROMPT, SHA) == (asked, heard)
    assert said.startswith("I write a file and commit it.\n\nbash({")
    assert "Committed." == ended


def test_priced_model_costs_what_the_table_says(phoenix: Phoenix, words: Words, tmp_path: Path) -> None:
    """Of a model in Phoenix's table each call has that price, and the turn their sum."""
    text = (RECORDINGS / "run_commit.ndjson").read_text(encoding="utf-8")
    priced = tmp_path / "priced.ndjson"
    priced.write_text(text.replace('"large"', '"gpt-4o"').replace('"fake"', '"openai"'), encoding="utf-8")
    for payload in spans_of_file(tmp_path, priced, words.environ):
        phoenix.send(payload)

    turn = the_turn("run_commit")
    prices = [price(call) for call in turn.calls]
    trace = phoenix.trace(turn.trace)
    assert prices == [call.cost_usd for call in calls(trace)]
    assert rounded(sum(one or 0.0 for one in prices)) == rounded(trace.cost_usd)


def test_claude_code_spans_are_of_known_kinds(phoenix: Phoenix, tmp_path: Path) -> None:
    """Phoenix reads no tokens of this profile, but tree, session and errors are right."""
    recording = "serve_permission_once"
    for payload in spans_of(tmp_path, recording, {"OPENCODE_TRACE_PROFILE": "claude_code"}):
        phoenix.send(payload)

    trace = phoenix.trace(the_turn(recording).trace)
    assert {"AGENT", "LLM", "TOOL", "CHAIN"} == {span.kind for span in trace.spans}
    assert the_turn(recording).session == trace.session
