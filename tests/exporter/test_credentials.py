"""Credentials: static headers and the helper's, fetched when something is sent."""

import base64
import json
import threading
import time
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_agent.exporter.credentials import Credentials, Helper, expiry_s
from otel_agent.exporter.headers_helper import HelperError
from otel_agent.exporter.testing import FakeClock
from otel_agent.settings import Secret


class Program:
    """A helper program that gives one answer after the other; an error is raised."""

    def __init__(self, *answers: Mapping[str, object] | HelperError) -> None:
        """Keep the answers; the last one is given for ever."""
        self._answers = list(answers)
        self.runs: list[str] = []

    def __call__(self, path: str) -> bytes:
        """Give the next answer."""
        self.runs.append(path)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, HelperError):
            raise answer
        return json.dumps(answer).encode()


def helper(program: Program, clock: FakeClock | None = None) -> Helper:
    """Return a helper that runs a program of the test."""
    return Helper("${DIRECTORY}/token", {"DIRECTORY": "/d"}, clock=clock or FakeClock(), run=program)


def token(**claims: object) -> str:
    """Return a JSON web token with these claims."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{body}.x"


def test_static_headers_are_sent_as_they_are() -> None:
    """Without a helper the headers are the static ones, and there is nothing to refresh."""
    credentials = Credentials({"X-Key": Secret("v")})

    assert credentials.headers() == {"X-Key": "v"}
    assert credentials.refresh() is False
    assert credentials.problem is None
    assert credentials.is_complete


def test_helper_overrides_static_headers_of_the_same_name() -> None:
    """Names that differ only in case are the same; the helper's value and spelling count."""
    static = {"authorization": Secret("old"), "x-key": Secret("v")}
    credentials = Credentials(static, helper(Program({"Authorization": "new"})))

    assert credentials.headers() == {"Authorization": "new", "x-key": "v"}


def test_helper_runs_once_for_many_requests() -> None:
    """The helper runs at the first request, and its headers are used for the next ones."""
    program = Program({"a": "1"})
    credentials = Credentials({}, helper(program))

    assert [credentials.headers() for _ in range(3)] == [{"a": "1"}] * 3
    assert program.runs == ["/d/token"]


def test_helper_runs_again_after_a_denial() -> None:
    """A refresh gives the new headers to the next request."""
    credentials = Credentials({}, helper(Program({"a": "1"}, {"a": "2"})))
    credentials.headers()

    assert credentials.refresh() is True
    assert credentials.headers() == {"a": "2"}


def test_refresh_that_changes_nothing_says_so() -> None:
    """When the helper gives the denied headers again, there is no reason to send at once."""
    credentials = Credentials({}, helper(Program({"a": "1"})))
    credentials.headers()

    assert credentials.refresh() is False
    assert credentials.problem is None


def test_failed_refresh_keeps_the_old_headers() -> None:
    """A helper that fails later has its message, and its old headers go on."""
    credentials = Credentials({}, helper(Program({"a": "1"}, HelperError("broken"))))
    credentials.headers()

    assert credentials.refresh() is False
    assert credentials.problem == "broken"
    assert credentials.headers() == {"a": "1"}
    assert credentials.is_complete


def test_helper_that_never_succeeded_leaves_credentials_incomplete() -> None:
    """Until the helper has answered, what would be sent lacks its headers, and it says so."""
    credentials = Credentials({"x": Secret("v")}, helper(Program(HelperError("broken"))))

    assert credentials.headers() == {"x": "v"}
    assert not credentials.is_complete
    assert credentials.problem == "broken"


def test_broken_helper_is_asked_again_after_a_while() -> None:
    """A helper that failed is not run for each request, and is well again by itself."""
    clock = FakeClock()
    program = Program(HelperError("broken"), {"a": "1"})
    credentials = Credentials({}, helper(program, clock))

    first, second = credentials.headers(), credentials.headers()
    clock.advance(30)
    third = credentials.headers()

    assert [first, second, third] == [{}, {}, {"a": "1"}]
    assert len(program.runs) == 2
    assert credentials.problem is None


def test_token_is_renewed_before_it_expires() -> None:
    """The `exp` of a JSON web token is known, and the helper runs a minute before it."""
    clock = FakeClock(1000.0)
    first, second = (f"Bearer {token(exp=end_s)}" for end_s in (1300, 4900))
    program = Program({"Authorization": first}, {"Authorization": second})
    credentials = Credentials({}, helper(program, clock))

    found = []
    for _ in range(3):
        found.append(credentials.headers()["Authorization"])
        clock.advance(120)

    assert found == [first, first, second]


def test_token_that_has_always_expired_is_not_fetched_for_each_request() -> None:
    """A clock that is wrong makes every token look expired; the helper still rests between its runs."""
    clock = FakeClock(10_000.0)
    program = Program({"a": token(exp=1)})
    credentials = Credentials({}, helper(program, clock))

    for _ in range(10):
        credentials.headers()
        clock.advance(10)

    assert len(program.runs) == 4


