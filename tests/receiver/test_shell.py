"""Which commits a shell command makes: commands of models, each with its truth."""

import re
from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.receiver.shell import commits

HEREDOC = """git commit -F - <<'EOF'
Mention git commit here

and git commit -m "there"
EOF"""
SCRIPT = """set -e
cd project
git add -A
# git commit -m "not this one"
git commit -m 'First'
if [ -n "$x" ]; then
  echo "git commit"
fi
git commit --allow-empty -m "Second: git commit"
"""

# How many commits each command makes; every call was successful, and its output is empty.
COUNTS = [
    # The plain forms.
    ("git commit -m x", 1),
    ("git commit", 1),
    ("git commit -am 'Two words'", 1),
    ('git commit -m "A $(date) b"', 1),
    ("git commit --amend --no-edit", 1),
    ("git commit --allow-empty -q -m x", 1),
    ("git commit --fixup=HEAD~1", 1),
    ("git commit -m x -- --dry-run", 1),
    ("git commit -m --dry-run", 1),
    ("git commit -qm --short", 1),
    ("git commit --message --dry-run", 1),
    ("git commit \\\n  -m x", 1),
    ("/usr/bin/git commit -m x", 1),
    ("git.exe commit -m x", 1),
    ('"git" "commit" -m x', 1),
    ("git commit -m x &", 1),
    ("git commit -m x > log.txt 2>&1", 1),
    ("git commit -m x 2>&1 | tail -3", 1),
    # Options of git itself.
    ("git -c user.name=A -c user.email=a@example.org commit -m x", 1),
    ("git -C dir commit -q && git rev-parse HEAD", 1),
    ('git -C "$dir" commit -m x', 1),
    ("git --git-dir .git --work-tree . commit -m x", 1),
    ("git --git-dir=.git --no-pager commit -m x", 1),
    # Several commands.
    ("cd x && git add -A && git commit -m x && git push", 1),
    ("git commit -m a; git commit -m b", 2),
    ("git commit -qm a && git commit -qm b && git commit -qm c", 3),
    ("(cd a && git commit -m x); { git commit -m y; }", 2),
    (SCRIPT, 2),
    ("git add . || true; git commit -m x", 1),
    ("git commit -m x || true", 1),
    ("git commit -m x || git commit -m x --no-verify", 1),
    ('[ -n "$(git status --porcelain)" ] && git commit -m x', 1),
    ("for f in a b; do git add $f; git commit -qm $f; done", 1),
    ("if git commit -m x; then echo done; fi", 1),
    # Heredocs.
    (HEREDOC, 1),
    ("git commit -F - <<EOF && git push\nbody\nEOF", 1),
    ("cat <<EOF | git commit -F -\nbody\nEOF", 1),
    ("cat > notes.md <<'EOF'\ngit commit -m x\nEOF", 0),
    ("bash <<'EOF'\ngit commit -m x\nEOF", 1),
    ("bash -s -e <<'EOF'\ngit commit -m x\nEOF", 1),
    ("sh <<< 'git commit -m x'", 1),
    # Scripts in arguments, wrappers.
    ("sh -c 'git add . && git commit -m \"x\"'", 1),
    ('bash -lc "git commit -m \\"x y\\""', 1),
    ("sh -c \"sh -c 'git commit -m x'\"", 1),
    ("eval git commit -m x", 1),
    ("env GIT_AUTHOR_NAME=A git commit -m x", 1),
    ("env -i -u HOME git commit -m x", 1),
    ("GIT_EDITOR=true git commit", 1),
    ("sudo -u me git commit -m x", 1),
    ("sudo -E -- git commit -m x", 1),
    ("timeout -k 5 10 git commit -m x", 1),
    ("time nice -n 5 nohup git commit -m x", 1),
    ("command git commit -m x", 1),
    ("echo message | xargs -n 1 git commit -m", 1),
    # Functions: called or not.
    ("c() { git commit -m x; }", 0),
    ('c() { git commit -m "$1"; }; c one; c two', 2),
    ("function c { git commit -m x; }\nc", 1),
    # Shown, mentioned, quoted, or another command.
    ("git commit --dry-run", 0),
    ("git commit --short -m x", 0),
    ("git commit --porcelain", 0),
    ("git commit -h", 0),
    ("git commit --help", 0),
    ("git --help commit", 0),
    ("git help commit", 0),
    ("git commit-tree HEAD^{tree} -m x", 0),
    ("git commit-graph write", 0),
    ("echo git commit -m x", 0),
    ('echo "git commit -m x"', 0),
    ("echo hi # git commit -m x", 0),
    ("grep -rn 'git commit' .", 0),
    ("git log --grep commit", 0),
    ("git show commit", 0),
    ("git checkout commit", 0),
    ("git ci -m x", 0),
    ("alias c='git commit'", 0),
    ("GIT=git; $GIT commit -m x", 0),
    ("command -v git commit", 0),
    ("git merge --no-commit topic", 0),
    ("./git-commit.sh", 0),
    ("svn commit -m x", 0),
    ("python3 -c 'print(\"git commit\")'", 0),
    ("[ -f x ] || git commit -m x", 0),
    ("if [ -f x ]; then git commit -m x; fi", 0),
    ("git diff --cached --quiet || git commit -qm x", 1),
]


