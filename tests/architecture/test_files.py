"""What may not stand in any file of the project."""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions

from tests.architecture.source import PACKAGE, ROOT, imported, modules, project_files

MAX_BYTES = 1024 * 1024
# The one-letter classes keep this file itself clean.
MACHINE = re.compile(r"(?<![\w./-])/(?:[w]ork|[r]oot|[t]mp/(?:dev|oc|spec))(?:/|\b)")
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("repo", "maven", "apache", "org"),
        ("deb", "debian", "org"),
    )
)


def texts() -> Iterator[tuple[str, str]]:
    """Yield (name, text) of every file of the project that is text."""
    for path in project_files():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_file_names_the_machine_that_it_was_written_on() -> None:
    """No path of a developer's machine stands in a file."""
    assert [] == [
        f"{name}:{number}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    """No package registry's host stands in a file: each machine knows its own."""
    assert [] == [f"{name} {host}" for name, text in texts() for host in HOSTS if host in text]


def test_locks_name_no_host() -> None:
    """A lock has names, versions and hashes, and no address."""
    locks = sorted((ROOT / "requirements").glob("*.txt"))

    assert ["build", "check", "mlflow", "phoenix", "pictures", "runtime", "test"] == [
        lock.stem for lock in locks
    ]
    assert [] == [lock.name for lock in locks if "://" in lock.read_text(encoding="utf-8")]


def test_no_lock_of_another_tool_is_kept() -> None:
    """uv.lock and package-lock.json name hosts and stay out."""
    assert [] == [path.name for path in project_files() if path.name in {"uv.lock", "package-lock.json"}]


def test_no_file_is_large() -> None:
    """A file has at most 1 MiB."""
    assert {} == {
        path.relative_to(ROOT).as_posix(): path.stat().st_size
        for path in project_files()
        if path.stat().st_size > MAX_BYTES
    }


def declared() -> list[str]:
    """Return the names of the runtime dependencies in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return sorted(re.split(r"[\s<>=~!]", line, maxsplit=1)[0] for line in project["dependencies"])


def owners() -> dict[str, str]:
    """Return which installed distribution each importable module comes from, by the module's dotted name."""
    return {
        ".".join(file.with_suffix("").parts).removesuffix(".__init__"): distribution.name
        for distribution in distributions()
        for file in distribution.files or ()
        if file.suffix in {".py", ".so"}
    }


def owner(name: str, known: dict[str, str]) -> str:
    """Return the distribution of the module that a dotted name lies in, or the name itself."""
    parts = name.split(".")
    prefixes = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next((known[prefix] for prefix in prefixes if prefix in known), name)


def test_what_is_imported_is_what_is_declared() -> None:
    """Each runtime dependency is imported by the package, and nothing else is."""
    known = owners()
    names = {
        name
        for module in modules(PACKAGE)
        for _, name in imported(module)
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "_typeshed", "otel_agent"}
    }

    assert declared() == sorted({owner(name, known) for name in names})


def test_each_runtime_dependency_has_its_reason() -> None:
    """docs/dependencies.md has one section for each runtime dependency, and no other."""
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")

    assert declared() == sorted(re.findall(r"^## (\S+)$", text, re.MULTILINE))
