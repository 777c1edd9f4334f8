"""`otel-agent install` with the real OpenCode and npm: no start runs npm, and no custom tool breaks."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from otel_agent import plugin
from otel_agent.installer.survey import plugin_in
from otel_agent.sink.server import Sink
from tests.e2e.fake_provider import FakeProvider
from tests.e2e.home import Home, Tools, find_tools
from tests.e2e.opencode import Finished, OpenCode
from tests.e2e.registry import EmptyRegistry
from tests.e2e.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

PROMPT = "hi [[scenario:simple]]"
MADE_BY_NPM = {"node_modules", "package.json", "package-lock.json"}
MADE_BY_OPENCODE = {".gitignore", "opencode.jsonc"}
TOOL = """import fs from "node:fs"
import { tool } from "@opencode-ai/plugin"
fs.writeFileSync(new URL("loaded", import.meta.url), "")
export default tool({ description: "Answers.", args: {}, async execute() { return "42" } })
"""


class Machine:
    """A machine of a user: a fresh home, a project, the real npm, and a registry that sees who asks."""

    def __init__(self, tools: Tools, root: Path, provider: FakeProvider, registry: EmptyRegistry) -> None:
        """Make the home and the project; the home has no configuration folder."""
        self.registry = registry
        self.home = empty_home(root, provider)
        self.project = self.home.project()
        self._opencode = OpenCode(tools, self.home, {"npm_config_registry": registry.url})
        self._path = os.pathsep.join([str(linked(tools, root)), os.environ["PATH"]])

    def otel_agent(self, *arguments: str, **extra: str) -> str:
        """Run `otel-agent` as the user would, with this machine's npm configuration; give what it prints."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        environ |= {"HOME": str(self.home.root), "PATH": self._path, **extra}
        environ.setdefault("npm_config_userconfig", str(Path.home() / ".npmrc"))
        ended = subprocess.run(
            [sys.executable, "-m", "otel_agent", *arguments],
            env=environ,
            capture_output=True,
            text=True,
            check=True,
            timeout=200,
        )
        return ended.stdout

    def run(self) -> Finished:
        """Run one prompt in the project."""
        return self._opencode.run(self.project, PROMPT)

    def plugins(self) -> list[str]:
        """Ask OpenCode which plugins it finds in the project."""
        with self._opencode.start(self.project, "debug", "config") as running:
            return list(json.loads(running.finish().out)["plugin"])

    def add_tool(self, folder: Path) -> Path:
        """Write a custom tool that imports OpenCode's package; give the file that it makes when loaded."""
        tool = folder / "tool" / "answer.ts"
        tool.parent.mkdir(parents=True)
        tool.write_text(TOOL, encoding="utf-8")
        return tool.with_name("loaded")


def empty_home(root: Path, provider: FakeProvider) -> Home:
    """Make a home in which OpenCode was never configured."""
    package = root / "package"
    package.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        (package / name).touch()
    home = Home(root / "home", provider_url=provider.url, package=package)
    shutil.rmtree(home.config)
    return home


def linked(tools: Tools, root: Path) -> Path:
    """Make a folder for PATH in which the tests' OpenCode has its usual name."""
    folder = root / "bin"
    folder.mkdir()
    (folder / "opencode").symlink_to(tools.opencode)
    return folder


def snapshot(folder: Path) -> dict[str, int]:
    """Give each file below a folder with the time of its last change."""
    return {
        path.relative_to(folder).as_posix(): path.lstat().st_mtime_ns
        for path in folder.rglob("*")
        if not path.is_dir()
    }


@pytest.fixture(scope="module")
def tools() -> Tools:
    """The real OpenCode and npm."""
    found = find_tools(os.environ)
    if isinstance(found, str):
        pytest.skip(found)
    return found


@pytest.fixture
def machine(tools: Tools, tmp_path: Path) -> Iterator[Machine]:
    """A fresh machine."""
    with FakeProvider() as provider, EmptyRegistry() as registry:
        yield Machine(tools, tmp_path, provider, registry)


def test_start_without_our_npm_step_asks_the_registry(machine: Machine) -> None:
    """What the other tests rule out does happen: a plugin makes OpenCode run npm before it starts."""
    target = plugin_in(machine.home.config)
    target.parent.mkdir(parents=True)
    target.write_text(plugin.render(["true"]), encoding="utf-8")

    machine.run()

    assert any("@opencode-ai" in path for path in machine.registry.asked)


