"""Tokens that expire in mid-run, helpers that are broken for a while, credentials denied for good."""

import base64
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from otel_agent import receipts
from otel_agent.exporter.outbox import Outbox
from otel_agent.settings import Protocol, Signal
from tests import journals
from tests.agents import World, expected, settings_for
from tests.reliability.clocked import Clocked, program
from tests.reliability.rules import Rule, RuledSink, only
from tests.reliability.verdict import judge

HELPER = "OPENCODE_OTLP_HEADERS_HELPER"
QUICK = {"OPENCODE_OTLP_LOGS_INTERVAL": "1", "OPENCODE_OTLP_METRICS_INTERVAL": "1"}
OPAQUE = 'import time; print(f\'{{"Authorization": "Bearer {time.time()}"}}\')'
TOKEN_S = 300
HOUR_S = 3600


@pytest.fixture
def clocked(tmp_path: Path) -> Iterator[Clocked]:
    """A sender whose time the test moves."""
    made = Clocked(Outbox(tmp_path / "agent.db"))
    yield made
    made.close()


def used_up_after(times: int) -> Callable[[str], bool]:
    """Return what accepts each token so many times, and never again."""
    used: Counter[str] = Counter()

    def is_valid(token: str) -> bool:
        used[token] += 1
        return token != "" and used[token] <= times

    return is_valid


def test_token_that_expires_in_mid_run_costs_one_denial(tmp_path: Path, world: World) -> None:
    """A real run over several expiries: nothing is lost, no signal is denied twice with the same token."""
    sent = expected(tmp_path / "1-1-a", "demo")
    rule = Rule(only(used_up_after(10)))
    lines = journals.lines_of("demo")
    with RuledSink(rule) as sink:
        helper = program(tmp_path / "helper", OPAQUE)
        settings = {**settings_for(sink, Protocol.GRPC), **QUICK, HELPER: str(helper)}
        folder = world.journal("1-1-a", "demo", settings=settings)
        journals.write(folder, 0, [journals.header("1-1-a", **journals.dead(), settings=settings)])
        agent = world.start(folder, poll_s=0.01)
        while lines:
            piece, lines = lines[:4], lines[4:]
            journals.append(folder, "".join(f"{line}\n" for line in piece))
            time.sleep(0.1)
        _, said = agent.communicate(timeout=30.0)
        verdict = judge(sent, sink)

    denied = Counter((one.signal, one.token) for one in rule.refused())
    print(f"{denied.total()} denied, {len({one.token for one in rule.answers})} tokens: {verdict}")  # noqa: T201 - figures
    assert (b"", 0, 0, 0) == (said, verdict.lost, verdict.doubled, verdict.backwards)
    assert {1} == set(denied.values())


