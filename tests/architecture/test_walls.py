"""The walls between the rooms that import-linter's contracts cannot see."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

from tests.architecture.source import PACKAGE, Module, imported, modules

ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
PRINTERS = {"input", "print", "stderr", "stdout"}
PURE = ("otel_agent/facts/", "otel_agent/receiver/", "otel_agent/redaction/", "otel_agent/signals/")
IMPURE = {
    "asyncio",
    "grpc",
    "io",
    "logging",
    "multiprocessing",
    "opentelemetry",
    "os",
    "pathlib",
    "random",
    "requests",
    "secrets",
    "socket",
    "sqlite3",
    "ssl",
    "structlog",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "uuid",
}
CLOCK = {"now", "today", "utcnow"}
JAVASCRIPT_IMPORT = re.compile(
    r"""(?:^import\s*|^(?:import|export)\b[^;"']*?\bfrom\s*|\b(?:import|require)\s*\(\s*)["']([^"']+)["']""",
    re.MULTILINE,
)
PLUGIN = PACKAGE / "plugin" / "opencode-otel.js"


def used(module: Module, owner: str) -> Iterator[tuple[str, str]]:
    """Yield (where, name) for each name of another module that this one uses: `owner.name` or imported."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == owner:
            yield module.at(node), node.attr
    for where, name in imported(module):
        if name.startswith(f"{owner}."):
            yield where, name.removeprefix(f"{owner}.")


def called(module: Module) -> Iterator[tuple[str, str]]:
    """Yield (where, name) for each plain name that a module calls."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield module.at(node), node.func.id


def test_only_settings_reads_the_environment() -> None:
    """The process's environment is read in settings.py and at no other place."""
    readers = [
        f"{where} os.{name}"
        for module in modules(PACKAGE)
        if module.name != "otel_agent/settings.py"
        for where, name in used(module, "os")
        if name in ENVIRONMENT
    ]

    assert [] == readers


def test_only_the_cli_prints() -> None:
    """Nothing but cli/ writes to the standard streams."""
    printers = [
        f"{where} {name}"
        for module in modules(PACKAGE)
        if not module.name.startswith("otel_agent/cli/")
        for where, name in [*called(module), *used(module, "sys")]
        if name in PRINTERS
    ]

    assert [] == printers


def test_facts_receiver_and_signals_are_pure() -> None:
    """What folds events and measures facts has no clock, disk, network, thread, randomness or log."""
    impure = [
        f"{where} {name}"
        for module in modules(PACKAGE)
        if module.name.startswith(PURE)
        for where, name in imported(module)
        if name.partition(".")[0] in IMPURE and not name.startswith("pathlib.Pure")
    ]

    assert [] == impure


def test_no_pure_room_asks_for_the_time() -> None:
    """The pure rooms do arithmetic on times, which come from events; they never ask what time it is."""
    askers = [
        f"{where} datetime.{name}"
        for module in modules(PACKAGE)
        if module.name.startswith(PURE)
        for where, name in [*used(module, "datetime"), *used(module, "date")]
        if name in CLOCK
    ]

    assert [] == askers


def test_no_pure_room_opens_a_file() -> None:
    """The pure rooms do not call `open` either, which needs no import."""
    openers = [
        where
        for module in modules(PACKAGE)
        if module.name.startswith(PURE)
        for where, name in called(module)
        if name == "open"
    ]

    assert [] == openers


SDK_USERS = {f"otel_agent/exporter/{name}.py" for name in ("encode", "readable", "sampling", "sdk")}
"""What encodes, and what samples."""


def test_the_sdk_is_known_at_four_places() -> None:
    """OpenTelemetry's SDK and encoders are imported by the encoder and the samplers alone."""
    users = [
        f"{where} {name}"
        for module in modules(PACKAGE)
        if module.name not in SDK_USERS
        for where, name in imported(module)
        if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))
    ]

    assert [] == users


def test_private_names_of_the_sdk_are_in_one_file() -> None:
    """A name of OpenTelemetry that begins with an underscore is imported in exporter/sdk.py alone."""
    private = [
        f"{where} {name}"
        for module in modules(PACKAGE)
        if module.name != "otel_agent/exporter/sdk.py"
        for where, name in imported(module)
        if name.startswith("opentelemetry.") and "._" in name
    ]

    assert [] == private


def test_the_plugin_is_one_file() -> None:
    """The package carries exactly one JavaScript file."""
    assert [PLUGIN] == sorted(PACKAGE.rglob("*.js"))


def test_the_plugin_imports_node_built_ins_only() -> None:
    """Every import of the plugin begins with `node:`, so that OpenCode installs nothing for it."""
    sources = JAVASCRIPT_IMPORT.findall(PLUGIN.read_text(encoding="utf-8"))

    assert sources
    assert [] == [source for source in sources if not source.startswith("node:")]


def test_agent_starts_without_what_its_first_lines_do_not_need() -> None:
    """It starts when OpenCode is busiest: encoders, HTTP, gRPC and rich wait until they are needed."""
    program = """
import sys
from otel_agent.__main__ import main
sys.argv = ["otel-agent", "run"]
try:
    main()
except SystemExit:
    print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    packages = {name.partition(".")[0] for name in done.stdout.split()}

    assert {"otel_agent", "structlog"} <= packages
    assert set() == packages & {"detect_secrets", "google", "grpc", "opentelemetry", "requests", "typer"}
    assert "rich.console" not in done.stdout.split()