def test_start_after_install_runs_no_npm(machine: Machine) -> None:
    """OpenCode finds the plugin, asks no registry, and changes nothing; nor does a second install."""
    printed = machine.otel_agent("install")
    tool = machine.add_tool(machine.home.config)
    before = snapshot(machine.home.config)

    plugins, ended, again = machine.plugins(), machine.run(), machine.otel_agent("install")

    assert "installed @opencode-ai/plugin" in printed
    assert [plugin_in(machine.home.config).as_uri()] == plugins
    assert (0, ()) == (ended.code, machine.registry.asked)
    assert tool.exists()
    assert "is there already" in again
    after = snapshot(machine.home.config)
    assert before == {name: time for name, time in after.items() if name in before}
    assert {*MADE_BY_OPENCODE, "tool/loaded"} >= after.keys() - before.keys()


def test_project_with_a_tool_of_its_own_starts_without_npm(machine: Machine) -> None:
    """With --project both folders are ready; git sees neither the plugin nor npm's files."""
    tool = machine.add_tool(machine.project / ".opencode")
    machine.otel_agent("install", "--project", str(machine.project))

    plugins, ended = machine.plugins(), machine.run()

    assert [plugin_in(machine.project / ".opencode").as_uri()] == plugins
    assert (0, ()) == (ended.code, machine.registry.asked)
    assert tool.exists()
    status = machine.home.git(machine.project, "status", "--short", "--untracked-files=all")
    assert {"?? .opencode/tool/answer.ts", "?? .opencode/tool/loaded"} == set(status.split("\n"))


def test_global_plugin_is_not_loaded_twice_in_a_project(machine: Machine) -> None:
    """With the global plugin there, --project does npm's part for the project and nothing else."""
    machine.add_tool(machine.project / ".opencode")
    machine.otel_agent("install")
    machine.otel_agent("install", "--project", str(machine.project))

    plugins, ended = machine.plugins(), machine.run()

    assert [plugin_in(machine.home.config).as_uri()] == plugins
    assert (0, ()) == (ended.code, machine.registry.asked)


def test_uninstall_leaves_the_folder_as_it_was_but_for_npm(machine: Machine) -> None:
    """Only what npm installed stays, which other plugins may need; the dry runs before change nothing."""
    machine.otel_agent("install", "--dry-run")
    nothing = not machine.home.config.exists()
    machine.otel_agent("install")
    full = snapshot(machine.home.config)
    machine.otel_agent("uninstall", "--dry-run")
    kept = snapshot(machine.home.config)

    machine.otel_agent("uninstall")

    assert (True, full) == (nothing, kept)
    assert {path.name for path in machine.home.config.iterdir()} == MADE_BY_NPM


def test_uninstall_of_all_leaves_the_home_as_it_was(machine: Machine) -> None:
    """Of what install made nothing stays, npm's package neither; npm's own cache is npm's."""
    before = set(machine.home.root.rglob("*")), snapshot(machine.home.root)
    machine.otel_agent("install", "--destination", "phoenix", "--set", "PHOENIX_ENDPOINT=http://127.0.0.1:9")
    full = snapshot(machine.home.root)

    machine.otel_agent("uninstall", "--all")

    shutil.rmtree(machine.home.root / ".npm", ignore_errors=True)
    assert {".config/otel-agent/config.toml", ".config/opencode/package.json"} < full.keys()
    left = set(machine.home.root.rglob("*"))
    assert (set(), set()) == (left - before[0], before[0] - left)
    assert before[1] == snapshot(machine.home.root)


def test_destination_gets_the_first_session(machine: Machine, sink: Sink) -> None:
    """After one command OpenCode, started as always, sends its traces: nothing else has to be set."""
    machine.otel_agent("install", "--destination", "phoenix", "--set", f"PHOENIX_ENDPOINT={sink.http_url}")

    ended = machine.run()

    wait_until(sink.spans, what="spans", timeout_s=60)
    assert 0 == ended.code
    assert {"openinference.span.kind"} <= {key for span in sink.spans() for key in span.attributes}


def test_manifest_of_the_user_is_installed_and_not_changed(machine: Machine) -> None:
    """A package.json that lists the package, in its own version and layout, keeps every byte."""
    text = '{"dependencies":   {"@opencode-ai/plugin":"^1.18.0"},\n\t"private":true}'
    machine.home.config.mkdir()
    manifest = machine.home.config / "package.json"
    manifest.write_text(text, encoding="utf-8")

    machine.otel_agent("install")
    ended = machine.run()

    assert text == manifest.read_text(encoding="utf-8")
    assert (0, ()) == (ended.code, machine.registry.asked)


def test_install_without_network_installs_the_plugin(machine: Machine) -> None:
    """When npm finds no package the plugin is there all the same, no lock is left, and the cost is told."""
    printed = machine.otel_agent("install", npm_config_registry=machine.registry.url)

    assert "npm could not install @opencode-ai/plugin in ~/.config/opencode: E404" in printed
    assert "npm_config_fetch_retries=0" in printed
    assert {"plugin/opencode-otel.js"} == snapshot(machine.home.config).keys()
