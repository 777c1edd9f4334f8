"""What was said, in the forms that backends show."""

from otel_agent.facts import Message, Role, ToolRequest
from otel_agent.signals.content import ContentPolicy
from otel_agent.signals.spans.messages import shown, spoken

ALL = ContentPolicy(is_prompt_on=True, is_response_on=True, are_tool_details_on=True, is_tool_content_on=True)
ASKED = ToolRequest(call_id="call_1", tool_name="bash", arguments='{"command":"ls"}')


def test_tool_call_is_a_paragraph_of_its_own() -> None:
    """A call that says nothing but asks for a tool has a text all the same."""
    message = Message(role=Role.ASSISTANT, text="I look.", length=7, requests=(ASKED,))

    assert 'I look.\n\nbash({"command":"ls"})' == spoken(shown([message], ALL), ALL)[0]


def test_text_of_nothing_that_may_leave_is_empty() -> None:
    """Without its switches a message has no text, and no name of a tool either."""
    message = Message(role=Role.ASSISTANT, text="I look.", length=7, requests=(ASKED,))

    assert (None, None) == spoken(shown([message], ContentPolicy()), ContentPolicy())
