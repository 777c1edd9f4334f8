"""Strings: how much of them is kept where content is wanted, and how they are cut."""

import pytest

from tests.plugin.conftest import HostFactory
from tests.plugin.events import completed, part
from tests.plugin.host import Host


@pytest.mark.parametrize(
    "name",
    [
        "OPENCODE_LOG_PROMPTS",
        "OPENCODE_LOG_RESPONSES",
        "OTEL_LOG_USER_PROMPTS",
        "OTEL_LOG_ASSISTANT_RESPONSES",
    ],
)
def test_texts_are_kept_where_they_are_wanted(new_host: HostFactory, name: str) -> None:
    """With prompts or responses on, a text is kept up to OPENCODE_CONTENT_MAX_LENGTH units."""
    host = new_host({name: "1", "OPENCODE_CONTENT_MAX_LENGTH": "4"}).start()
    host.attach()
    host.event(part("text", text="12345"))
    host.event(part("reasoning", text="12345"))

    kept = [each["properties"]["part"] for each in host.events()]
    assert ["1234", ""] == [each["text"] for each in kept]
    assert [[5, 5, 1], [5, 5, 1]] == [each["cut"]["text"] for each in kept]


@pytest.mark.parametrize("value", ["0", "false", "No", " off "])
def test_capture_that_is_switched_off_keeps_nothing(new_host: HostFactory, value: str) -> None:
    """The words for off are those of the settings."""
    host = new_host({"OPENCODE_LOG_PROMPTS": value, "OPENCODE_LOG_TOOL_DETAILS": value}).start()
    host.attach()
    host.event(part("text", text="12345"))
    host.event(completed("bash", {"command": "c", "description": "private"}))

    assert "12345" not in host.text()
    assert "private" not in host.text()


def test_first_name_of_a_switch_decides(new_host: HostFactory) -> None:
    """What is off for OpenCode stays off where the same switch is on for other programs."""
    host = new_host({"OPENCODE_LOG_PROMPTS": "0", "OTEL_LOG_USER_PROMPTS": "1"}).start()
    host.attach()
    host.event(part("text", text="a prompt"))

    assert "a prompt" not in host.text()


@pytest.mark.parametrize(
    "name",
    [
        "OPENCODE_LOG_TOOL_DETAILS",
        "OPENCODE_LOG_TOOL_CONTENT",
        "OTEL_LOG_TOOL_DETAILS",
        "OTEL_LOG_TOOL_CONTENT",
    ],
)
def test_inputs_are_kept_where_they_are_wanted(new_host: HostFactory, name: str) -> None:
    """With details or content on, a whole input is kept, its strings cut, what facts need not cut further."""
    host = new_host({name: "1", "OPENCODE_CONTENT_MAX_LENGTH": "4"}).start()
    host.attach()
    host.event(
        completed("bash", {"command": "123456", "description": "12345", "deep": [{"x": "12345"}, "12345", 1]})
    )
    host.event(completed("write", {"filePath": "/a/b/c", "content": "12345"}))
    bash, write = (each["properties"]["part"]["state"]["input"] for each in host.events())

    assert {
        "command": "123456",
        "description": "1234",
        "deep": [{"x": "1234", "cut": {"x": [5, 5, 1]}}, "1234", 1],
        "cut": {"description": [5, 5, 1]},
    } == bash
    assert {"filePath": "/a/b/c", "content": "1234", "cut": {"content": [5, 5, 1]}} == write


@pytest.mark.parametrize(
    ("text", "kept", "sizes"),
    [("123\U0001f600", "123\ufffd", [5, 7, 1]), ("\U0001f600\U0001f600", "\U0001f600\U0001f600", None)],
)
def test_a_string_is_cut_well_formed(
    new_host: HostFactory, text: str, kept: str, sizes: list[int] | None
) -> None:
    """A cut through a surrogate pair leaves a replacement character, not a line that no decoder reads."""
    host = new_host({"OPENCODE_LOG_PROMPTS": "1", "OPENCODE_CONTENT_MAX_LENGTH": "4"}).start()
    host.attach()
    host.event(part("text", text=text))
    journaled = host.events()[0]["properties"]["part"]

    assert (kept, sizes) == (journaled["text"], journaled.get("cut", {}).get("text"))


def test_a_lone_surrogate_anywhere_is_replaced(host: Host) -> None:
    """Strings that are kept whole are made well-formed too; text that looks like an escape is left alone."""
    text = r"a\udc00\\ud800\ud83d\ude00"
    host.call("hook", js=f"{{event: {{id: 'e', type: 'session.idle', properties: {{sessionID: '{text}'}}}}}}")

    assert "a\ufffd\\ud800\U0001f600" == host.events()[0]["properties"]["sessionID"]
