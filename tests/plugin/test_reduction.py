"""What is kept of each event: the fields that facts need, and nothing of prompts, patches and providers."""

import json
from pathlib import Path

import pytest

from tests.plugin.events import SESSION, Json, event, part, tool
from tests.plugin.host import Host
from tests.plugin.kept import BASE, KEPT, PARTS, SECRET


@pytest.mark.parametrize(("published", "kept"), KEPT, ids=[each["type"] for each, _ in KEPT])
def test_only_what_facts_need_is_kept(host: Host, published: Json, kept: Json) -> None:
    """Of an event's properties exactly the listed fields are journaled."""
    host.event(event("session.idle", sessionID="first"))
    host.event(published)

    assert {"id": published["id"], "type": published["type"], "properties": kept} == host.events()[-1]
    assert SECRET not in host.text()


@pytest.mark.parametrize(("published", "kept"), PARTS, ids=[each["type"] for each, _ in PARTS])
def test_only_what_facts_need_is_kept_of_a_part(host: Host, published: Json, kept: Json) -> None:
    """Of a part exactly the listed fields are journaled; texts leave their sizes."""
    host.event(part(**{"kind": published["type"], **{k: v for k, v in published.items() if k != "type"}}))

    assert {"sessionID": SESSION, "time": 5, "part": {**BASE, **kept}} == host.events()[0]["properties"]
    assert SECRET not in host.text()


@pytest.mark.parametrize("kind", ["patch", "snapshot", "retry", "unheard-of"])
def test_parts_without_facts_are_dropped(host: Host, kind: str) -> None:
    """Other kinds of parts are not journaled."""
    host.event(part(kind, files=[SECRET]))

    assert [] == host.events()


def test_other_events_are_dropped(host: Host) -> None:
    """An event type that is not forwarded leaves nothing."""
    for kind in ("todo.updated", "session.next.prompted", "file.edited", "message.removed"):
        host.event(event(kind, sessionID=SESSION))

    assert [] == host.journals()


def test_only_the_first_delta_of_a_part_is_kept(host: Host) -> None:
    """The first delta tells when a part began to stream; its text is not kept."""
    for part_id in ("prt_1", "prt_1", "prt_2", "prt_1"):
        fields = {"sessionID": SESSION, "messageID": "msg_1", "partID": part_id, "field": "text"}
        host.event(event("message.part.delta", **fields, delta=SECRET))

    assert ["prt_1", "prt_2"] == [each["properties"]["partID"] for each in host.events()]
    assert SECRET not in host.text()


def test_old_deltas_come_with_their_part(host: Host) -> None:
    """Until 1.1 each delta repeated the whole part: the first one and the whole text at the end are kept."""
    for text in ("a", "ab", "abc"):
        published = part("text", text=text)
        published["properties"]["delta"] = text[-1]
        host.event(published)
    host.event(part("text", text="abcd", time={"start": 1, "end": 2}))

    assert [1, 4] == [each["properties"]["part"]["cut"]["text"][0] for each in host.events()]


def test_only_the_first_running_state_of_a_call_is_kept(host: Host) -> None:
    """Pending calls are dropped, repeated running ones too."""
    for part_id, status in (
        ("a", "pending"),
        ("a", "running"),
        ("a", "running"),
        ("b", "running"),
        ("a", "running"),
    ):
        host.event(tool("bash", {"status": status, "input": {"command": "ls"}}, part_id))

    assert [("a", "running"), ("b", "running")] == [
        (each["properties"]["part"]["id"], each["properties"]["part"]["state"]["status"])
        for each in host.events()
    ]


def test_memory_of_parts_is_bounded(host: Host) -> None:
    """Of very many parts the recent ones are known: a part that streams is not journaled again."""
    fields = {"sessionID": SESSION, "messageID": "msg_1", "field": "text"}
    deltas = [event("message.part.delta", **fields, partID=f"prt_{n}") for n in range(5000)]
    host.call("events", events=deltas)
    repeated = [event("message.part.delta", **fields, partID=f"prt_{n}") for n in (4999, 4000, 0)]
    host.call("events", events=repeated)

    assert 5001 == len(host.events())


def test_a_running_call_is_kept_again_when_it_names_its_subagent(host: Host) -> None:
    """A task that waited for a permission runs before it has a session, which its later states repeat."""
    for metadata in ({}, {"sessionId": "ses_2"}, {"sessionId": "ses_2"}, {}):
        host.event(tool("task", {"status": "running", "input": {}, "metadata": metadata}))

    kept = [each["properties"]["part"]["state"]["metadata"].get("sessionId") for each in host.events()]
    assert [None, "ses_2"] == kept


def test_recordings_are_journaled_whole(host: Host) -> None:
    """Every recorded event goes through the plugin without a loss, and nothing that is private."""
    recordings = sorted((Path(__file__).parents[1] / "recordings").glob("run_*.ndjson"))
    lines = [
        json.loads(line) for path in recordings for line in path.read_text(encoding="utf-8").splitlines()
    ]
    published = [line["event"] for line in lines if "event" in line]
    host.call("events", events=published)

    assert not [line for line in host.lines() if "lost" in line]
    assert {each["type"] for each in published} == {each["type"] for each in host.events()}