@pytest.mark.parametrize(("command", "count"), COUNTS)
def test_commits_of_a_command_are_counted(command: str, count: int) -> None:
    """A command makes as many commits as a shell that runs it."""
    assert count == len(commits(command, ""))


SHA = "0123456789abcdef0123456789abcdef01234567"
OTHER = "89abcdef0123456789abcdef0123456789abcdef"
TREE_CLEAN = "On branch main\nnothing to commit, working tree clean\n"

# The object names of the commits that a command made, by what it printed; None where it did not print one.
OUTPUTS = [
    ("git commit -m x", "[main 1234567] x\n 1 file changed, 1 insertion(+)\n", ["1234567"]),
    ("git commit -m x", "[main (root-commit) 89abcde] x\n", ["89abcde"]),
    ("git commit -m x", "[detached HEAD abcdef0] x\n", ["abcdef0"]),
    ("git commit -m x", "[feature/a-b 1234567] [skip ci] x\n", ["1234567"]),
    ("git commit -m x", "lint: ok\n[main 1234567] x\n", ["1234567"]),
    ("git commit -m x", "", [None]),
    ("git commit -qm x && git rev-parse HEAD", f"{SHA}\n", [SHA]),
    ("git -C dir commit -q && git -C dir rev-parse --short HEAD", "1234567\n", ["1234567"]),
    ("git commit -qm x && git log --oneline -1", "1234567 x\n", ["1234567"]),
    ("git commit -qm x && git log -1", f"commit {SHA}\nAuthor: A\n", [SHA]),
    ("git commit -qm x; git rev-parse --abbrev-ref HEAD; git rev-parse HEAD", f"main\n{SHA}\n", [SHA]),
    ("git rev-parse HEAD; git commit -qm x", f"{OTHER}\n", [None]),
    ("git rev-parse HEAD; git commit -qm x; git rev-parse HEAD", f"{OTHER}\n{SHA}\n", [SHA]),
    ("git commit -m a && git commit -m b", "[main 1111111] a\n[main 2222222] b\n", ["1111111", "2222222"]),
    ("git commit -qm a && git commit -m b", "[main 2222222] b\n", [None, None]),
    (
        "git commit -qm a; git rev-parse HEAD; git commit -qm b; git rev-parse HEAD",
        f"{SHA}\n{OTHER}\n",
        [SHA, OTHER],
    ),
    (
        "for f in a b; do git commit -m $f; done",
        "[main 1111111] a\n[main 2222222] b\n",
        ["1111111", "2222222"],
    ),
    ("git commit -m x || true", TREE_CLEAN, []),
    ("git commit -m x; echo done", 'no changes added to commit (use "git add")\ndone\n', []),
    ("git commit -m x; git status", f"[main 1234567] x\n{TREE_CLEAN}", ["1234567"]),
    ("git commit -qm x && git status", TREE_CLEAN, [None]),
    ("git commit -qm x || true; git status", TREE_CLEAN + TREE_CLEAN, []),
    ("git commit -m a || true; git commit -m b", f"{TREE_CLEAN}[main 1234567] b\n", ["1234567"]),
    ("git commit -m x || true", "fatal: not a git repository (or any of the parent directories): .git\n", []),
    ("[ -f x ] || git commit -m x", "[main 1234567] x\n", ["1234567"]),
    ("if true; then git commit -m x; fi", "[main 1234567] x\n", ["1234567"]),
    ("git commit -m x || git commit -nm x", "[main 1234567] x\n", ["1234567"]),
    ("git commit --dry-run", TREE_CLEAN, []),
    ("echo git commit", "[main 1234567] x\n", []),
    ("git status", "[main 1234567] x\n", []),
]


