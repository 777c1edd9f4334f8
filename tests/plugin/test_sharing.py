"""Several directories, and several copies of the plugin, in one OpenCode process."""

from tests.plugin.conftest import HostFactory
from tests.plugin.events import SESSION, event, idle
from tests.plugin.host import Host


def test_two_directories_share_one_journal(host: Host) -> None:
    """Each directory is told once, before its first event, and its events carry its number."""
    host.attach(directory="/other")
    for instance in (0, 1, 1, 0):
        host.event(idle(), instance)
    lines = host.lines()

    assert 1 == len(host.journals())
    assert ["/project", "/other"] == [line["instance"]["directory"] for line in lines if "instance" in line]
    assert [0, 1, 1, 0] == [line["i"] for line in lines if "event" in line]


def test_a_copy_loaded_from_elsewhere_journals_nothing_twice(host: Host) -> None:
    """A global and a project's copy of the file give one journal with each event and hook call once."""
    host.write_plugin(host.folder / "copy.mjs")
    host.load("copy.mjs")
    host.attach(copy=1)
    for _ in range(3):
        published = idle()
        host.event(published, 0)
        host.event(published, 1)

    assert 1 == len(host.journals())
    assert 3 == len(host.events())


def test_events_without_id_are_told_apart(host: Host) -> None:
    """OpenCode before 1.15 gave events no id: two events are two lines all the same."""
    for _ in range(2):
        host.event({"type": "session.idle", "properties": {"sessionID": SESSION}})

    assert 2 == len(host.events())


def test_end_of_one_directory_leaves_the_journal_open(new_host: HostFactory) -> None:
    """The journal and the agent go on for the directories that are left."""
    host = new_host({"OPENCODE_OTEL_EXIT_WAIT_MS": "5000"}).start()
    host.attach()
    host.attach(directory="/other")
    host.event(idle(), 0)
    agent = host.the_agent()
    host.call("dispose", instance=0)
    host.event(event("session.idle", sessionID="ses_2"), 1)

    assert ["ses_1", "ses_2"] == [line["properties"]["sessionID"] for line in host.events()]
    assert not host.has_ended(agent)


def test_a_directory_disposed_twice_counts_once(new_host: HostFactory) -> None:
    """The other directory keeps the agent, however often the first one is disposed."""
    host = new_host({"OPENCODE_OTEL_EXIT_WAIT_MS": "5000"}).start()
    host.attach()
    host.attach(directory="/other")
    host.event(idle(), 0)
    agent = host.the_agent()
    host.call("dispose", instance=0)
    host.call("dispose", instance=0)

    assert not host.has_ended(agent)
