"""Model calls: effort, context, and attempts that come to nothing."""

import pytest

from otel_agent.facts import ModelCalled
from tests.receiver.folding import fold, told
from tests.receiver.story import MODEL, SESSION, Story, use
from tests.receiver.test_tracker import begun

END = {"is_completed": True, "finish": "stop"}
FAILED = {"name": "APIError", "data": {"message": "No", "statusCode": 500}}


def only_call(story: Story) -> ModelCalled:
    """Return the only model call of a story."""
    [call] = fold(story.lines).of(ModelCalled)
    return call


def asked(story: Story, context: object) -> None:
    """Append that the model was asked, with the size of its context."""
    story.hook("chat.params", agent="build", limit={"context": context, "output": 10}, **MODEL)


def test_context_is_that_of_the_last_step() -> None:
    """The steps of a message that was cut off each sent the whole context."""
    story = begun()
    asked(story, 1000)
    story.step(use(100, 10, 5, 50, 2), 0.001)
    story.step(use(200, 20, 6, 60, 3), 0.002)
    story.assistant(**END)  # type: ignore[arg-type]
    story.idle()

    call = only_call(story)

    assert (289, 1000) == (call.context_tokens, call.context_limit)


@pytest.mark.parametrize("context", [0, None, -5, 1e300])
def test_limit_that_is_none_is_unknown(context: object) -> None:
    """A model without a known context window has no share of it."""
    story = begun()
    asked(story, context)
    story.step(use(100, 10), 0.001)
    story.assistant(**END)  # type: ignore[arg-type]
    story.idle()

    assert None is only_call(story).context_limit


def test_limit_of_the_models_own_hook_counts() -> None:
    """The title's model has its own window."""
    story = begun()
    asked(story, 1000)
    small = {"providerID": "fake", "modelID": "small"}
    story.hook("chat.params", agent="title", limit={"context": 50}, **small)
    story.step(use(100, 10), 0.001)
    story.assistant(**END)  # type: ignore[arg-type]
    story.idle()

    assert 1000 == only_call(story).context_limit


def test_limits_of_a_session_are_bounded() -> None:
    """A session remembers the windows of its last sixteen models."""
    story = begun()
    for number in range(100):
        story.hook("chat.params", limit={"context": 9}, providerID="fake", modelID=f"m{number}")

    limits = fold(story.lines).sessions[SESSION].limits

    assert [f"fake/m{number}" for number in range(84, 100)] == list(limits)


def test_call_that_used_nothing_has_no_context() -> None:
    """An aborted call has no tokens: how full its context was is not known."""
    story = begun()
    story.assistant(is_completed=True, error=FAILED)
    story.idle()

    assert None is only_call(story).context_tokens


@pytest.mark.parametrize(
    ("prompt", "answer", "effort"),
    [("high", None, "high"), ("high", "max", "max"), (None, "max", "max"), (None, None, None)],
)
def test_effort_is_the_variant_of_the_model(
    prompt: str | None, answer: str | None, effort: str | None
) -> None:
    """The answer tells the variant, or else the prompt does."""
    story = Story()
    story.session()
    story.user(model={**MODEL, "variant": prompt})
    story.assistant(variant=answer)
    story.assistant(variant=answer, **END)  # type: ignore[arg-type]
    story.idle()

    folded = fold(story.lines)

    assert [effort] == [event["effort"] for event in told(folded.facts, "api_request")]


def test_effort_of_another_prompt_is_not_this_ones() -> None:
    """A call that answers an older prompt has not the newest prompt's variant."""
    story = Story()
    story.session()
    story.user("msg_1", model={**MODEL, "variant": "high"})
    story.assistant(parent="msg_0")
    story.assistant(parent="msg_0", **END)  # type: ignore[arg-type]
    story.idle()

    assert None is only_call(story).effort


def test_failure_after_a_retry_has_exhausted_them() -> None:
    """The time runs from the first failed attempt to the last."""
    story = begun()
    story.retry(1)
    story.now += 1000
    story.retry(2)
    story.now += 2000
    story.assistant(is_completed=True, error=FAILED)
    story.idle()

    expected = {
        "model": "large",
        "provider": "fake",
        "error": "APIError: No",
        "status_code": 500,
        "total_attempts": 3,
        "total_retry_duration_ms": 3010,
    }
    assert [expected] == told(fold(story.lines).facts, "api_retries_exhausted")


@pytest.mark.parametrize("kind", ["first attempt", "aborted", "went through"])
def test_retries_are_not_exhausted(kind: str) -> None:
    """Not by a first attempt that fails, an abort of the user, or a later attempt that goes through."""
    story = begun()
    if kind != "first attempt":
        story.retry(1)
    aborted = {"name": "MessageAbortedError", "data": {"message": "Aborted"}}
    error = {} if kind == "went through" else {"error": aborted if kind == "aborted" else FAILED}
    story.assistant(**END, **error)  # type: ignore[arg-type]
    story.idle()

    assert [] == told(fold(story.lines).facts, "api_retries_exhausted")
