"""The pull and merge requests that a shell command or an MCP server's tool opens.

Counted is what creates one on the host: `gh pr create`, `glab mr create`, `hub pull-request`,
`az repos pr create`, `tea pulls create`. Not counted is what only shows what it would do (`--dry-run`,
`--help`) or hands the work to a browser (`--web`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from otel_agent.receiver.arguments import flags, program_of, without_leading
from otel_agent.receiver.script import Command, commands


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """One pull or merge request that was opened, with its address when the output shows it."""

    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Client:
    """How a program is told to open a request: the words of its command, with their other names.

    `letters` are the one-letter options of the command that take a value; after an option of `idle` nothing
    is opened.
    """

    path: tuple[frozenset[str], ...]
    letters: str
    idle: frozenset[str]


def _client(*path: str, letters: str, idle: str = "--help -h") -> _Client:
    """Return a client; other names of a word are separated by `|`."""
    names = tuple(frozenset(word.split("|")) for word in path)
    return _Client(path=names, letters=letters, idle=frozenset(idle.split()))


# https://cli.github.com/manual/gh_pr_create, https://docs.gitlab.com/cli/mr/create,
# https://hub.github.com/hub-pull-request.1.html, https://learn.microsoft.com/cli/azure/repos/pr,
# https://gitea.com/gitea/tea/src/branch/main/docs/CLI.md
_CLIENTS = {
    "gh": _client("pr", "create|new", letters="tbBHalmrpFTR", idle="--help -h --dry-run --web -w"),
    "glab": _client("mr|merge-request", "create|new", letters="tdablmsHiR", idle="--help -h --web -w"),
    "hub": _client("pull-request", letters="mFbhraMl", idle="--help --noop"),
    "az": _client("repos", "pr", "create", letters="tdsrpo"),
    "tea": _client("pulls|pull|pr", "create|c", letters="tdaLmrlRo"),
}
_LONG_OPTIONS_WITH_VALUE = frozenset(
    (
        *("--title", "--body", "--base", "--head", "--assignee", "--label", "--milestone", "--reviewer"),
        *("--project", "--body-file", "--template", "--repo", "--recover", "--description", "--file"),
        *("--source-branch", "--target-branch", "--related-issue", "--message", "--assign", "--labels"),
        *("--organization", "--org", "--repository", "--reviewers", "--required-reviewers", "--work-items"),
        *("--merge-commit-message", "--assignees", "--deadline", "--login", "--remote", "--output"),
        *("--subscription", "--query", "--attachment", "--group", "--reviewer-ids"),
    )
)
_OPTIONS_WITH_VALUE = _LONG_OPTIONS_WITH_VALUE | {"-R", "-r", "-l", "-o", "-p", "-C", "-c"}

_NAMES = tuple(_CLIENTS)
_MENTION = re.compile(
    r"\b(?:gh|glab|hub|az|tea)\b.*\b(?:pr|mr|merge-request|pull-request|pulls?)\b", re.DOTALL
)
_URL = re.compile(
    r"https?://[^\s\"'<>\\]+?/(?:pull|pulls|pull-requests|pullrequest|merge_requests)/\d+\b", re.IGNORECASE
)
_USER = re.compile(r"//[^/?#]*@")
_API = re.compile(r"://api\.|/api/v\d|/repos/[^/]+/[^/]+/pulls/\d+$|/_apis/", re.IGNORECASE)
_EXISTS = re.compile(r"already exists[^\n]*(?:\n\s*https?://[^\n]*)?", re.IGNORECASE)
_FAILED = re.compile(
    r"^(?:pull request create failed|could not |must provide |aborted: you must first push|no commits between"
    r"|must first push|failed to create merge request|Error creating pull request|error: |GraphQL: "
    r"|HTTP 4\d\d|To get started with GitHub CLI)",
    re.MULTILINE | re.IGNORECASE,
)
_NONE_BEFORE = re.compile(r"^no (?:open )?(?:pull|merge) requests? ", re.MULTILINE | re.IGNORECASE)

# Tools of MCP servers that open one, as OpenCode names them: `<server>_<tool>`.
_OPENING = re.compile(r"(?:create|open)_?(?:new_)?(?:pull_?request|merge_?request|pr|mr)$", re.IGNORECASE)


def pull_requests(command: str, output: str) -> list[PullRequest]:
    """Return the requests that a successful shell call opened, in order.

    A call can succeed although a command in it failed (`gh pr create || true`): what the clients say of
    failures in the output is subtracted. One that may not have run (`gh pr view || gh pr create`), or ran
    in a loop, counts when its address stands in the output, and no other command can have printed that.
    """
    if not _MENTION.search(command):
        return []
    calls = [call for call in commands(command, _NAMES) if program_of(call.words) in _CLIENTS]
    found = [call for call in calls if _opens(call.words)]
    if not found:
        return []
    failed = len(_EXISTS.findall(output)) + len(_FAILED.findall(_EXISTS.sub("", output)))
    urls = urls_of(_EXISTS.sub("", output))
    is_told = len(calls) == len(found) or _NONE_BEFORE.search(output) is not None
    made = _made(found, len(urls) if is_told else 0, failed)
    if made == 1 and urls:
        return [PullRequest(url=urls[-1])]
    return [PullRequest(url=urls[index] if len(urls) == made else None) for index in range(made)]


def _made(found: Sequence[Command], shown: int, failed: int) -> int:
    """Return how many of the requests that a script may open were opened."""
    certain = sum(not call.is_conditional for call in found)
    if certain < len(found) or any(call.is_repeated for call in found):
        certain = max(certain, shown)
    return max(certain - failed, 0)


def urls_of(output: str) -> list[str]:
    """Return the addresses of requests that stand in an output, each once, none of an interface.

    A user or a token before the host is left out.
    """
    urls = (_USER.sub("//", url) for url in _URL.findall(output) if not _API.search(url))
    return list(dict.fromkeys(urls))


def opened_by_tool(tool: str, output: str) -> list[PullRequest]:
    """Return the request that a successful call of another server's tool opened, if it is one that opens."""
    if not _OPENING.search(tool):
        return []
    urls = urls_of(output)
    return [PullRequest(url=urls[0] if urls else None)]


def _opens(words: Sequence[str]) -> bool:
    """Tell whether a simple command opens a request."""
    client = _CLIENTS[program_of(words)]
    rest, given = list(words[1:]), list[str]()
    for names in client.path:
        given += rest
        rest = without_leading(rest, _OPTIONS_WITH_VALUE)
        given = given[: len(given) - len(rest)]
        if not rest or rest[0] not in names:
            return False
        rest = rest[1:]
    return not client.idle & set(_flags([*given, *rest], client))


def _flags(words: Sequence[str], client: _Client) -> Iterator[str]:
    """Yield the options of a command, wherever they stand, without their values."""
    yield from flags(words, letters=client.letters, names=_LONG_OPTIONS_WITH_VALUE)
