"""Decides what installing and uninstalling take, from what was found on this machine; does nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from otel_agent import plugin
from otel_agent.errors import InstallError
from otel_agent.installer.steps import InstallPackage, RemoveEmptyFolder, RemoveFile, Say, Step, WriteFile
from otel_agent.opencode import PACKAGE, Packages

COST = (
    "OpenCode runs npm itself at its next start, which then takes 3 to 8 s, once."
    " Without a network it tries for 73 s at every start:"
    " set npm_config_fetch_retries=0 in OpenCode's environment to avoid that."
)
"""What a folder without the package costs, as measured with OpenCode 1.18.33."""

IGNORED = (
    f"# Written by otel-agent: the plugin names paths of this machine.\n{plugin.FILE_NAME}\n.gitignore\n"
)
"""Keeps a project's plugin out of git, which the .gitignore that OpenCode writes there does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A place for a file of ours; `text` is None when nothing is there, or no text file."""

    path: Path
    exists: bool = False
    text: str | None = None

    @property
    def is_ours(self) -> bool:
        """Tell whether we wrote what is there."""
        return self.text is not None and (self.text == IGNORED or plugin.is_ours(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is on this machine before anything is done.

    `ignore` is the .gitignore beside a project's plugin, None for the global plugin.
    `elsewhere` is our global plugin when a project's is asked for, `top` the folder that is never removed.
    `npm` and `version` (OpenCode's) are None when there is none, or when it does not tell.
    """

    plugin: File
    top: Path | None = None
    ignore: File | None = None
    elsewhere: Path | None = None
    packages: tuple[Packages, ...] = ()
    npm: Path | None = None
    version: str | None = None


def plan_install(found: Found, text: str) -> tuple[Step, ...]:
    """Decide what installing takes; InstallError when a file that is not ours is in the plugin's place."""
    return (
        *_plugin_steps(found, text),
        *(_package_step(packages, found) for packages in found.packages),
    )


def _plugin_steps(found: Found, text: str) -> Iterator[Step]:
    if found.plugin.exists and not found.plugin.is_ours:
        raise InstallError(
            f"{found.plugin.path}: expected a file that otel-agent wrote, got another one;"
            " move it away and run this command again"
        )
    if found.elsewhere is not None and not found.plugin.exists:
        yield Say(text=f"{found.elsewhere} serves every project; the project gets no second plugin")
        return
    yield _plugin_step(found.plugin, text)
    if found.ignore is not None:
        yield from _ignore_steps(found.ignore)


def _plugin_step(file: File, text: str) -> Step:
    if file.text is None:
        return WriteFile(path=file.path, text=text, done=f"installed the plugin: {file.path}")
    if file.text == text:
        return Say(text=f"the plugin is installed already: {file.path}")
    old = plugin.version_of(file.text)
    return WriteFile(path=file.path, text=text, done=f"replaced the plugin (version {old}): {file.path}")


def _ignore_steps(file: File) -> Iterator[Step]:
    if not file.exists:
        yield WriteFile(path=file.path, text=IGNORED, done=f"keeps the plugin out of git: {file.path}")
    elif not file.is_ours:
        yield Say(
            text=f"{file.path} is yours: add {plugin.FILE_NAME} to it, which holds paths of this machine"
        )


def _package_step(packages: Packages, found: Found) -> Step:
    """Decide about one configuration folder: the user's files stay as they are, and the cost is said."""
    folder = packages.folder
    if not packages.is_writable:
        return Say(text=f"{folder} cannot be written, so OpenCode installs nothing there")
    if packages.is_ready:
        return Say(text=f"{PACKAGE} is there already: {folder}")
    if packages.is_listed:
        return _install(packages, found, None)
    if packages.is_fresh and found.version is not None:
        return _install(packages, found, found.version)
    return Say(text=f"{PACKAGE} is not installed in {folder}: {_why_not(packages)}", advice=COST)


def _install(packages: Packages, found: Found, version: str | None) -> Step:
    if found.npm is None:
        return Say(text=f"{PACKAGE} is not installed in {packages.folder}: npm was not found", advice=COST)
    return InstallPackage(folder=packages.folder, npm=found.npm, version=version)


def _why_not(packages: Packages) -> str:
    if packages.manager is not None:
        return f"its packages are kept by {packages.manager}, so they are left to you"
    if packages.is_fresh:
        return "OpenCode was not found, or does not tell its version"
    if packages.is_skipped:
        return "its package-lock.json lists it all the same, so tools that import it fail; repair that first"
    return "its package.json and package-lock.json are yours and do not both list it, so they are left to you"


def plan_uninstall(found: Found) -> tuple[Step, ...]:
    """Decide what uninstalling takes: our own files, and their folders when nothing else is in them."""
    return tuple(_removals(found))


def _removals(found: Found) -> Iterator[Step]:
    files = [file for file in (found.plugin, found.ignore) if file is not None and file.is_ours]
    yield from (RemoveFile(path=file.path) for file in files)
    if not found.plugin.exists:
        yield Say(text=f"there is no plugin: {found.plugin.path}")
    elif not found.plugin.is_ours:
        yield Say(text=f"{found.plugin.path} is not ours: left as it is")
    if files:
        yield RemoveEmptyFolder(path=found.plugin.path.parent, top=found.top)
