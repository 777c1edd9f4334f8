"""Which pull and merge requests a shell command opens: commands of models, each with its truth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.receiver.pull_requests import PullRequest, opened_by_tool, pull_requests
from tests.receiver.test_shell import fastest_s

BODY = """git push -u origin HEAD && gh pr create --title "Add x" --body "$(cat <<'EOF'
## Summary
- `gh pr create --web` is not used
EOF
)"
"""

# How many requests each command opens; every call was successful, and its output is empty.
COUNTS = [
    # Each client, with the names that it knows.
    ("gh pr create --fill", 1),
    ("gh pr new -f", 1),
    ("gh pr create -t 'A b' -b 'C d' -B main -H topic -d", 1),
    ("glab mr create --fill --yes", 1),
    ("glab mr new -f -y", 1),
    ("glab merge-request create -t x -d y", 1),
    ("hub pull-request -m x", 1),
    ("hub pull-request -h owner:topic -b main -m x", 1),
    ("hub pull-request -o -m x", 1),
    ("az repos pr create --title x --source-branch y --open", 1),
    ("tea pulls create --title x", 1),
    ("tea pr create -t x -d 'a description'", 1),
    ("tea pull c", 1),
    ("/usr/local/bin/gh pr create -f", 1),
    ("gh.exe pr create -f", 1),
    # Options before the subcommand.
    ("gh -R owner/repo pr create -f", 1),
    ("gh --repo owner/repo pr create -f", 1),
    ("gh pr -R owner/repo create -f", 1),
    ("glab -R owner/repo mr create -f", 1),
    ("az --output json repos pr create --title x", 1),
    ("tea --login work pulls create -t x", 1),
    ("hub -C dir pull-request -m x", 1),
    # Wrappers, scripts, several commands.
    (BODY, 1),
    ("git commit -qm x && git push && gh pr create -f", 1),
    ("gh pr create -f > out.txt", 1),
    ("gh pr create -f 2>&1 | tail -1", 1),
    ("gh pr create -f; glab mr create -f", 2),
    ("GH_TOKEN=x gh pr create -f", 1),
    ("env GH_TOKEN=x gh pr create -f", 1),
    ("sudo -u me gh pr create -f", 1),
    ("timeout 60 gh pr create -f", 1),
    ("sh -c 'cd x && gh pr create -f'", 1),
    ('bash -lc "gh pr create -t \\"a b\\" -b c"', 1),
    ("url=$(gh pr create -f)", 1),
    ("gh pr create -f || true", 1),
    # What looks like an option is a value.
    ("gh pr create -t --web -b x", 1),
    ("gh pr create --title --dry-run --body x", 1),
    ("gh pr create -b-w -t x", 1),
    # Shown, handed to a browser, quoted, or another command.
    ("gh pr create --dry-run", 0),
    ("gh pr create --web", 0),
    ("gh pr create -w", 0),
    ("gh pr create -fw", 0),
    ("gh --help pr create", 0),
    ("gh pr create --help", 0),
    ("gh pr create -h", 0),
    ("gh help pr create", 0),
    ("glab mr create --web", 0),
    ("glab mr create -h", 0),
    ("hub pull-request --help", 0),
    ("hub --noop pull-request -m x", 0),
    ("az repos pr create --help", 0),
    ("tea pulls create --help", 0),
    ("echo gh pr create -f", 0),
    ("echo 'gh pr create -f'", 0),
    ("echo hi # gh pr create", 0),
    ("cat > notes.md <<'EOF'\ngh pr create -f\nEOF", 0),
    ("git commit -m 'gh pr create'", 0),
    ("gh pr list", 0),
    ("gh pr view 5", 0),
    ("gh pr merge 5 --squash", 0),
    ("gh issue create -t pr", 0),
    ("gh repo create pr", 0),
    ("glab mr list", 0),
    ("az repos pr list", 0),
    ("tea pulls", 0),
    ("git request-pull main origin", 0),
    ("./gh-pr create", 0),
    ("[ -f x ] || gh pr create -f", 0),
]


@pytest.mark.parametrize(("command", "count"), COUNTS)
def test_pull_requests_of_a_command_are_counted(command: str, count: int) -> None:
    """A command opens as many requests as a shell that runs it."""
    assert count == len(pull_requests(command, ""))


GITHUB = "https://github.com/example/x/pull/5"
OTHER = "https://github.com/example/x/pull/6"
GITLAB = "https://gitlab.com/group/sub/x/-/merge_requests/12"
GITEA = "https://gitea.example.org/a/x/pulls/3"
AZURE = "https://dev.azure.com/org/project/_git/x/pullrequest/9"
EXISTING = f'a pull request for branch "t" into branch "main" already exists:\n{GITHUB}\n'
PUSHED = "remote: Create a pull request for 't' on GitHub by visiting:\nremote:   https://github.com/a/x/pull/new/t\n"

# The addresses of the requests that a command opened, by what it printed; None where it did not print one.
OUTPUTS = [
    ("gh pr create -f", f"{GITHUB}\n", [GITHUB]),
    ("gh pr create -f", "", [None]),
    ("gh pr create -f", f"Creating pull request for t into main in example/x\n\n{GITHUB}\n", [GITHUB]),
    ("git push && gh pr create -f", f"{PUSHED}{GITHUB}\n", [GITHUB]),
    ("glab mr create -f -y", f"!12 A title (topic)\n {GITLAB}\n", [GITLAB]),
    ("hub pull-request -m x", f"{GITHUB}\n", [GITHUB]),
    ("tea pulls create -t x", f"# #3 x (open)\n\n{GITEA}\n", [GITEA]),
    ("az repos pr create --title x", f'{{"webUrl": "{AZURE}", "pullRequestId": 9}}', [AZURE]),
    ("az repos pr create --title x", f'{{"webUrl": "{AZURE.replace("//", "//org@")}"}}', [AZURE]),
    ("gh pr create -f", f"{GITHUB.replace('//', '//me:secret@')}\n{GITHUB}\n", [GITHUB]),
    ("gh pr create -f; gh pr create -f -H y", f"{GITHUB}\n{OTHER}\n", [GITHUB, OTHER]),
    ("gh pr create -f; gh pr create -f -H y", f"{OTHER}\n", [None, None]),
    ("for b in a b; do gh pr create -f -H $b; done", f"{GITHUB}\n{OTHER}\n", [GITHUB, OTHER]),
    ("gh pr create -f || true", EXISTING, []),
    ("gh pr create -f || gh pr view", EXISTING, []),
    ("gh pr create -f; true", "pull request create failed: GraphQL: No commits between main and t\n", []),
    ("gh pr create -f; true", "aborted: you must first push the current branch to a remote\n", []),
    ("gh pr view || gh pr create -f", f"url: {GITHUB}\n", []),
    ("gh pr view || gh pr create -f", f'no pull requests found for branch "t"\n{GITHUB}\n', [GITHUB]),
    ("[ -f x ] && gh pr create -f || true", f"{GITHUB}\n", [GITHUB]),
    ("if true; then gh pr create -f; fi", f"{GITHUB}\n", [GITHUB]),
    ("gh pr create --dry-run", f"{GITHUB}\n", []),
    ("gh pr view", f"{GITHUB}\n", []),
]


@pytest.mark.parametrize(("command", "output", "urls"), OUTPUTS)
def test_output_tells_the_addresses(command: str, output: str, urls: list[str | None]) -> None:
    """What a client prints tells the addresses, and which requests were not opened."""
    assert [PullRequest(url=url) for url in urls] == pull_requests(command, output)


API = '{"url":"https://api.github.com/repos/example/x/pulls/5","html_url":"' + GITHUB + '"}'
TOOLS = [
    ("github_create_pull_request", API, [GITHUB]),
    ("github_create_pull_request", '{"id": 5}', [None]),
    ("gitlab_create_merge_request", f'{{"web_url": "{GITLAB}"}}', [GITLAB]),
    ("bitbucket_createPullRequest", "", [None]),
    ("forge_open_pull_request", "", [None]),
    ("x_create_pr", "", [None]),
    ("github_create_pull_request_review", API, []),
    ("github_list_pull_requests", API, []),
    ("github_update_pull_request", API, []),
    ("github_create_issue", API, []),
]


@pytest.mark.parametrize(("tool", "output", "urls"), TOOLS)
def test_tools_of_servers_open_requests(tool: str, output: str, urls: list[str | None]) -> None:
    """A tool that opens a request is known by its name; the address of an interface is none of a request."""
    assert [PullRequest(url=url) for url in urls] == opened_by_tool(tool, output)


def test_large_commands_are_read_quickly() -> None:
    """A command of 64 KiB that opens a request is read in less than 50 ms."""
    command = "gh pr create -t x -b \"$(cat <<'EOF'\n" + '- a (b) `c` "d" $e\n' * 3200 + 'EOF\n)"\n'

    assert 1 == len(pull_requests(command, ""))
    assert 0.05 > fastest_s(command, pull_requests)


WORDS = [
    "gh",
    "glab",
    "az",
    "pr",
    "mr",
    "create",
    "-R",
    "--web",
    "pull-request",
    "hub",
    "sh -c",
    "'",
    '"',
    "$(",
]
PIECES = st.lists(st.sampled_from([*WORDS, ")", "|", "||", "&&", "\n", "<<EOF", "EOF"]) | st.text())


@given(PIECES, st.text())
def test_no_text_is_too_strange(pieces: list[str], output: str) -> None:
    """Any text is a command that opens some number of requests, and none without a client's name."""
    command = " ".join(pieces)

    count = len(pull_requests(command, output))

    assert count == 0 or any(name in command for name in ("gh", "glab", "az", "hub", "tea"))
