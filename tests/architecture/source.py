"""The project's own files as data, for the tests of its structure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "otel_agent"
TESTS = ROOT / "tests"

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function

# Folders that tools make. One whose name begins with a dot is such a folder too, except the ones in KEPT.
MADE = {"__pycache__", "node_modules", "build", "dist"}
KEPT = {".ci", ".github"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One Python file and its syntax tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path from the repository's root, as the messages show it."""
        return self.path.relative_to(ROOT).as_posix()

    def at(self, node: ast.expr | ast.stmt | ast.ExceptHandler) -> str:
        """Say where a node stands."""
        return f"{self.name}:{node.lineno}"


@cache
def modules(folder: Path) -> tuple[Module, ...]:
    """Parse every Python file under a folder, in the order of their paths."""
    return tuple(_parsed(path) for path in sorted(folder.rglob("*.py")))


def _parsed(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path=path, text=text, tree=ast.parse(text, filename=str(path)))


def functions(module: Module) -> Iterator[Function]:
    """Yield every function and method of a module, the nested ones too."""
    return (node for node in ast.walk(module.tree) if isinstance(node, Function))


def length(function: Function) -> int:
    """Count a function's lines from its `def` to its end, without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    text = ast.get_docstring(function, clean=False)
    return lines - (text.count("\n") + 1 if text else 0)


def imported(module: Module) -> Iterator[tuple[str, str]]:
    """Yield (where, dotted name) for each thing that a module imports from outside of its own package."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((module.at(node), alias.name) for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((module.at(node), f"{node.module}.{alias.name}") for alias in node.names)


def public(module: Module) -> Iterator[tuple[str, Documented]]:
    """Yield (where, node) for the module itself and each public class, function and method in it."""
    yield f"{module.name}:1", module.tree
    yield from _public_in(module, module.tree)


def _public_in(module: Module, parent: ast.Module | ast.ClassDef) -> Iterator[tuple[str, Documented]]:
    for node in parent.body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        yield f"{module.at(node)} {node.name}", node
        if isinstance(node, ast.ClassDef):
            yield from _public_in(module, node)


def project_files() -> Iterator[Path]:
    """Yield every file of the project, without what its commands and tools make."""
    return _files_in(ROOT)


def _files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_file():
            yield path
        elif path.name not in MADE and (not path.name.startswith(".") or path.name in KEPT):
            yield from _files_in(path)
