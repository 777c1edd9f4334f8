"""The commits that a shell command makes.

Counted is `git commit` in all its forms; `--amend` too, which makes a new commit. Not counted are what
only shows a commit (`--dry-run`), what git says in the output that it did not commit, and other commands
that happen to make commits (merge, rebase, cherry-pick, revert).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from otel_agent.receiver.script import Command, commands

_LOOKED_FOR = ("commit", "rev-parse", "log", "show", "status", "checkout", "restore", "switch")
_NAMING = frozenset({"rev-parse", "log", "show"})
"""What prints the name of a commit."""
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
_LETTERS_WITH_VALUE = "mcCFt"
_LETTERS_WITH_ATTACHED_VALUE = "Su"
# Options after which `git commit` only shows what it would do.
_DRY = frozenset({"--dry-run", "--short", "--porcelain", "--long", "--help", "-h"})
_QUIET = frozenset({"-q", "--quiet"})

_COMMIT_LINE = re.compile(r"^\[[^\[\]\n]* ([0-9a-f]{7,64})\] ", re.MULTILINE)
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
    """One commit that a command made, with its object name when the output shows it."""

    sha: str | None


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
    return [Commit(sha=names[index] if index < len(names) else None) for index in range(made)]


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
    names: list[str] = _COMMIT_LINE.findall(output)
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
    if not words or re.split(r"[/\\]", words[0])[-1] not in {"git", "git.exe"}:
        return []
    index = 1
    while index < len(words) and words[index].startswith("-"):
        if words[index] in _GIT_HELP:
            return []
        index += 2 if words[index] in _GIT_OPTIONS_WITH_VALUE else 1
    return list(words[index:])


def _flags(arguments: Sequence[str]) -> set[str]:
    """Return the options of a `git commit`, without their values: `-am x` is `-a` and `-m`."""
    return set(_options(iter(arguments)))


def _options(words: Iterator[str]) -> Iterator[str]:
    """Yield the options in the words; the value of one is taken from the words with it."""
    for word in words:
        if word == "--":
            return
        if word.startswith("--"):
            yield word.partition("=")[0]
            if word in _LONG_OPTIONS_WITH_VALUE:
                next(words, None)
        elif word.startswith("-"):
            letters, value = _cluster(word[1:])
            yield from (f"-{letter}" for letter in letters)
            if letters[-1:] in tuple(_LETTERS_WITH_VALUE) and not value:
                next(words, None)


def _cluster(letters: str) -> tuple[str, str]:
    """Split `-amtext` after the letter that takes the rest as its value."""
    for index, letter in enumerate(letters):
        if letter in _LETTERS_WITH_VALUE + _LETTERS_WITH_ATTACHED_VALUE:
            return letters[: index + 1], letters[index + 1 :]
    return letters, ""
