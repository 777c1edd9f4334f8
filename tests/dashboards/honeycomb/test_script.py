"""The script that is copied: a program of its own."""

import ast

from otel_agent.dashboards.honeycomb.script import SCRIPT, text


def test_script_is_a_program_of_its_own() -> None:
    """It is executable, finds its Python, which may be the 3.9 that macOS has, and needs no package."""
    made = ast.parse(text(), feature_version=(3, 9))
    imported = {node.module for node in ast.walk(made) if isinstance(node, ast.ImportFrom)}

    assert SCRIPT.stat().st_mode & 0o111 == 0o111
    assert text().startswith("#!/usr/bin/env python3\n")
    assert {"__future__", "email.utils", "http.client", "pathlib", "typing"} == imported


def test_functions_are_short_and_say_what_they_do() -> None:
    """The script is read by whoever runs it, as the package is."""
    nodes = [node for node in ast.walk(ast.parse(text())) if isinstance(node, ast.FunctionDef | ast.ClassDef)]

    assert [] == [node.name for node in nodes if not ast.get_docstring(node)]
    assert [] == [
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 40
    ]
    assert text().count("\n") <= 300
