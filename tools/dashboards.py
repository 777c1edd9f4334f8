"""The files below dashboards/: written anew, or with --check compared with what the tables give."""

import sys
from pathlib import Path

from otel_agent.dashboards.render import Backend, bundled

FOLDER = Path(__file__).parents[1] / "dashboards"


def stale() -> dict[Path, str | None]:
    """Return each file that is not as the tables give it, with what it should say; None: it should go."""
    wanted = {FOLDER / path: text for path, text in bundled()}
    there = {path for backend in Backend for path in (FOLDER / backend).rglob("*") if path.is_file()}
    changed = {
        path: text for path, text in wanted.items() if path not in there or path.read_text("utf-8") != text
    }
    return {**changed, **dict.fromkeys(there - wanted.keys())}


def write(path: Path, text: str | None) -> None:
    """Make a file what it should be."""
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> int:
    """Write the stale files, or with --check name them and end with 1."""
    found = stale()
    if "--check" in sys.argv[1:]:
        for path in sorted(found):
            print(f"dashboards/{path.relative_to(FOLDER)}: expected what `make generate` writes")
        return 1 if found else 0
    for path, text in found.items():
        write(path, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
