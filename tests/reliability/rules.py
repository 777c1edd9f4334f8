"""Backends with rules of their own: a limit of requests, tokens that expire, one signal that hangs."""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from otel_agent.settings import Signal
from otel_agent.sink.script import Fault, Partial, Script, Step
from otel_agent.sink.server import Sink


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered to a request of a signal, and the credentials that it came with."""

    signal: Signal
    token: str
    is_accepted: bool


class Rule(Script):
    """Asks a function about every request, after what the script says; notes the answers."""

    def __init__(self, judge: Callable[[Signal, str], Step]) -> None:
        """`judge` gets the signal and the `authorization` header, on any thread, one request at a time."""
        super().__init__({})
        self._judge = judge
        self._one = threading.Lock()
        self.answers: list[Answer] = []

    def answer(self, signal: Signal, headers: Mapping[str, str]) -> Step:
        """Answer as the script says, else as the rule does."""
        token = headers.get("authorization", "")
        step = super().answer(signal, headers)
        with self._one:
            step = self._judge(signal, token) if isinstance(step, Partial) else step
            self.answers.append(Answer(signal=signal, token=token, is_accepted=isinstance(step, Partial)))
        return step

    def refused(self) -> list[Answer]:
        """Return what was not accepted."""
        with self._one:
            return [one for one in self.answers if not one.is_accepted]


class Hanging(Script):
    """Never answers to one signal."""

    def __init__(self, signal: Signal) -> None:
        """Accept everything of the others."""
        super().__init__({})
        self._signal = signal

    def answer(self, signal: Signal, headers: Mapping[str, str]) -> Step:
        """Answer, or wait until the server is stopped."""
        if signal is self._signal:
            self._released.wait()
        return super().answer(signal, headers)


class RuledSink(Sink):
    """A backend that answers by a rule."""

    def __init__(self, rule: Script) -> None:
        """Listen on ports that the system chooses."""
        super().__init__()
        self._script = rule


def at_most(per_second: int, fault: Fault) -> Callable[[Signal, str], Step]:
    """Return a rule that accepts so many requests in any second, and else answers with a fault."""
    accepted: deque[float] = deque(maxlen=per_second)

    def judge(_signal: Signal, _token: str) -> Step:
        now_s = time.monotonic()
        if len(accepted) == per_second and now_s - accepted[0] < 1.0:
            return fault
        accepted.append(now_s)
        return Partial()

    return judge


def only(is_valid: Callable[[str], bool]) -> Callable[[Signal, str], Step]:
    """Return a rule that denies every request whose token is not valid."""
    return lambda _signal, token: (
        Partial() if is_valid(token) else Fault(status=401, message="expired or unknown")
    )
