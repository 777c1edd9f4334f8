"""The times in OpenCode's ids."""

import json

import pytest

from otel_agent.receiver.identifiers import event_order, is_later, session_created_ms
from tests.receiver.folding import NAMES, recorded


@pytest.mark.parametrize("name", NAMES)
def test_session_id_tells_when_it_was_created(name: str) -> None:
    """The time in a session's id is that of its creation, give or take a few milliseconds."""
    for line in recorded(name):
        event = json.loads(line).get("event", {})
        if event.get("type") in {"session.created", "session.updated"}:
            info = event["properties"]["info"]
            created = session_created_ms(info["id"], json.loads(line)["t"])
            assert -5 <= (created or 0) - info["time"]["created"] <= 0


@pytest.mark.parametrize(
    "text",
    ["", "ses_a", "ses_e04adceecffe", "msg_1fb523178001m7AhtCWth0pZHA", "ses_zzzzzzzzzzzzm7AhtCWth0pZHA"],
)
def test_other_id_tells_no_time(text: str) -> None:
    """An id of another form tells nothing."""
    assert None is session_created_ms(text, 1_795_000_000_000)


def test_creation_is_never_before_the_epoch() -> None:
    """A session's first event may have no time."""
    assert 0 == session_created_ms("ses_e04adceecffe2Z7hKQNA9KQluI", 0)


@pytest.mark.parametrize("name", NAMES)
def test_events_of_a_recording_are_in_their_order(name: str) -> None:
    """Each event of a session is later than the one before it."""
    last: dict[str, int | None] = {}
    for line in recorded(name):
        event = json.loads(line).get("event")
        if event:
            session, order = event["properties"]["sessionID"], event_order(event["id"])
            assert order is not None
            assert is_later(order, last.get(session))
            assert not is_later(order, order)
            last[session] = order


def test_order_goes_on_when_its_digits_are_used_up() -> None:
    """After the last number the first one is the later."""
    first, last = event_order("evt_000000000001aAhtCWth0pZHAx"), event_order("evt_ffffffffffffaAhtCWth0pZHAx")

    assert is_later(first, last)
    assert not is_later(last, first)


@pytest.mark.parametrize("event_id", [None, "", "evt_1", "evt_fffffffffffg2Z7hKQNA9KQluI"])
def test_unknown_order_is_taken_for_a_later_one(event_id: str | None) -> None:
    """Events of versions before 1.15 have no id: none of them is taken for a copy."""
    assert None is event_order(event_id)
    assert is_later(event_order(event_id), 5)
