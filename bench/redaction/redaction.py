"""What taking secrets out of text costs, beside encoding the same text as an attribute of a log record.

    python bench/redaction/redaction.py [--rounds 7] [--kib 16]

Four kinds of text (a prompt, code, a diff, a log) without a secret, and each of them with one secret in every
KiB. Rounds are interleaved and the median of CPU time is taken.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from otel_agent.exporter.encode import Encoder
from otel_agent.redaction.redactor import Redactor
from otel_agent.signals.model import Record, Severity

ROOT = Path(__file__).parents[2]
KIB = 1024
SHORTEST_NS = 20_000_000
"""How long one measurement takes at least."""
MARK = "\nexport API_TOKEN=" + "geheim0123456789\n"


def texts(length: int) -> Mapping[str, str]:
    """Return texts of the four kinds, of so many characters each."""
    code = (ROOT / "otel_agent" / "exporter" / "sender.py").read_text(encoding="utf-8")
    prose = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    lines = code.splitlines()
    diff = "\n".join(f"{'+- '[number % 3]}{line}" for number, line in enumerate(lines))
    log = "\n".join(
        f"2026-11-21T10:00:{number % 60:02}.123Z INFO request id={number:08x}-1c3e-4f0a-9d7b-3c9d2e7a1f04"
        f" method=POST path=/v1/logs status=200 bytes={number * 37} took={number % 97}.5ms"
        for number in range(400)
    )
    kinds = {"prompt": prose, "code": code, "diff": diff, "log": log}
    return {kind: (text * (length // len(text) + 1))[:length] for kind, text in kinds.items()}


def with_secrets(text: str) -> str:
    """Return a text with a secret in every KiB."""
    pieces = [text[at : at + KIB - len(MARK)] for at in range(0, len(text), KIB)]
    return MARK.join(pieces)[: len(text)]


def encode(encoder: Encoder, text: str) -> bytes:
    """Return the request of one log record with a text."""
    record = Record(
        name="opencode.user_prompt",
        body="user_prompt",
        severity=Severity.INFO,
        time_ns=1_795_000_000_000_000_000,
        attributes={"prompt": text},
    )
    return encoder.logs([record])


def cpu_us(work: Callable[[], object]) -> float:
    """Return how much CPU time something takes, in microseconds: the mean of as many runs as are needed."""
    runs, begin = 0, time.process_time_ns()
    while time.process_time_ns() - begin < SHORTEST_NS:
        work()
        runs += 1
    return (time.process_time_ns() - begin) / runs / 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--kib", type=int, default=16)
    options = parser.parse_args()
    begin = time.process_time_ns()
    Redactor().text("text")
    print(f"first text (the library is imported)  {(time.process_time_ns() - begin) / 1e6:.0f} ms")
    encoder = Encoder.of({})
    plain = texts(options.kib * KIB)
    given = {**plain, **{f"{kind}, secrets": with_secrets(text) for kind, text in plain.items()}}
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in given}
    for _ in range(options.rounds):
        for kind, text in given.items():
            cleaned = cpu_us(lambda text=text: Redactor().text(text))  # a new one remembers nothing
            found[kind].append((cleaned, cpu_us(lambda text=text: encode(encoder, text))))
    for kind, rows in found.items():
        cleaned, encoded = (statistics.median(side) / options.kib for side in zip(*rows, strict=True))
        print(
            f"{kind:16} {cleaned:7.1f} us/KiB, encoded {encoded:5.2f} us/KiB, ratio {cleaned / encoded:5.0f}"
        )


if __name__ == "__main__":
    main()
