"""The habits of this code that no linter of ours checks."""

import ast
from collections.abc import Iterator

from tests.architecture.source import PACKAGE, TESTS, Module, functions, modules, public

PATCHERS = {"mock", "monkeypatch", "MonkeyPatch"}
EMPTY_NAMES = {"base", "common", "helpers", "misc", "util", "utils"}


def silent(module: Module) -> Iterator[str]:
    """Say where an exception is caught and nothing at all is done about it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and all(map(is_nothing, node.body)):
            yield module.at(node)


def is_nothing(statement: ast.stmt) -> bool:
    """Say whether a statement is `pass`, `...` or a bare text."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def patchers(module: Module) -> Iterator[str]:
    """Say where a test reaches for a tool that replaces our code while it runs."""
    for node in ast.walk(module.tree):
        match node:
            case ast.ImportFrom(module="unittest.mock") | ast.arg(arg="monkeypatch"):
                yield f"{module.name}:{node.lineno}"
            case ast.Attribute(attr=name) | ast.alias(name=name) if name in PATCHERS:
                yield f"{module.name}:{node.lineno}"


def test_everything_public_says_what_it_is() -> None:
    """Every module, public class, function and method of the package has a docstring."""
    undocumented = [
        where for module in modules(PACKAGE) for where, node in public(module) if not ast.get_docstring(node)
    ]

    assert [] == undocumented


def test_every_test_states_its_behaviour() -> None:
    """Every module of tests and every test has a docstring."""
    undocumented = [
        f"{module.at(function)} {function.name}"
        for module in modules(TESTS)
        for function in functions(module)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    undocumented += [module.name for module in modules(TESTS) if not ast.get_docstring(module.tree)]

    assert [] == undocumented


def test_no_exception_is_swallowed() -> None:
    """A caught exception is handled; `except …: pass` is nowhere."""
    assert [] == [where for module in modules(PACKAGE) for where in silent(module)]


def test_no_module_rebinds_its_globals() -> None:
    """No function changes a variable of its module."""
    rebinders = [
        module.at(node)
        for module in modules(PACKAGE)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Global)
    ]

    assert [] == rebinders


def test_no_test_patches_our_code() -> None:
    """A test passes a scripted object instead of patching one in."""
    assert [] == [where for module in modules(TESTS) for where in patchers(module)]


def test_a_module_is_named_for_what_it_holds() -> None:
    """No module has a name under which anything could stand."""
    assert [] == [module.name for module in modules(PACKAGE) if module.path.stem in EMPTY_NAMES]