@pytest.mark.parametrize(
    ("lifetime_s", "expected"),
    [
        (3600, [0]),
        (90, [0, 45, 90]),
        (30, [0, 15, 30, 45, 60, 75, 90]),
        (8, [0, 5, 10, 15, 20]),
        (1, [0, 5, 10, 15, 20]),
        (0, [0, 30, 60, 90]),
        (-100, [0, 30, 60, 90]),
    ],
)
@pytest.mark.parametrize("form", ["exp", "expires_at"])
def test_token_of_any_lifetime_is_fetched_now_and_then(
    lifetime_s: int, expected: list[int], form: str
) -> None:
    """One that is good for seconds is renewed half-way, and the helper does not run for each request."""
    clock, ran_s = FakeClock(10_000.0), list[float]()

    def run(_path: str) -> bytes:
        ran_s.append(clock() - 10_000)
        end_s = clock() + lifetime_s
        wrapped = {"headers": {"a": "1"}, "expires_at": end_s}
        return json.dumps({"a": token(exp=end_s)} if form == "exp" else wrapped).encode()

    credentials = Credentials({}, Helper("/helper", {}, clock=clock, run=run))
    for _ in range(expected[-1] + 1 if lifetime_s < 3600 else 3500):
        credentials.headers()
        clock.advance(1)

    assert expected == ran_s


def test_earliest_of_all_expiries_counts() -> None:
    """A token may end before the helper's expiry, and the other way round."""
    clock = FakeClock(1000.0)
    late = {"headers": {"a": token(exp=9000)}, "expires_at": 1300}
    early = {"headers": {"a": token(exp=1600)}, "expires_at": "2033-05-18T03:33:20Z"}
    program = Program(late, early, {"a": "3"})
    credentials = Credentials({}, helper(program, clock))

    runs = []
    for _ in range(5):
        credentials.headers()
        runs.append(len(program.runs))
        clock.advance(150)

    assert [1, 1, 2, 2, 3] == runs


def test_renewal_that_fails_is_tried_again_after_a_pause() -> None:
    """The old headers go on meanwhile, and each failure is told."""
    clock, told = FakeClock(1000.0), list[str]()
    program = Program({"headers": {"a": "1"}, "expires_at": 1030}, HelperError("broken"))
    shared = Helper("/helper", {}, clock=clock, run=program, tell=told.append)
    credentials = Credentials({}, shared)

    found = []
    for _ in range(61):
        found.append(credentials.headers())
        clock.advance(1)

    assert [{"a": "1"}] * 61 == found
    assert 3 == len(program.runs)
    assert ["broken"] * 2 == told


def test_clock_that_is_set_back_does_not_stop_renewal() -> None:
    """After the clock was set back, the pause between two runs does not last for ever."""
    clock = FakeClock(10_000.0)
    program = Program(HelperError("broken"), {"a": "1"})
    credentials = Credentials({}, helper(program, clock))

    credentials.headers()
    clock.advance(-5000)

    assert credentials.headers() == {"a": "1"}


def test_one_refresh_serves_all_deliveries() -> None:
    """When three signals are denied with the same headers, the helper runs once more, not three times."""
    program = Program({"a": "1"}, {"a": "2"})
    shared = helper(program)
    deliveries = [Credentials({}, shared) for _ in range(3)]
    for credentials in deliveries:
        credentials.headers()

    assert [credentials.refresh() for credentials in deliveries] == [True] * 3
    assert len(program.runs) == 2
    assert [credentials.headers() for credentials in deliveries] == [{"a": "2"}] * 3


def test_helper_runs_in_one_thread_at_a_time() -> None:
    """Threads that need headers at once wait for one run."""
    program = Program({"a": "1"})

    def slow(path: str) -> bytes:
        time.sleep(0.1)
        return program(path)

    shared = Helper("/d/token", {}, run=slow)
    found: list[Mapping[str, str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(Credentials({}, shared).headers())) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [{"a": "1"}] * 5
    assert len(program.runs) == 1


def test_place_that_is_not_known_is_a_problem() -> None:
    """A helper whose path cannot be made is not run."""
    program = Program({"a": "1"})
    credentials = Credentials({}, Helper("${WORKTREE}/x", {}, run=program))

    credentials.headers()

    assert (
        credentials.problem == "headers helper: expected a path, got one with a place that is not known yet"
    )
    assert program.runs == []


def test_no_value_is_in_a_repr() -> None:
    """What is kept masks its values."""
    shared = helper(Program({"a": "s3cr3t"}))
    shared.current()

    assert "s3cr3t" not in repr(shared.answer)


def secrets(*values: str) -> dict[str, Secret]:
    """Return headers with these values."""
    return {f"h{number}": Secret(value) for number, value in enumerate(values)}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((), None),
        (("Bearer abc",), None),
        ((token(exp=5),), 5.0),
        ((f"Bearer {token(exp=5.5)}",), 5.5),
        ((token(exp=9), token(exp=7)), 7.0),
        ((token(sub="x"),), None),
        ((token(exp=True),), None),
        ((token(exp="5"),), None),
        ((token(exp=10**400),), None),
        (("a.b.c",), None),
        (("a.bnVsbA.c",), None),
    ],
)
def test_earliest_end_of_the_tokens_counts(values: tuple[str, ...], expected: float | None) -> None:
    """Of several tokens the first to expire counts; anything else has no end."""
    assert expiry_s(secrets(*values)) == expected


def parts() -> Iterator[st.SearchStrategy[str]]:
    """Yield what tokens are made of: anything, and JSON in base64."""
    yield st.text()
    yield st.binary().map(lambda data: f"a.{base64.urlsafe_b64encode(data).decode()}.c")
    numbers = st.floats() | st.integers() | st.text()
    yield numbers.map(lambda value: token(exp=value))


@given(st.one_of(*parts()))
def test_any_value_has_an_end_or_none(value: str) -> None:
    """No header value raises."""
    end_s = expiry_s(secrets(value))

    assert end_s is None or isinstance(end_s, float)
