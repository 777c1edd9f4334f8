"""Ids are hashes of OpenCode's own ids."""

from otel_agent.signals.ids import record_uid


def test_id_is_the_same_for_ever() -> None:
    """The id of a record does not depend on the process that makes it."""
    assert "0bdfef7ccc19497f8b3fad6c748e218b" == record_uid("ses_a", "commit", "msg_1:call_1:0")


def test_parts_of_an_id_do_not_run_together() -> None:
    """What belongs to the session is not taken for the event's name."""
    assert record_uid("ses_a", "b", "c") != record_uid("ses_ab", "", "c")