class Issuer:
    """A helper that prints tokens which are good for a while of a clock, and a rule that knows it."""

    def __init__(self, folder: Path, clocked: Clocked, *, is_web_token: bool) -> None:
        """Say when a token expires only in web tokens."""
        self._clocked = clocked
        self._now, self._runs = folder / "now", folder / "runs"
        self.rule = Rule(only(self._is_valid))
        form = "f'e30.{body}.x'" if is_web_token else "f'opaque.{body}'"
        self.path = program(
            folder / "helper",
            "import base64, json",
            f"open({str(self._runs)!r}, 'a').write('.')",
            f"claims = {{'exp': float(open({str(self._now)!r}).read()) + {TOKEN_S}}}",
            "body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')",
            f"print(json.dumps({{'authorization': 'Bearer ' + {form}}}))",
        )

    @property
    def runs(self) -> int:
        """How often the helper was run."""
        return len(self._runs.read_text(encoding="utf-8"))

    def deliver_for_an_hour(self) -> None:
        """Let a request of each signal be stored each minute, and sent."""
        for _ in range(HOUR_S // 60):
            self._clocked.clock.advance(60)
            self._now.write_text(str(self._clocked.clock()), encoding="utf-8")
            self._clocked.put()
            self._clocked.settle()

    def _is_valid(self, token: str) -> bool:
        """Tell whether a token has not expired by the clock."""
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return self._clocked.clock() < claims["exp"]


@pytest.mark.parametrize("protocol", Protocol)
def test_opaque_token_costs_each_signal_one_denial_an_expiry(
    tmp_path: Path, clocked: Clocked, protocol: Protocol
) -> None:
    """What says nothing about its end is renewed when it is denied, once for all signals."""
    issuer = Issuer(tmp_path, clocked, is_web_token=False)
    with RuledSink(issuer.rule) as sink:
        clocked.start(sink, protocol, issuer.path)
        issuer.deliver_for_an_hour()

    denied = Counter((one.signal, one.token) for one in issuer.rule.refused())
    print(f"{denied.total()} denied, {issuer.runs} tokens")  # noqa: T201 - the figures of docs/reliability.md
    assert (HOUR_S // TOKEN_S, 0) == (issuer.runs, clocked.outbox.backlog().requests)
    assert {1} == set(denied.values())
    assert HOUR_S // 60 * len(Signal) == len(issuer.rule.answers) - denied.total()


@pytest.mark.parametrize("protocol", Protocol)
def test_web_token_is_renewed_before_it_expires(tmp_path: Path, clocked: Clocked, protocol: Protocol) -> None:
    """Its end is known: no request is denied, and the helper does not run for each request."""
    issuer = Issuer(tmp_path, clocked, is_web_token=True)
    with RuledSink(issuer.rule) as sink:
        clocked.start(sink, protocol, issuer.path)
        issuer.deliver_for_an_hour()

    print(f"no denial, {issuer.runs} tokens")  # noqa: T201 - see above
    assert ([], 0) == (issuer.rule.refused(), clocked.outbox.backlog().requests)
    assert HOUR_S // 60 * len(Signal) == len(issuer.rule.answers)
    assert issuer.runs <= 2 * HOUR_S // TOKEN_S


def test_helper_that_is_broken_for_a_while_loses_nothing(tmp_path: Path, world: World) -> None:
    """Without credentials nothing is sent; all is kept with the reason, and arrives later."""
    sent = expected(tmp_path / "1-1-a", "run_subagent")
    rule = Rule(only(lambda token: token.startswith("Bearer ")))
    with RuledSink(rule) as sink:
        helper = program(tmp_path / "helper", "raise SystemExit(1)")
        settings = {**settings_for(sink, Protocol.GRPC), HELPER: str(helper)}
        folder = world.journal("1-1-a", "run_subagent", settings=settings)
        broken = world.run(folder, drain_s=1.5), list(rule.answers)
        program(helper, OPAQUE)
        well = world.run(folder)
        verdict = judge(sent, sink)

    assert (((0, ""), []), (0, "")) == (broken, well)
    assert (0, 0, 0, 0) == (verdict.lost, verdict.doubled, verdict.backwards, verdict.repeats)
    assert "headers helper: expected exit code 0, got 1" in world.log()
    assert [receipts.FOLDER] == [path.name for path in world.host_dir.iterdir()]


def test_helper_that_breaks_in_mid_run_is_asked_until_it_is_well(tmp_path: Path, clocked: Clocked) -> None:
    """A token that has expired meanwhile is kept for nothing, and the request goes with the next one."""
    helper = program(tmp_path / "helper", 'print(\'{"authorization": "first"}\')')
    valid = {"first"}
    rule = Rule(only(valid.__contains__))
    with RuledSink(rule) as sink:
        clocked.start(sink, Protocol.HTTP_PROTOBUF, helper)
        clocked.put()
        clocked.settle()
        program(helper, "raise SystemExit(1)")
        valid.clear()
        clocked.put()
        clocked.pass_by(600, every_s=2)
        waiting, denied = clocked.outbox.backlog().requests, len(rule.refused())
        program(helper, 'print(\'{"authorization": "second"}\')')
        valid.add("second")
        clocked.pass_by(90, every_s=2)

    assert (len(Signal), 0) == (waiting, clocked.outbox.backlog().requests)
    # At 1, 2, 4 … 32 s and then each minute; a denied request is sent again only with new headers.
    assert denied <= len(Signal) * 16


@pytest.mark.parametrize("protocol", [Protocol.GRPC, Protocol.HTTP_PROTOBUF])
def test_credentials_that_are_denied_for_good_are_not_hammered(
    tmp_path: Path, clocked: Clocked, protocol: Protocol, capfd: pytest.CaptureFixture[str]
) -> None:
    """In an hour no signal is tried more often than once a minute after the first; one line says why."""
    helper = program(tmp_path / "helper", 'print(\'{"authorization": "revoked"}\')')
    with RuledSink(Rule(only(lambda _token: False))) as sink:
        clocked.start(sink, protocol, helper)
        clocked.put()
        clocked.settle()
        clocked.pass_by(HOUR_S, every_s=10)
        tries = Counter(one.signal for one in sink.attempts())
    told = capfd.readouterr().out.count("delivery_postponed")

    print(f"{tries.total()} requests in an hour")  # noqa: T201 - the figures of docs/reliability.md
    assert dict.fromkeys(Signal, True) == {signal: 50 <= tries[signal] <= 66 for signal in Signal}
    assert len(Signal) == clocked.outbox.backlog().requests
    assert len(Signal) == told
