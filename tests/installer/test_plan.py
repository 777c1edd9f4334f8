"""What is decided for each state of the folders; nothing is touched."""

from pathlib import Path

import pytest

from otel_agent import plugin
from otel_agent.errors import InstallError
from otel_agent.installer.plan import COST, IGNORED, File, Found, plan_install, plan_uninstall
from otel_agent.installer.steps import InstallPackage, RemoveEmptyFolder, RemoveFile, Say, Step, WriteFile
from otel_agent.opencode import PACKAGE, Packages

CONFIG = Path("config")
PLUGIN = CONFIG / "plugin" / plugin.FILE_NAME
IGNORE = PLUGIN.with_name(".gitignore")
NPM = Path("npm")
TEXT = plugin.render(["python"])
OLDER = TEXT.replace(f"plugin {plugin.version_of(TEXT)}", "plugin 0.0.9", 1)
FOREIGN = "export const Mine = async () => ({})\n"

ABSENT = File(path=PLUGIN)
OURS = File(path=PLUGIN, exists=True, text=TEXT)
THEIRS = File(path=PLUGIN, exists=True, text=FOREIGN)


def package_step(packages: Packages, *, npm: Path | None = NPM, version: str | None = "1.18.33") -> Step:
    """Give the step that is planned for one configuration folder."""
    found = Found(plugin=OURS, packages=(packages,), npm=npm, version=version)
    return plan_install(found, TEXT)[-1]


def listed(*names: str) -> frozenset[str]:
    """Give the dependencies of a manifest."""
    return frozenset(names)


def test_absent_plugin_is_written() -> None:
    """A first installation writes the plugin and says where."""
    done = f"installed the plugin: {PLUGIN}"

    assert (WriteFile(path=PLUGIN, text=TEXT, done=done),) == plan_install(Found(plugin=ABSENT), TEXT)


def test_same_plugin_is_kept() -> None:
    """A second installation writes nothing."""
    assert (Say(text=f"the plugin is installed already: {PLUGIN}"),) == plan_install(Found(plugin=OURS), TEXT)


def test_other_version_of_ours_is_replaced() -> None:
    """An older (or newer) plugin of ours gives way, and its version is told."""
    found = Found(plugin=File(path=PLUGIN, exists=True, text=OLDER))
    done = f"replaced the plugin (version 0.0.9): {PLUGIN}"

    assert (WriteFile(path=PLUGIN, text=TEXT, done=done),) == plan_install(found, TEXT)


@pytest.mark.parametrize("text", [FOREIGN, "", None])
def test_file_that_is_not_ours_stops_the_installation(text: str | None) -> None:
    """Whatever stands in the plugin's place without our mark is not touched; the message says what to do."""
    found = Found(plugin=File(path=PLUGIN, exists=True, text=text))

    with pytest.raises(InstallError, match="move it away and run this command again"):
        plan_install(found, TEXT)


def test_project_plugin_is_kept_out_of_git() -> None:
    """The plugin names a path of this machine, so a .gitignore of ours stands beside it."""
    steps = plan_install(Found(plugin=ABSENT, ignore=File(path=IGNORE)), TEXT)

    ignore = WriteFile(path=IGNORE, text=IGNORED, done=f"keeps the plugin out of git: {IGNORE}")
    assert [PLUGIN, ignore] == [steps[0].path if isinstance(steps[0], WriteFile) else None, steps[1]]


def test_gitignore_of_the_user_is_left() -> None:
    """The user is told what to add instead."""
    found = Found(plugin=OURS, ignore=File(path=IGNORE, exists=True, text="*.log\n"))

    said = f"{IGNORE} is yours: add {plugin.FILE_NAME} to it, which holds paths of this machine"
    assert Say(text=said) == plan_install(found, TEXT)[-1]


def test_project_gets_no_second_plugin() -> None:
    """Where the global plugin is, a project needs only npm's part."""
    elsewhere = Path("global") / plugin.FILE_NAME
    found = Found(plugin=ABSENT, ignore=File(path=IGNORE), elsewhere=elsewhere)

    said = f"{elsewhere} serves every project; the project gets no second plugin"
    assert (Say(text=said),) == plan_install(found, TEXT)


def test_project_plugin_that_is_there_is_kept_current() -> None:
    """A project's own plugin is replaced by the new version although there is a global one."""
    older = File(path=PLUGIN, exists=True, text=OLDER)
    found = Found(plugin=older, elsewhere=Path("global") / plugin.FILE_NAME)

    assert isinstance(plan_install(found, TEXT)[0], WriteFile)


