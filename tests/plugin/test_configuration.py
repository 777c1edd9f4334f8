"""The plugin's settings files: merged as the agent merges them, and what they mean for OpenCode's process."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.configurations import VECTORS, Json, merge, project_names, texts_of
from tests.flat_toml import ANYTHING, FILES
from tests.plugin.events import idle
from tests.plugin.host import Host, wait_for

PLACES = ("managed", "user", "worktree", "directory")


@pytest.fixture(scope="module")
def one(opencode: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host that each of these tests may use: what they ask leaves nothing behind."""
    host = Host(folder=tmp_path_factory.mktemp("host"), runtime=opencode).start()
    yield host
    host.stop()


def told(host: Host, texts: Mapping[str, str], environ: Mapping[str, str]) -> Json:
    """Ask the plugin what files and an environment come to."""
    projects = [texts[place] for place in ("worktree", "directory") if place in texts]
    own = {place: texts.get(place, "") for place in ("managed", "user")}
    return host.call("merged", texts={**own, "projects": projects}, env=dict(environ))


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["name"])
def test_files_come_to_the_mapping_of_the_vectors(one: Host, row: Json) -> None:
    """The agent's tests read the same rows."""
    found = told(one, texts_of(row), row["environ"])

    assert row["merged"] == found.get("env")
    if found:
        assert sorted(row.get("project", [])) == sorted(found["project"])
        assert sorted(row.get("ignored", [])) == sorted(found["ignored"])


@settings(max_examples=200)
@given(
    texts=st.fixed_dictionaries({}, optional=dict.fromkeys(("managed", "user"), st.one_of(FILES, ANYTHING))),
    environ=st.dictionaries(
        st.sampled_from(["OPENCODE_OTLP_ENDPOINT", "OTEL_SERVICE_NAME"]), st.sampled_from(["", "x"])
    ),
)
def test_plugin_and_agent_agree_on_files(one: Host, texts: dict[str, str], environ: dict[str, str]) -> None:
    """Whatever stands in the machine's and the user's file, both take the same of it, or both nothing."""
    expected = merge(texts, environ)

    assert (dict(expected.environ) if expected.is_usable else None) == told(one, texts, environ).get("env")


@settings(max_examples=100)
@given(texts=st.fixed_dictionaries({}, optional=dict.fromkeys(PLACES, FILES)))
def test_plugin_and_agent_agree_on_projects(one: Host, texts: dict[str, str]) -> None:
    """Also on what of a project's files is taken; these names take any text, so none is wrong by itself."""
    expected, found = merge(texts, {}), told(one, texts, {})

    if expected.is_usable:
        assert dict(expected.environ) == found["env"]
        assert project_names(expected) == sorted(found["project"])


def test_node_reads_them_as_bun_does(node: Path, tmp_path: Path) -> None:
    """The other engine's regular expressions give the same."""
    host = Host(folder=tmp_path, runtime=node).start()
    found = {row["name"]: told(host, texts_of(row), row["environ"]).get("env") for row in VECTORS}
    host.stop()

    assert {row["name"]: row["merged"] for row in VECTORS} == found


class Place:
    """A home with settings files, and hosts in which nothing but them turns telemetry on."""

    def __init__(self, folder: Path, runtime: Path) -> None:
        """Let there be no file."""
        self.folder = folder
        self.user = folder / ".config" / "otel-agent" / "config.toml"
        self.managed = folder / "etc" / "config.toml"
        self.tree = folder / "tree"
        self.directory = self.tree / "sub"
        self._runtime = runtime
        self._hosts: list[Host] = []

    def write(self, path: Path, *lines: str) -> Path:
        """Write a file that only its user may write."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
        path.chmod(0o644)
        return path

    def project(self, folder: Path, *lines: str) -> Path:
        """Write a project's file."""
        return self.write(folder / ".opencode" / "otel-agent.toml", *lines)

    def attached(self, **environ: str) -> tuple[Host, Json]:
        """Start a host, attach the plugin, and return what it answered."""
        host = Host(folder=self.folder, runtime=self._runtime, environ=environ, managed=self.managed).start()
        self._hosts.append(host)
        return host, host.attach(directory=str(self.directory), worktree=str(self.tree))

    def header(self, **environ: str) -> Json:
        """Return the header of a session's journal."""
        host, _ = self.attached(**environ)
        host.event(idle())
        return host.header()

    def end(self) -> None:
        """End every host."""
        for host in self._hosts:
            host.stop()


