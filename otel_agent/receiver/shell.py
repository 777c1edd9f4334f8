"""The commits that a shell command makes.

Counted is `git commit` in all its forms; `--amend` too, which makes a new commit. Not counted are what
only shows a commit (`--dry-run`), what git says in the output that it did not commit, and other commands
that happen to make commits (merge, rebase, cherry-pick, revert).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from otel_agent.receiver.arguments import flags, leading, program_of, without_leading
from otel_agent.receiver.script import Command, commands

_LOOKED_FOR = ("commit", "rev-parse", "log", "show", "status", "checkout", "restore", "switch")
_NAMING = frozenset({"rev-parse", "log", "show"})
"""What prints the name of a commit."""
_MOVING = frozenset({"checkout", "switch"})
"""What may check out another branch."""
_GRUMBLING = frozenset({"status", "checkout", "restore", "switch"})
"""What prints the same words as a commit that failed."""

_GIT_OPTIONS_WITH_VALUE = frozenset(
    {"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--config-env", "--attr-source", "--super-prefix"}
)
_GIT_HELP = frozenset({"--help", "-h", "--version", "-v"})
# https://git-scm.com/docs/git-commit
_LONG_OPTIONS_WITH_VALUE = frozenset(
    (
        *("--message", "--file", "--author", "--date", "--template", "--reuse-message", "--reedit-message"),
        *("--fixup", "--squash", "--cleanup", "--trailer", "--pathspec-from-file"),
    )
)
# Options after which `git commit` only shows what it would do.
_DRY = frozenset({"--dry-run", "--short", "--porcelain", "--long", "--help", "-h"})
_QUIET = frozenset({"-q", "--quiet"})

_COMMIT_LINE = re.compile(r"^\[([^\[\]\n]*) ([0-9a-f]{7,64})\] ", re.MULTILINE)
_NO_BRANCH = "detached HEAD"
_OBJECT_NAME = re.compile(r"^(?:commit )?([0-9a-f]{7,64})(?: .*)?$", re.MULTILINE)
_COMMIT_FAILED = re.compile(
    r"^(?:nothing to commit|nothing added to commit|no changes added to commit|Aborting commit due to empty)"
    r"|^error: pathspec .* did not match|^husky - .*(?:hook exited|script failed)"
    r"|^fatal: (?:unable to auto-detect|not a git repository|failed to write commit object"
    r"|Exiting because of an unresolved conflict|Unable to create .*index\.lock)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit that a command made, with its object name and branch when the output shows them.

    `is_moved`: the same command, or where the output says so HEAD, may have left the branch it began on.
    """

    sha: str | None
    branch: str | None = None
    is_moved: bool = False


def commits(command: str, output: str) -> list[Commit]:
    """Return the commits that a successful shell call made, in order.

    A call can succeed although a commit in it failed (`git commit || true`): what git says of failed
    commits in the output is subtracted. A commit that may not have run (`if …`, `… || git commit`) counts
    when its line stands in the output, or when it is quiet and no other could have been meant.
    """
    if "commit" not in command:
        return []
    calls = commands(command, _LOOKED_FOR)
    found = [index for index, call in enumerate(calls) if _is_commit(call.words)]
    made = _made([calls[index] for index in found], calls, output) if found else 0
    names = _names(calls, found, output, made)
    lines: list[tuple[str, str]] = _COMMIT_LINE.findall(output)
    branches = [branch.removesuffix(" (root-commit)") for branch, _ in lines] if len(lines) == made else []
    is_moved = _NO_BRANCH in branches or any(_subcommand(call.words) in _MOVING for call in calls)
    return [
        Commit(
            sha=names[index] if index < len(names) else None,
            branch=branches[index] if index < len(branches) and branches[index] != _NO_BRANCH else None,
            is_moved=is_moved,
        )
        for index in range(made)
    ]


def _made(found: Sequence[Command], calls: Sequence[Command], output: str) -> int:
    """Return how many of the commits that a script holds were made."""
    certain = [call for call in found if not call.is_conditional]
    if not certain:
        certain = [call for call in found if _QUIET & _flags(_git_arguments(call.words)[1:])]
    excused = sum(_subcommand(call.words) in _GRUMBLING for call in calls)
    failed = max(0, len(_COMMIT_FAILED.findall(output)) - excused)
    shown = len(_COMMIT_LINE.findall(output))
    if not any(call.is_repeated for call in found):
        shown = min(shown, len(found))
    return max(len(certain) - failed, shown, 0)


def _names(calls: Sequence[Command], found: Sequence[int], output: str, made: int) -> list[str]:
    """Return the object names of the commits; none when they cannot be told apart."""
    names: list[str] = [name for _, name in _COMMIT_LINE.findall(output)]
    if names:
        return names if len(names) == made else []
    asked = [index for index, call in enumerate(calls) if _subcommand(call.words) in _NAMING]
    printed: list[str] = _OBJECT_NAME.findall(output) if asked else []
    if made == 1 and printed and asked[0] > found[0]:
        return printed[:1]
    if len(printed) != len(asked) or made != len(found):
        return []
    named = list(zip(asked, printed, strict=True))
    after = [next((name for at, name in named if at > index), None) for index in found]
    return [name for name in after if name is not None] if len(set(after)) == made else []


def _is_commit(words: Sequence[str]) -> bool:
    """Tell whether a simple command is a `git commit` that commits."""
    arguments = _git_arguments(words)
    return arguments[:1] == ["commit"] and not _DRY & _flags(arguments[1:])


def _subcommand(words: Sequence[str]) -> str:
    """Return what git is asked to do, "" when it is no git call."""
    return next(iter(_git_arguments(words)), "")


def _git_arguments(words: Sequence[str]) -> list[str]:
    """Return the subcommand of a git call and what follows it; empty when it is no git call."""
    if program_of(words) != "git" or _GIT_HELP & set(leading(words[1:], _GIT_OPTIONS_WITH_VALUE)):
        return []
    return without_leading(words[1:], _GIT_OPTIONS_WITH_VALUE)


def _flags(arguments: Sequence[str]) -> set[str]:
    """Return the options of a `git commit`, without their values."""
    return flags(arguments, letters="mcCFt", attached="Su", names=_LONG_OPTIONS_WITH_VALUE)