def test_fresh_folder_gets_the_package_of_opencodes_version() -> None:
    """Nothing is there yet: npm installs what OpenCode itself would."""
    expected = InstallPackage(folder=CONFIG, npm=NPM, version="1.18.33")

    assert expected == package_step(Packages(folder=CONFIG))


def test_half_installed_folder_is_installed_again() -> None:
    """OpenCode that was killed during its npm step leaves node_modules and neither manifest nor lock."""
    expected = InstallPackage(folder=CONFIG, npm=NPM, version="1.18.33")

    assert expected == package_step(Packages(folder=CONFIG, has_modules=True))


def test_installed_package_is_left() -> None:
    """Where the package is, nothing is done, whatever its version: OpenCode does not look at that either."""
    packages = Packages(
        folder=CONFIG, manifest=listed(PACKAGE), locked=listed(PACKAGE), has_modules=True, has_package=True
    )

    expected = Say(text=f"{PACKAGE} is there already: {CONFIG}")
    assert expected == package_step(packages, npm=None, version=None)


@pytest.mark.parametrize("locked", [None, listed(PACKAGE)])
def test_listed_package_is_installed_as_listed(locked: frozenset[str] | None) -> None:
    """A package.json that lists the package decides its version; no file of the user changes."""
    packages = Packages(folder=CONFIG, manifest=listed(PACKAGE), locked=locked)

    assert InstallPackage(folder=CONFIG, npm=NPM, version=None) == package_step(packages, version=None)


@pytest.mark.parametrize(
    ("packages", "why"),
    [
        (Packages(folder=CONFIG, manifest=listed("zod")), "are yours"),
        (Packages(folder=CONFIG, manifest=listed()), "are yours"),
        (Packages(folder=CONFIG, manifest=listed(PACKAGE), locked=listed("zod")), "are yours"),
        (Packages(folder=CONFIG, manifest=listed(PACKAGE), manager="bun"), "kept by bun"),
        (Packages(folder=CONFIG, locked=listed(PACKAGE), has_modules=True), "tools that import it fail"),
    ],
)
def test_package_files_of_the_user_are_left(packages: Packages, why: str) -> None:
    """What npm would have to change there is the user's; he is told why and what it costs."""
    step = package_step(packages)

    assert isinstance(step, Say)
    assert why in step.text
    assert step.advice == COST


def test_without_npm_the_cost_is_told() -> None:
    """The plugin is installed all the same."""
    said = f"{PACKAGE} is not installed in {CONFIG}: npm was not found"

    assert Say(text=said, advice=COST) == package_step(Packages(folder=CONFIG), npm=None)


def test_without_opencodes_version_the_cost_is_told() -> None:
    """Which package to install is known from OpenCode only."""
    step = package_step(Packages(folder=CONFIG), version=None)

    assert isinstance(step, Say)
    assert "OpenCode was not found" in step.text
    assert step.advice == COST


def test_folder_that_cannot_be_written_costs_nothing() -> None:
    """OpenCode installs nothing in a folder that it cannot write."""
    step = package_step(Packages(folder=CONFIG, is_writable=False))

    assert Say(text=f"{CONFIG} cannot be written, so OpenCode installs nothing there") == step


def test_uninstall_removes_the_plugin_and_its_empty_folder() -> None:
    """Nothing else is touched."""
    expected = (RemoveFile(path=PLUGIN), RemoveEmptyFolder(path=PLUGIN.parent))

    assert expected == plan_uninstall(Found(plugin=OURS))


def test_uninstall_removes_what_a_project_got() -> None:
    """The plugin, its .gitignore, and the folders when nothing else is in them."""
    ignore = File(path=IGNORE, exists=True, text=IGNORED)

    expected = (
        RemoveFile(path=PLUGIN),
        RemoveFile(path=IGNORE),
        RemoveEmptyFolder(path=PLUGIN.parent, top=Path()),
    )
    assert expected == plan_uninstall(Found(plugin=OURS, ignore=ignore, top=Path()))


def test_uninstall_leaves_files_of_others() -> None:
    """A plugin that is not ours and a .gitignore that is not ours stay."""
    ignore = File(path=IGNORE, exists=True, text="*.log\n")

    expected = (Say(text=f"{PLUGIN} is not ours: left as it is"),)
    assert expected == plan_uninstall(Found(plugin=THEIRS, ignore=ignore))


def test_uninstall_of_nothing_says_so() -> None:
    """A second uninstall has nothing to do."""
    assert (Say(text=f"there is no plugin: {PLUGIN}"),) == plan_uninstall(Found(plugin=ABSENT))
