"""Observations: what git, the system and the state directory say."""

import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from otel_agent.observe import INSTALLATION_FILE, Observer, installation_id, run_git

WORDS = ("symbolic-ref", "--quiet", "--short", "HEAD")


def git(directory: Path, *words: str) -> None:
    """Run git with no configuration but the test's."""
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    author = ("-c", "user.name=dev", "-c", "user.email=dev@example.com")
    subprocess.run(["git", *author, *words], cwd=directory, env=environ, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit on the branch `main` and a remote."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--initial-branch=main")
    git(folder, "remote", "add", "origin", "https://host.example/team/shop.git")
    git(folder, "commit", "--allow-empty", "--message=first")
    return folder


def test_repository_and_branch_are_gits(tmp_path: Path, repository: Path) -> None:
    """The name is that of the remote, without its owner."""
    observed = Observer(tmp_path).observe(str(repository))

    assert ("shop", "main") == (observed.repository, observed.branch)


def test_worktree_has_its_own_branch(tmp_path: Path, repository: Path) -> None:
    """A linked worktree is in the same repository, on another branch."""
    git(repository, "worktree", "add", "-b", "fix/it", str(tmp_path / "linked"))
    observed = Observer(tmp_path).observe(str(tmp_path / "linked"))

    assert ("shop", "fix/it") == (observed.repository, observed.branch)


def test_detached_head_has_no_branch(tmp_path: Path, repository: Path) -> None:
    """A commit is no branch."""
    git(repository, "checkout", "--detach")
    observed = Observer(tmp_path).observe(str(repository))

    assert ("shop", None) == (observed.repository, observed.branch)


def test_branch_without_a_commit_has_its_name(tmp_path: Path) -> None:
    """A repository that was just made is on a branch already."""
    git(tmp_path, "init", "--initial-branch=new")
    observed = Observer(tmp_path).observe(str(tmp_path))

    assert (None, "new") == (observed.repository, observed.branch)


@pytest.mark.parametrize("directory", [None, "/", "/no/such/folder", "--help"])
def test_folder_without_a_repository_has_none(tmp_path: Path, directory: str | None) -> None:
    """No repository, no folder or no directory at all: nothing is known, and nothing fails."""
    observed = Observer(tmp_path).observe(directory)

    assert (None, None) == (observed.repository, observed.branch)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://host.example/team/shop.git", "shop"),
        ("https://host.example/team/shop", "shop"),
        ("https://host.example/team/shop.git/", "shop"),
        ("https://user:secret@host.example:8443/team/shop.git", "shop"),
        ("https://host.example/team/shop.git?x=/y", "shop"),
        ("git@host.example:team/shop.git", "shop"),
        ("git@host.example:shop.git", "shop"),
        ("host:shop", "shop"),
        ("ssh://git@host.example:22/~/shop.git", "shop"),
        ("/srv/git/shop/.git", "shop"),
        ("file:///srv/git/shop/.git/", "shop"),
        ("../shop", "shop"),
        ("shop.example.github.io.git", "shop.example.github.io"),
        ("https://host.example", None),
        ("https://host.example:8443/", None),
        ("/", None),
        (".git", None),
    ],
)
def test_repository_is_named_by_the_last_part_of_its_url(tmp_path: Path, url: str, name: str | None) -> None:
    """All forms of git's URLs are understood; neither a host nor a user is taken for a name."""

    def answer(_directory: str, words: Sequence[str]) -> str | None:
        return url if words[-1] == "remote.origin.url" else None

    assert name == Observer(tmp_path, git=answer).observe("/").repository


def test_email_is_asked_for_only_when_it_is_wanted(tmp_path: Path) -> None:
    """A person's address is not looked up otherwise."""
    asked: list[str] = []

    def answer(_directory: str, words: Sequence[str]) -> str | None:
        asked.append(words[-1])
        return "dev@example.com"

    emails = [
        Observer(tmp_path, is_email_wanted=is_wanted, git=answer).observe("/").user_email
        for is_wanted in (False, True)
    ]

    assert [None, "dev@example.com"] == emails
    assert 1 == asked.count("user.email")


def program(folder: Path, text: str) -> str:
    """Make a program called git and return its path."""
    path = folder / "git"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o700)
    return str(path)


@pytest.mark.parametrize("text", ["exit 1", "exec sleep 10", ":"])
def test_git_that_fails_hangs_or_says_nothing_gives_nothing(tmp_path: Path, text: str) -> None:
    """A git that is slow is not waited for."""
    assert run_git("/", WORDS, program=program(tmp_path, text), timeout_s=0.2) is None


def test_missing_git_gives_nothing() -> None:
    """A machine without git is no error."""
    assert run_git("/", WORDS, program="no-such-git") is None


def test_git_that_says_much_gives_its_first_line(tmp_path: Path) -> None:
    """One line counts; what is no UTF-8 is replaced."""
    assert "a\N{REPLACEMENT CHARACTER}" == run_git(
        "/", WORDS, program=program(tmp_path, r"printf 'a\377\nb\n'")
    )


def test_system_is_named_as_opentelemetry_names_it(tmp_path: Path) -> None:
    """Type and architecture have OpenTelemetry's spelling."""
    observed = Observer(tmp_path, git=lambda _directory, _words: None).observe("/")

    assert (sys.platform, True) == (observed.os_type, bool(observed.os_version))
    assert observed.host_arch not in {"x86_64", "aarch64"}


def test_installation_id_is_made_once(tmp_path: Path) -> None:
    """It is the same at every use, and the user's alone."""
    state_dir = tmp_path / "state"
    first = installation_id(state_dir)

    assert first is not None
    assert first == installation_id(state_dir)
    assert 0o600 == stat.S_IMODE((state_dir / INSTALLATION_FILE).stat().st_mode)
    assert [INSTALLATION_FILE] == [path.name for path in state_dir.iterdir()]


def test_racing_processes_agree_on_one_installation_id(tmp_path: Path) -> None:
    """Three processes that need it at the same moment all get the same one."""
    code = (
        "import sys,time; from pathlib import Path; from otel_agent.observe import installation_id;"
        "print('ready', flush=True); sys.stdin.readline(); print(installation_id(Path(sys.argv[1])))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate()[0] for process in processes]

    assert 1 == len(set(answers))
    assert 37 == len(answers[0])


def test_installation_id_that_cannot_be_kept_is_unknown(tmp_path: Path) -> None:
    """Without a folder to write to there is no id, rather than another one each time."""
    (tmp_path / "file").write_text("", encoding="utf-8")

    assert installation_id(tmp_path / "file" / "state") is None
