"""The matrix's log: a line for each kill, and a summary.

What was lost, doubled and repeated in a life is told with each of its kills; the summary counts it once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.e2e.kill_matrix.lives import Kill, Lived
from tests.e2e.kill_matrix.rounds import Round
from tests.e2e.kill_matrix.verdict import SHOWN, Verdict

ROW = "{:>4}  {:12}  {:21}  {:>9}  {:7}  {:5}  {:13}  {:10}  {:>7}  {:>4}  {:>7}  {:>7}  {}"
HEADING = ROW.format(
    *("kill", "seed", "target", "moment ms", "phase", "life", "protocol", "sums", "wait ms"),
    *("lost", "doubled", "repeats", "beyond the journal"),
)


def lines(found: Round, begin: int) -> list[str]:
    """Tell a round's kills, numbered from `begin`, and what was wrong."""
    rows: list[str] = []
    for lived, verdict in found.verdicts:
        for kill in lived.kills:
            rows.append(line(begin + len(rows), lived, kill, verdict))
    wrong = [text for lived, verdict in found.verdicts for text in faults(lived, verdict)]
    wrong += [f"     agents: {text}" for text in found.errors]
    if found.left:
        wrong.append(f"     {found.left} journals are left after {found.last_runs} ordinary runs")
    return rows + wrong


def line(number: int, lived: Lived, kill: Kill, verdict: Verdict) -> str:
    """Tell one kill, with what became of the life in which it happened."""
    life = lived.life
    return ROW.format(
        *(number, life.seed, "+".join(kill.strike.targets), f"{kill.moment_ms:.1f}", kill.strike.phase),
        *("serve" if life.is_server else "run", life.protocol, life.temporality, life.exit_wait_ms),
        *(len(verdict.lost), len(verdict.doubled), verdict.repeats, beyond(verdict.beyond_ms)),
    )


def beyond(ages_ms: Sequence[float]) -> str:
    """Tell how many events OpenCode's table has beyond the journal, and how old the oldest was."""
    return f"{len(ages_ms)} events, {max(ages_ms):.1f} ms" if ages_ms else "-"


def faults(lived: Lived, verdict: Verdict) -> list[str]:
    """Tell what was lost and doubled, the first ones of each."""
    if verdict.is_good:
        return []
    rows = [f"lost: {text}" for text in verdict.lost[:SHOWN]]
    rows += [f"doubled: {text}" for text in verdict.doubled[:SHOWN]]
    rows += [f"beyond: {beyond(verdict.beyond_ms)}"]
    return [f"     {lived.life.seed} {text}" for text in rows]


def summary(rounds: Iterable[Round], seed: int) -> list[str]:
    """Tell the sums."""
    found = list(rounds)
    verdicts = [pair for one in found for pair in one.verdicts]
    kills = [kill for lived, _ in verdicts for kill in lived.kills]
    hit = Counter(target for kill in kills for target in kill.strike.targets)
    ages_ms = [age for _, verdict in verdicts for age in verdict.beyond_ms]
    oldest = f", the oldest {max(ages_ms):.1f} ms" if ages_ms else ""
    return [
        f"seed {seed}: {len(kills)} kills in {len(verdicts)} lives of OpenCode, {len(found)} homes",
        "SIGKILL to " + ", ".join(f"{target} {number}" for target, number in sorted(hit.items())),
        f"compared {sum(verdict.compared for _, verdict in verdicts)} amounts and ids",
        f"lost {sum(len(verdict.lost) for _, verdict in verdicts)}",
        f"doubled {sum(len(verdict.doubled) for _, verdict in verdicts)}",
        f"repeated requests {sum(verdict.repeats for _, verdict in verdicts)}",
        f"events beyond the journals {len(ages_ms)}{oldest} before OpenCode was killed",
        f"journals that an agent took over {sum(one.adopted for one in found)}",
        f"journals left {sum(one.left for one in found)}",
        f"errors of the agents {sum(len(one.errors) for one in found)}",
        "dropped, as the agents' receipts say: " + (", ".join(told(found)) or "nothing"),
    ]


def told(rounds: Iterable[Round]) -> list[str]:
    """Tell what was dropped, by reason."""
    counts = sum((Counter(one.dropped) for one in rounds), Counter[str]())
    return [f"{name} {number}" for name, number in sorted(counts.items())]
