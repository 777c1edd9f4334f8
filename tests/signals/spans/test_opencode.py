"""Spans under the prefix's own names: OpenInference's attributes, and those of our log events."""

from otel_agent.facts import Failure, FileOperation, Tokens, ToolType
from tests.signals.samples import ADDED, CALLED, COMPACTED, COMPACTION_CUT, CUT, DECIDED, DONE, ENDED, READ
from tests.signals.spans.building import EVERYTHING, builder, spans_of
from tests.signals.spans.samples import COMPACTION, LLM, TOOL, TURN, WAIT, everything, placed, told

MAKER = builder(content=EVERYTHING)


def test_turn_has_its_totals_and_its_end() -> None:
    """What its own calls used, how many there were, how long prompt and answer are."""
    [turn] = spans_of(
        [
            placed(
                told()[2],
                TURN,
                tokens=Tokens(input=3, output=4),
                cost_usd=0.5,
                model_calls=2,
                tool_uses=1,
                model="large",
                provider="fake",
            )
        ],
        MAKER,
    )

    assert {
        "agent.name": "build",
        "is_subagent": True,
        "model": "large",
        "provider": "fake",
        "prompt_length": 13,
        "response_length": 13,
        "total_tokens": 7,
        "total_cost_usd": 0.5,
        "total_llm_calls": 2,
        "total_tool_uses": 1,
        "outcome": "completed",
    }.items() <= turn.attributes.items()


def test_lengths_of_prompt_and_answer_are_there_without_their_texts() -> None:
    """A length is no content."""
    turn = spans_of(told(), builder())[2]

    assert (13, 13) == (turn.attributes["prompt_length"], turn.attributes["response_length"])


def test_failed_turn_has_the_status_of_the_provider() -> None:
    """The HTTP status, where there is one."""
    failure = Failure(name="APIError", message="No", status_code=503)
    turn, call = spans_of([placed(ENDED, TURN, failure=failure), placed(CALLED, TURN, LLM, failure=failure)])

    assert [("error", 503)] * 2 == [
        (span.attributes["outcome"], span.attributes["status_code"]) for span in (turn, call)
    ]


def test_model_call_has_the_attributes_of_its_event() -> None:
    """Cost, time to the first token, effort, attempts, as in api_request."""
    [call] = spans_of([placed(CALLED, TURN, LLM)])

    assert {
        "model": "large",
        "provider": "fake",
        "cost_usd": 0.0021,
        "ttft_ms": 80,
        "query_source": "subagent",
        "effort": "high",
        "finish_reason": "stop",
        "attempt": 2,
    }.items() <= call.attributes.items()
    assert "outcome" not in call.attributes


def test_tool_has_the_attributes_of_its_event() -> None:
    """Kind, server, operation, language, sizes, decision, as in tool_result."""
    bash, read, added = spans_of([placed(fact, TURN, LLM, TOOL) for fact in (DONE, READ, ADDED)])

    assert {
        "tool_name": "bash",
        "tool_use_id": "call_1",
        "tool_type": ToolType.BUILTIN.value,
        "success": False,
        "error_type": "exit_status",
        "tool_input_size_bytes": 30,
        "tool_result_size_bytes": 40,
        "decision_type": "accept",
        "decision_source": "user_permanent",
    }.items() <= bash.attributes.items()
    assert (FileOperation.READ.value, "Python") == (read.attributes["operation"], read.attributes["language"])
    assert ("mcp", "echo") == (added.attributes["tool_type"], added.attributes["mcp_server.name"])


def test_tool_that_was_cut_says_so_and_nothing_more() -> None:
    """Whether it succeeded is not known."""
    [span] = spans_of([placed(CUT, TURN, LLM, TOOL)])

    assert "cut" == span.attributes["outcome"]
    assert "success" not in span.attributes


def test_wait_says_who_decided_what() -> None:
    """The answer and whose it was."""
    [span] = spans_of([placed(DECIDED, TURN, LLM, TOOL, WAIT)])

    assert ("bash", "accept", "user_permanent") == tuple(
        span.attributes[key] for key in ("tool_name", "decision", "source")
    )
    assert 1200 == (span.end_ns - span.start_ns) // 1_000_000


def test_compaction_says_why_and_how_it_went() -> None:
    """One that was cut went nowhere that is known."""
    done, cut = spans_of([placed(COMPACTED, TURN, COMPACTION), placed(COMPACTION_CUT, TURN, COMPACTION)])

    assert ("auto", True, 1287) == tuple(done.attributes[key] for key in ("trigger", "success", "pre_tokens"))
    assert ("auto", "cut") == (cut.attributes["trigger"], cut.attributes["outcome"])


def test_nothing_is_hidden_in_metadata() -> None:
    """What OpenInference has no attribute for has one of ours."""
    assert [] == [span.name for span in spans_of(everything()) if "metadata" in span.attributes]


def test_sessions_own_id_stands_beside_the_one_at_the_top() -> None:
    """session.id groups a trace; whose session it was has other names."""
    [span] = spans_of([placed(CALLED, TURN, LLM)])

    assert ("ses_root", "ses_root", "ses_a") == tuple(
        span.attributes[key] for key in ("session.id", "root_session.id", "opencode.session.id")
    )
