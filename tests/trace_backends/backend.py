"""A trace backend as the tests use it: requests go in, and what its pages show comes out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.e2e.waiting import wait_until
from tests.trace_backends.made import spans_in
from tests.trace_backends.serving import deliver
from tests.trace_backends.shown import ShownSession, ShownTrace


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend(ABC):
    """One project or experiment of a running backend; `url` is where its pages and its OTLP over HTTP are."""

    url: str
    _sent: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    @property
    def endpoint(self) -> str:
        """Where an exporter sends traces over HTTP, in protobuf."""
        return f"{self.url}/v1/traces"

    @property
    @abstractmethod
    def headers(self) -> Mapping[str, str]:
        """What an exporter sends along so that its spans land here and nowhere else."""

    @abstractmethod
    def look(self, trace_id: str) -> ShownTrace | None:
        """Give what is there of a trace (by its OTLP id, in hex) now; None when nothing is."""

    @abstractmethod
    def listed(self) -> list[str]:
        """Give the traces of the page that lists them, by OTLP id."""

    @abstractmethod
    def sessions(self) -> dict[str, ShownSession]:
        """Give the sessions by id."""

    @abstractmethod
    def clear(self) -> None:
        """Forget everything, so that the next test can send the same ids again."""

    def send(self, payload: bytes) -> None:
        """Deliver one ExportTraceServiceRequest."""
        deliver(self.endpoint, payload, self.headers)
        for trace, spans in spans_in(payload).items():
            self._sent[trace] = self._sent.get(trace, frozenset()) | spans

    def trace(self, trace_id: str, *, at_least: int = 1) -> ShownTrace:
        """Give a trace when all that `send` delivered of it is there, and at least so many spans."""
        sent = self._sent.get(trace_id, frozenset())

        def arrived() -> ShownTrace | None:
            found = self.look(trace_id)
            there = {span.id for span in found.spans} if found else set[str]()
            return found if sent <= there and len(there) >= at_least else None

        found = wait_until(arrived, what=f"{max(len(sent), at_least)} spans of {trace_id}")
        assert found is not None
        return found
