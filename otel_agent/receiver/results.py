"""What a tool call gave back to the model, and how much of it there was."""

from otel_agent.receiver.prompts import utf16_length
from otel_agent.receiver.wire import ToolState


def result_size(state: ToolState) -> int | None:
    """Return the UTF-8 size of what the model got back."""
    text, cut = result(state), _cut(state)
    if cut is not None:
        return cut[1]
    return None if text is None else len(text.encode(errors="replace"))


def result(state: ToolState) -> str | None:
    """Return what the model got back, as far as the journal has it."""
    return state.error if state.status == "error" else state.output


def _cut(state: ToolState) -> tuple[int, int, int] | None:
    """Return the true sizes of a result that the plugin has cut."""
    return state.cut.get("error" if state.status == "error" else "output")


def result_length(state: ToolState) -> int | None:
    """Return the length of what the model got back, in UTF-16 code units."""
    text, cut = result(state), _cut(state)
    if cut is not None:
        return cut[0]
    return None if text is None else utf16_length(text)
