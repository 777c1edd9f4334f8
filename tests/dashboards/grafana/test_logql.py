"""LogQL: log events by their service, name and session."""

from otel_agent.dashboards.grafana.logql import LogQL
from otel_agent.dashboards.queries import Occurrences, Told
from otel_agent.signals.logs import API_ERROR, SESSION_ERROR

LOGQL = LogQL(service="opencode")


def test_records_are_chosen_by_name_and_session() -> None:
    """Without a name all events are shown."""
    every, some, session = (
        LOGQL.told(query).split(" | line_format ")[0]
        for query in (Told(), Told(of=(API_ERROR, SESSION_ERROR)), Told(is_of_session=True))
    )

    assert '{service_name="opencode"}' == every
    assert '{service_name="opencode"} | event_name=~"api_error|session.error"' == some
    assert '{service_name="opencode"} | session_id=~"$session_id"' == session


def test_line_shows_what_a_record_has() -> None:
    """An attribute that a record does not have leaves no trace in its line."""
    assert "{{.event_name}}{{if .model}} model={{.model}}{{end}}" in LOGQL.told(Told())


def test_occurrences_are_counted_in_each_step() -> None:
    """The attributes' dots become underscores."""
    assert (
        'sum by (model) (count_over_time({service_name="opencode"} | event_name=~"api_error" [$__interval]))'
    ) == LOGQL.occurrences(Occurrences(of=API_ERROR, by=("model",)))