@pytest.fixture
def place(opencode: Path, tmp_path: Path) -> Iterator[Place]:
    """A home without settings files."""
    made = Place(tmp_path, opencode)
    yield made
    made.end()


ENABLED = "OPENCODE_ENABLE_TELEMETRY = true"
ENDPOINT = 'OPENCODE_OTLP_ENDPOINT = "https://mine"'


def test_users_file_turns_telemetry_on(place: Place) -> None:
    """The header records its settings, of its secrets an HMAC, and the agent gets them all."""
    place.write(place.user, ENABLED, ENDPOINT, 'OPENCODE_OTLP_HEADERS = "key=se-cret"')
    host, _ = place.attached()

    host.event(idle())

    header, names = host.header(), host.call("environ")["names"]
    assert {"true", "https://mine"} <= set(header["settings"].values())
    assert ["OPENCODE_OTLP_HEADERS"] == list(header["credentials"])
    assert ([], []) == (header["project"], header["ignored"])
    assert "se-cret" not in host.text()
    assert "OPENCODE_OTLP_HEADERS=key=se-cret\n" in host.noted("env", host.the_agent())
    assert "OPENCODE_OTLP_HEADERS" not in names


def test_file_in_the_users_configuration_folder_is_read(place: Place) -> None:
    """XDG_CONFIG_HOME says where it is; a relative one is ignored."""
    place.write(place.folder / "xdg" / "otel-agent" / "config.toml", ENABLED)

    _, found = place.attached(XDG_CONFIG_HOME=str(place.folder / "xdg"))
    _, relative = place.attached(XDG_CONFIG_HOME="xdg")

    assert "event" in found["hooks"]
    assert [] == relative["hooks"]


@pytest.mark.parametrize("off", ["", "OPENCODE_ENABLE_TELEMETRY = false", "OTEL_SERVICE_NAME = 'x'"])
def test_without_the_switch_nothing_is_done(place: Place, off: str) -> None:
    """No hook, no folder, no word, whatever a project's file says."""
    place.write(place.user, off)
    place.project(place.directory, ENABLED)

    host, found = place.attached()

    assert ([], []) == (found["hooks"], host.said())
    assert not host.state.exists()


def test_empty_variable_turns_off_what_the_file_turns_on(place: Place) -> None:
    """For one run: `OPENCODE_ENABLE_TELEMETRY= opencode`."""
    place.write(place.user, ENABLED)

    _, found = place.attached(OPENCODE_ENABLE_TELEMETRY="")

    assert [] == found["hooks"]


def test_projects_file_sets_only_what_is_harmless(place: Place) -> None:
    """The nearest wins; what it may not set is named, and the agent logs it."""
    place.write(place.user, ENABLED, ENDPOINT)
    place.project(place.tree, "OTEL_SERVICE_NAME = 'far'", "OPENCODE_SPAN_ATTRIBUTES = 'a=b'")
    place.project(place.directory, "OTEL_SERVICE_NAME = 'near'", "OPENCODE_OTLP_ENDPOINT = 'https://evil'")

    header = place.header()

    assert "https://mine" == header["settings"]["OPENCODE_OTLP_ENDPOINT"]
    assert "near" == header["settings"]["OTEL_SERVICE_NAME"]
    assert ["OPENCODE_SPAN_ATTRIBUTES", "OTEL_SERVICE_NAME"] == sorted(header["project"])
    assert ["OPENCODE_OTLP_ENDPOINT"] == header["ignored"]


