"""A shell script, read as a shell reads it: which simple commands it runs.

The grammar is tree-sitter's for bash. A mention in a string, a comment or a heredoc is no command there.
Aliases, variables and other files are not followed; functions, `sh -c` and heredocs for a shell are.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_BYTES = 65536
"""The plugin cuts a command there."""
MAX_DEPTH = 4
"""How deep `sh -c "sh -c …"` is followed: more is an obfuscation that no model writes."""
MAX_COMMANDS = 300
"""Commands of one script that are looked at: a script with more does not consist of commits."""
MAX_READS = 1000
"""Pieces that the parser may read: 64 KiB of a real script take some 250, broken ones look ahead for ever."""
MAX_PIPES = 256
"""Pipes in one line of a script; the parser's time grows with their square."""
READ_BYTES = 512

_SHELLS = frozenset({"sh", "bash", "zsh", "dash", "ksh"})
_REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect", "variable_assignment"})
_LOOPS = frozenset({"for_statement", "c_style_for_statement", "while_statement"})
_BRANCHES = frozenset({"elif_clause", "else_clause", "case_item", "negated_command"})
# Wrappers that run the rest of their arguments, and those of their options that take a value.
_WRAPPERS: dict[str, frozenset[str]] = {
    "builtin": frozenset(),
    "command": frozenset(),
    "doas": frozenset({"-u", "-C"}),
    "env": frozenset({"-u", "-C", "-S", "--unset", "--chdir"}),
    "exec": frozenset({"-a"}),
    "ionice": frozenset({"-c", "-n"}),
    "nice": frozenset({"-n"}),
    "nohup": frozenset(),
    "setsid": frozenset(),
    "stdbuf": frozenset({"-i", "-o", "-e"}),
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-C", "-D"}),
    "time": frozenset({"-f", "-o"}),
    "timeout": frozenset({"-s", "-k", "--signal", "--kill-after"}),
    "xargs": frozenset({"-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """The words of a simple command, wrappers taken off.

    `is_conditional`: it runs only when another command failed or a test said so. `is_repeated`: in a loop.
    """

    words: Sequence[str]
    is_conditional: bool
    is_repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A node of the tree, and under what it stands."""

    node: "Node"
    is_conditional: bool
    is_repeated: bool
    depth: int


def commands(script: str, words: Sequence[str]) -> list[Command]:
    """Return the simple commands of a script in which one of the words stands, in the order of the text.

    What no shell can have run (it cannot be parsed in reasonable time) has no commands.
    """
    return list(islice(_Script(script, words).commands(), MAX_COMMANDS))


class _Script:
    """One parsed script; only what holds one of the words that are looked for is visited."""

    def __init__(self, text: str, words: Sequence[str]) -> None:
        """Parse a script and note where the words stand, or the names of functions that hold one."""
        self._words = words
        self._text = text.replace("\0", " ").encode(errors="replace")[:MAX_BYTES]
        self._root = _parse(self._text)
        self._marks = self._find(words)
        self._functions = (
            dict(self._definitions()) if b"()" in self._text or b"function" in self._text else {}
        )
        if self._functions:
            self._marks = self._find([*words, *self._functions])

    def commands(
        self, *, is_conditional: bool = False, is_repeated: bool = False, depth: int = 0
    ) -> Iterator[Command]:
        """Yield the script's commands; a call of a function yields the function's."""
        if self._root is None:
            return
        place = _Place(node=self._root, is_conditional=is_conditional, is_repeated=is_repeated, depth=depth)
        yield from self._walk(place, is_call_followed=True)

    def _find(self, words: Sequence[str]) -> list[int]:
        """Return where the words stand."""
        pattern = b"|".join(re.escape(word.encode()) for word in words)
        return [match.start() for match in re.finditer(pattern, self._text)]

    def _is_of_interest(self, node: "Node") -> bool:
        """Tell whether one of the words stands in a node."""
        index = bisect_left(self._marks, node.start_byte)
        return index < len(self._marks) and self._marks[index] < node.end_byte

    def _definitions(self) -> "Iterator[tuple[str, Node]]":
        """Yield the functions in which one of the words stands."""
        stack = [self._root] if self._root is not None else []
        while stack:
            node = stack.pop()
            name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
            if node.type == "function_definition" and name is not None and body is not None:
                yield _text(name, self._text), body
            stack.extend(child for child in node.named_children if self._is_of_interest(child))

    def _walk(self, start: _Place, *, is_call_followed: bool) -> Iterator[Command]:
        """Yield the commands under a node in the order of the text."""
        stack = [start]
        while stack:
            place = stack.pop()
            if place.node.type == "function_definition":
                continue
            if place.node.type == "command":
                yield from self._run(place, is_call_followed=is_call_followed)
            is_input = place.node.type == "redirected_statement"  # of its command, which may be a shell
            children = [child for child in _children(place) if is_input or self._is_of_interest(child.node)]
            stack.extend(reversed(children))

    def _run(self, place: _Place, *, is_call_followed: bool) -> Iterator[Command]:
        """Yield what one simple command runs: itself, a function's body, or a shell's script."""
        node = place.node
        arguments = (child for child in node.named_children if child.type not in _REDIRECTS)
        words = _unwrap([_text(child, self._text) for child in arguments])
        if not words:
            return
        scripts = _scripts(words, node, self._text)
        body = self._functions.get(words[0]) if is_call_followed else None
        if body is not None:
            inside = _Place(
                node=body,
                is_conditional=place.is_conditional,
                is_repeated=place.is_repeated,
                depth=place.depth,
            )
            yield from self._walk(inside, is_call_followed=False)
        elif not scripts:
            yield Command(words=words, is_conditional=place.is_conditional, is_repeated=place.is_repeated)
        for script in scripts if place.depth < MAX_DEPTH else ():
            yield from _Script(script, self._words).commands(
                is_conditional=place.is_conditional, is_repeated=place.is_repeated, depth=place.depth + 1
            )


def _children(place: _Place) -> Iterator[_Place]:
    """Yield what stands under a node, and whether it is certain to run."""
    node = place.node
    conditions = node.children_by_field_name("condition") if node.type == "if_statement" else None
    is_conditional = place.is_conditional or node.type in _BRANCHES
    for child in node.children:
        is_conditional = is_conditional or child.type == "||"
        if child.is_named:
            yield _Place(
                node=child,
                is_conditional=is_conditional or (conditions is not None and child not in conditions),
                is_repeated=place.is_repeated or node.type in _LOOPS,
                depth=place.depth,
            )


def _unwrap(words: list[str]) -> list[str]:
    """Take off `env X=1`, `sudo -u me`, `timeout 5` and their like; `command -v` runs nothing."""
    while words and (options := _WRAPPERS.get(words[0].rpartition("/")[2])) is not None:
        name, index = words[0].rpartition("/")[2], 1
        if name == "command" and words[1:2] in (["-v"], ["-V"]):
            return []
        while index < len(words) and (
            words[index].startswith("-") or (name in {"env", "sudo"} and "=" in words[index])
        ):
            index += 2 if words[index] in options else 1
        index += name == "timeout"
        words = words[index:]
    return words


def _scripts(words: Sequence[str], node: "Node", source: bytes) -> list[str]:
    """Return the scripts that a command runs: `eval …`, `sh -c …`, `sh <<EOF …`."""
    if words[0] == "eval":
        return [" ".join(words[1:])]
    if words[0].rpartition("/")[2] not in _SHELLS:
        return []
    for index, word in enumerate(words[1:], start=1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return list(words[index + 1 : index + 2])
    return [] if any(not word.startswith("-") for word in words[1:]) else list(_inputs(node, source))


def _inputs(node: "Node", source: bytes) -> Iterator[str]:
    """Yield the heredocs and herestrings that a command reads."""
    parent = node.parent
    redirects = parent.named_children if parent is not None and parent.type == "redirected_statement" else ()
    for redirect in (*node.named_children, *redirects):
        for child in redirect.named_children if redirect.type in _REDIRECTS else ():
            if child.type == "heredoc_body" or redirect.type == "herestring_redirect":
                yield _text(child, source)


def _text(node: "Node", source: bytes) -> str:
    """Return a word as the shell would pass it, as far as it is constant."""
    text = source[node.start_byte : node.end_byte].decode(errors="replace")
    if node.type == "raw_string":
        return text[1:-1]
    if node.type == "ansi_c_string":
        return text[2:-1]
    if node.type == "string":
        return re.sub(r"\\([\\\"$`])", r"\1", text[1:].removesuffix('"'))
    if node.type in {"concatenation", "command_name"} and node.named_children:
        return "".join(_text(child, source) for child in node.named_children)
    return re.sub(r"\\(\n|.)", lambda found: found[1].strip("\n"), text) if node.type == "word" else text


class _Source:
    """Text that is read in pieces; once it was read too often it is at its end."""

    def __init__(self, text: bytes) -> None:
        """Begin with nothing read."""
        self._text = text
        self._reads = 0

    @property
    def is_exhausted(self) -> bool:
        """Whether more was read than any real script needs."""
        return self._reads > MAX_READS

    def read(self, offset: int, _position: object) -> bytes:
        """Return the piece at an offset."""
        self._reads += 1
        return b"" if self.is_exhausted else self._text[offset : offset + READ_BYTES]


def _parse(text: bytes) -> "Node | None":
    """Return the tree of a script, None for what would take too long: no shell has run that."""
    if any(line.count(b"|") > MAX_PIPES for line in text.splitlines()):
        return None
    source = _Source(text)
    try:
        tree = _parser().parse(source.read, progress_callback=lambda _offset, _error: source.is_exhausted)
    except ValueError:
        _parser().reset()
        return None
    return None if source.is_exhausted else tree.root_node


@cache
def _parser() -> "Parser":
    """Make the bash parser once, when there is a script to read: it takes some milliseconds."""
    import tree_sitter  # noqa: PLC0415 - many an agent reads no script
    import tree_sitter_bash  # noqa: PLC0415 - many an agent reads no script

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
