"""The headers of a delivery, put together when a request is sent: the static ones and the helper's."""

import base64
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from otel_agent.exporter import headers_helper
from otel_agent.exporter.headers_helper import HelperError
from otel_agent.settings import Secret

# A token is renewed so long before its end that no request under way meets the end.
EXPIRY_MARGIN_S = 60.0
# A helper that keeps giving expired tokens, or none, is not asked for each request.
PAUSE_S = 30.0
# Nor is one whose tokens are good for seconds: what it costs to run it must stay small.
SHORTEST_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the helper last gave, and how often it has been asked.

    `renew_s` is when it is to be asked again without a denial, None for never.
    """

    attempt: int = 0
    headers: Mapping[str, Secret] | None = None
    problem: str | None = None
    asked_s: float = 0.0
    renew_s: float | None = None


class Helper:
    """One headers helper, shared by all deliveries that name it; it runs in one thread at a time."""

    def __init__(
        self,
        command: str,
        places: Mapping[str, str],
        *,
        clock: Callable[[], float] = time.time,
        run: Callable[[str], bytes] = headers_helper.run,
        tell: Callable[[str], None] = lambda _problem: None,
    ) -> None:
        """Keep what to run; `places` fills `${PROJECT_ROOT}`, `${WORKTREE}` and `${DIRECTORY}`.

        `clock` gives the time of day in seconds; `run` returns what a program printed or raises HelperError.
        `tell` gets the problem of each run that gave none, on the thread that asked.
        """
        self._command = command
        self._places = places
        self._clock = clock
        self._run = run
        self._tell = tell
        self._lock = threading.Lock()
        self._answer = Answer()

    @property
    def answer(self) -> Answer:
        """What is known now, without running anything."""
        return self._answer

    def current(self) -> Answer:
        """Return headers that have not expired, asking the helper for new ones at most every 30 s."""
        answer = self._answer
        return self.renewed(answer.attempt) if self._is_due(answer) else answer

    def renewed(self, attempt: int) -> Answer:
        """Return an answer newer than `attempt`, running the helper unless another thread just did."""
        with self._lock:
            if self._answer.attempt == attempt:
                self._answer = self._asked(self._answer)
            return self._answer

    def _is_due(self, answer: Answer) -> bool:
        """Tell whether the helper has to be run before the next request."""
        if answer.attempt == 0:
            return True
        # Before `asked_s` the clock was set back, and what was noted by it is no reason to wait.
        return answer.renew_s is not None and not answer.asked_s <= self._clock() < answer.renew_s

    def _asked(self, last: Answer) -> Answer:
        """Run the helper and return its answer; when it fails, the headers that it gave before are kept."""
        attempt, now_s = last.attempt + 1, self._clock()
        try:
            printed = headers_helper.parse(self._run(headers_helper.expand(self._command, self._places)))
        except HelperError as error:
            self._tell(str(error))
            # Headers that go on without an end are asked for again after a denial only.
            never = last.headers is not None and last.renew_s is None
            renew_s = None if never else max(now_s + PAUSE_S, last.renew_s or 0.0)
            return replace(last, attempt=attempt, problem=str(error), asked_s=now_s, renew_s=renew_s)
        expires_s = earliest(printed.expires_s, expiry_s(printed.headers))
        return Answer(
            attempt=attempt, headers=printed.headers, asked_s=now_s, renew_s=renewal_s(now_s, expires_s)
        )


class Credentials:
    """The headers of one delivery in clear text; used by one thread, which may share its helper."""

    def __init__(self, static: Mapping[str, Secret], helper: Helper | None = None) -> None:
        """Keep the static headers; the helper's override those of the same name in any case."""
        self._static = static
        self._helper = helper
        self._given = Answer()

    def headers(self) -> Mapping[str, str]:
        """Return the headers to send now, new ones of the helper if there are none or they end soon."""
        if self._helper is None:
            return merged(self._static, {})
        self._given = self._helper.current()
        return merged(self._static, self._given.headers or {})

    def refresh(self) -> bool:
        """Get new headers after a `Denied`, and tell whether they differ from those that were denied.

        When another delivery has already renewed the helper's headers since, it is not run again.
        """
        if self._helper is None:
            return False
        denied, self._given = self._given, self._helper.renewed(self._given.attempt)
        return self._given.problem is None and self._given.headers != denied.headers

    @property
    def problem(self) -> str | None:
        """Why the helper's last run gave no headers, None when it did or there is no helper."""
        return self._helper.answer.problem if self._helper else None

    @property
    def is_complete(self) -> bool:
        """Whether `headers` has all that is configured: what a helper never gave is not in them."""
        return self._helper is None or self._helper.answer.headers is not None


def merged(static: Mapping[str, Secret], helped: Mapping[str, Secret]) -> Mapping[str, str]:
    """Return both in clear text; of names that differ only in case the last one counts."""
    chosen = {name.lower(): (name, value.reveal()) for name, value in (*static.items(), *helped.items())}
    return dict(chosen.values())


def renewal_s(now_s: float, expires_s: float | None) -> float | None:
    """Return when headers that were got now are to be renewed: a minute before their end, or half-way to it.

    Those that are over already come from a wrong clock or a broken cache: they get a pause.
    """
    if expires_s is None:
        return None
    left_s = expires_s - now_s
    if left_s <= 0:
        return now_s + PAUSE_S
    return max(expires_s - min(EXPIRY_MARGIN_S, left_s / 2), now_s + SHORTEST_S)


def earliest(*times_s: float | None) -> float | None:
    """Return the earliest of the times that are known, None when none is."""
    return min((time_s for time_s in times_s if time_s is not None), default=None)


def expiry_s(headers: Mapping[str, Secret]) -> float | None:
    """Return the earliest `exp` of the JSON web tokens among the values, in seconds; None without one.

    https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4
    """
    return earliest(*(_expiry_of(value.reveal().rpartition(" ")[2]) for value in headers.values()))


def _expiry_of(token: str) -> float | None:
    """Return the `exp` of a JSON web token, None for any other text."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims and signature
        return None
    try:
        claims = cast("object", json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))))
    except (ValueError, RecursionError):
        return None
    expiry = cast("dict[str, object]", claims).get("exp") if isinstance(claims, dict) else None
    if isinstance(expiry, bool) or not isinstance(expiry, int | float):
        return None
    return min(float(expiry), 1e12) if abs(expiry) < 1e300 else None  # noqa: PLR2004 - a float holds it