def test_environment_wins_but_for_what_is_locked(place: Place) -> None:
    """The machine's file is the lowest word and, where it locks, the last."""
    place.write(
        place.managed,
        ENABLED,
        ENDPOINT,
        'OTEL_SERVICE_NAME = "machine"',
        'locked = ["OPENCODE_OTLP_ENDPOINT"]',
    )

    header = place.header(OPENCODE_OTLP_ENDPOINT="https://other", OTEL_SERVICE_NAME="mine")

    assert "https://mine" == header["settings"]["OPENCODE_OTLP_ENDPOINT"]
    assert "mine" == header["settings"]["OTEL_SERVICE_NAME"]


def broken(path: Path) -> None:
    """Make it no TOML."""
    path.write_text("OPENCODE_ENABLE_TELEMETRY = yes")


def of_everybody(path: Path) -> None:
    """Let everybody write it."""
    path.chmod(0o666)


def of_the_group(path: Path) -> None:
    """Let the group write it."""
    path.chmod(0o664)


def pipe(path: Path) -> None:
    """Put a pipe in its place."""
    path.unlink()
    os.mkfifo(path)


def folder(path: Path) -> None:
    """Put a folder in its place."""
    path.unlink()
    path.mkdir()


def too_long(path: Path) -> None:
    """Make it longer than any settings file is."""
    path.write_text(f"{ENABLED}\n#{'x' * 65536}")


def other_bytes(path: Path) -> None:
    """Make it no UTF-8."""
    path.write_bytes(ENABLED.encode() + b" # \xff")


def of_another_user(path: Path) -> None:
    """Give it to another user."""
    os.chown(path, 4321, -1)


THEIRS = pytest.param(
    of_another_user, marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
)


@pytest.mark.parametrize(
    "spoil", [broken, of_everybody, of_the_group, pipe, folder, too_long, other_bytes, THEIRS]
)
@pytest.mark.parametrize("name", ["user", "managed"])
def test_file_that_cannot_be_used_keeps_telemetry_off(
    place: Place, name: str, spoil: Callable[[Path], None]
) -> None:
    """Nobody knows what was wanted: it is said once, and OpenCode works as always."""
    spoil(place.write(getattr(place, name), ENABLED))

    host, found = place.attached(OPENCODE_ENABLE_TELEMETRY="1")
    again = host.attach()
    wait_for(lambda: len(host.said()) == 2, "log and toast")

    text = "telemetry is off: a settings file cannot be used; run `otel-agent doctor`"
    assert [["log", "error", text], ["toast", "error", text]] == host.said()
    assert ([], []) == (found["hooks"], again["hooks"])


@pytest.mark.parametrize("spoil", [broken, of_everybody, pipe, folder, too_long, other_bytes, THEIRS])
def test_projects_file_that_cannot_be_used_stops_nothing(place: Place, spoil: Callable[[Path], None]) -> None:
    """A stranger's file has no say in whether there is telemetry."""
    place.write(place.user, ENABLED)
    spoil(place.project(place.directory, "OTEL_SERVICE_NAME = 'x'"))

    header = place.header()

    assert {"OPENCODE_ENABLE_TELEMETRY", "OPENCODE_OTEL_STATE_DIR"} == set(header["settings"])


def test_links_are_followed_at_home_only(place: Place) -> None:
    """One's own file may be kept elsewhere; a repository's link leads nowhere."""
    place.user.parent.mkdir(parents=True)
    place.user.symlink_to(place.write(place.folder / "dotfiles" / "otel.toml", ENABLED))
    inside = place.project(place.directory, "")
    inside.unlink()
    inside.symlink_to(place.write(place.folder / "other", "OTEL_SERVICE_NAME = 'x'"))

    header = place.header()

    assert "true" == header["settings"]["OPENCODE_ENABLE_TELEMETRY"]
    assert "OTEL_SERVICE_NAME" not in header["settings"]