@pytest.mark.parametrize(("command", "output", "names"), OUTPUTS)
def test_output_names_the_commits(command: str, output: str, names: list[str | None]) -> None:
    """What git prints tells the object names, and which commits failed."""
    assert names == [commit.sha for commit in commits(command, output)]


# The branch of a commit by what was printed, and whether the command may have left the one it began on.
BRANCHES = [
    ("git commit -m x", "[main 1234567] x\n", "main", False),
    ("git commit -m x", "[main (root-commit) 1234567] x\n", "main", False),
    ("git switch -c topic && git commit -m x", "[topic 1234567] x\n", "topic", True),
    ("git switch -c topic && git commit -qm x", "", None, True),
    ("git checkout topic; git commit -qm x", "", None, True),
    ("git commit -qm x && git push", "", None, False),
    ("git commit -m x", "[detached HEAD 1234567] x\n", None, True),
    ("git commit -m 'git switch'", "", None, False),
]


@pytest.mark.parametrize(("command", "output", "branch", "is_moved"), BRANCHES)
def test_branch_of_a_commit_is_the_one_shown(
    command: str, output: str, branch: str | None, *, is_moved: bool
) -> None:
    """Git prints the branch that a commit is on; without that a command may have left it."""
    [commit] = commits(command, output)

    assert (branch, is_moved) == (commit.branch, commit.is_moved)


LARGE = {
    "heredoc": "git commit -F - <<'EOF'\n" + 'Some (text) "with $stuff` here\n' * 2000 + "EOF\n",
    "file and commit": "cat > a.md <<'EOF'\n" + "| git commit | b |\n" * 3000 + "EOF\ngit commit -qm x\n",
    "long message": 'git commit -m "' + "word, (paren) $x and " * 3000 + '"',
    "script": "if [ -f x ]; then\n  echo 'hi' | grep -v y > z\nfi\n" * 1000 + "git commit -m x\n",
}


@pytest.mark.parametrize("name", LARGE)
def test_large_commands_are_read_quickly(name: str) -> None:
    """A command of 64 KiB that holds a commit is read in less than 50 ms."""
    command = LARGE[name]

    assert 40_000 < len(command) < 65_536
    assert 1 == len(commits(command, ""))
    assert 0.05 > fastest_s(command)


BROKEN = {
    "pipes": "|" * 65_000,
    "stages": "a|" * 32_000,
    "nulls": "\0" * 65_000,
    "herestrings": "<<<" * 20_000,
    "redirects": "<" * 65_000,
    "closed": ")" * 65_000,
    "opened": "(" * 30_000,
    "arrays": "a=(" * 20_000,
    "substitutions": '"$(' * 20_000,
    "quotes": "'" * 20_000,
    "heredocs": "cat <<A;" * 8_000,
    "backticks": "$`" * 30_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_commands_are_given_up_quickly(name: str) -> None:
    """What no shell can have run is read in less than 50 ms, too."""
    command = f"git commit {BROKEN[name]}"

    assert 0.05 > fastest_s(command)


def test_many_commits_are_read_quickly() -> None:
    """A command that holds more commits than anybody makes is not read to its end."""
    command = "git commit -m x;" * 4000

    assert 300 == len(commits(command, ""))
    assert 0.1 > fastest_s(command)


def fastest_s(command: str, read: Callable[[str, str], object] = commits) -> float:
    """Return the processor time in seconds that the fastest of five readings takes."""
    read(command, "")
    times = list[float]()
    for _ in range(5):
        start = process_time()
        read(command, "")
        times.append(process_time() - start)
    return min(times)


WORDS = ["git", "commit", "-m", "x", "sh -c", "eval", "f()", "{", "}", "<<EOF", "EOF", "\n", "&&", "||", ";"]
PIECES = st.lists(
    st.sampled_from([*WORDS, "'", '"', "$(", ")", "|", "if", "then", "fi", "\\", "`"]) | st.text()
)


@given(PIECES, st.text())
def test_no_text_is_too_strange(pieces: list[str], output: str) -> None:
    """Any text is a command with some number of commits, and none without the word."""
    command = " ".join(pieces)

    count = len(commits(command, output))

    assert count == 0 or re.search(r"commit", command)
