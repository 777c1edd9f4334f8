"""Finds out what a plan has to know: the files that are there, what npm has installed, the programs."""

import stat
from collections.abc import Mapping
from pathlib import Path

from otel_agent import opencode, plugin
from otel_agent.errors import InstallError
from otel_agent.installer.plan import File, Found
from otel_agent.opencode import Runner


def read(path: Path) -> File:
    """Look at a file; a link counts as a file that is not ours. InstallError when it cannot be read."""
    try:
        is_file = stat.S_ISREG(path.lstat().st_mode)
        return File(path=path, exists=True, text=path.read_text(encoding="utf-8") if is_file else None)
    except FileNotFoundError:
        return File(path=path)
    except UnicodeDecodeError:
        return File(path=path, exists=True)
    except OSError as error:
        raise InstallError(f"{path}: expected a file that you may read, got: {error.strerror}") from error


def plugin_in(folder: Path) -> Path:
    """Return the plugin's place in one of OpenCode's configuration folders."""
    return folder / "plugin" / plugin.FILE_NAME


def survey_global(environ: Mapping[str, str], home: Path) -> Found:
    """Look at what the plugin for every project takes; programs are not looked for."""
    folder = opencode.config_folder(environ, home)
    return Found(
        plugin=read(plugin_in(folder)),
        top=folder.parent,
        packages=tuple(opencode.look(folder) for folder in opencode.config_folders(environ, home)),
    )


def survey_project(environ: Mapping[str, str], home: Path, project: Path) -> Found:
    """Look at what the plugin for one project takes; OpenCode prepares the global folders for it too."""
    folder = project / ".opencode"
    everywhere = read(plugin_in(opencode.config_folder(environ, home)))
    own = read(plugin_in(folder))
    elsewhere = everywhere.path if everywhere.is_ours and everywhere.path != own.path else None
    folders = list(opencode.config_folders(environ, home))
    if elsewhere is None or folder.is_dir():
        folders.append(folder)
    return Found(
        plugin=own,
        top=project,
        ignore=read(own.path.with_name(".gitignore")),
        elsewhere=elsewhere,
        packages=tuple(opencode.look(each) for each in dict.fromkeys(folders)),
    )


def opencode_version(environ: Mapping[str, str], home: Path, runner: Runner) -> str | None:
    """Ask OpenCode for its version; None when it is not found or does not tell."""
    program = opencode.find_program(environ, home)
    return None if program is None else opencode.program_version(program, runner, home)
