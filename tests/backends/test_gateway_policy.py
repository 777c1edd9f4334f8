"""What the attribute policy takes off reaches no backend, whatever a developer's settings say."""

import hashlib
from pathlib import Path

import pytest

from otel_agent.signals.attributes import CATALOGUE, Sensitivity
from tests.backends.collector import DEPLOY
from tests.backends.gateways import Gateway, gateway, lately, send, settled
from tests.e2e.recipes import CONTENT

EMAIL = "dev@example.com"
EVERYWHERE = {
    "OPENCODE_METRIC_ATTRIBUTES": f"user.email={EMAIL}",
    "OPENCODE_SPAN_ATTRIBUTES": f"user.email={EMAIL}",
    "OPENCODE_RESOURCE_ATTRIBUTES": f"user.email={EMAIL},team=core",
}
WORDS = ("Do it [[scenario:commit]]", "Committed.", "git commit", EMAIL)
PROFILES = ("opencode", "gen_ai", "openinference", "claude_code")
SALT = "a salt"
TOKENS = "opencode_token_usage_tokens_total"


def told(it: Gateway) -> str:
    """Give everything that the backends of logs and traces have, as text."""
    spans = [
        (one.name, one.attributes, one.events, one.status_message, one.resource) for one in it.sink.spans()
    ]
    return repr([*spans, *((one.body, one.attributes, one.resource) for one in it.sink.log_records())])


def emails(it: Gateway) -> list[str]:
    """Give the addresses that Prometheus knows, as labels of any series."""
    return it.prometheus.values("user_email", '{__name__=~".+"}', 0, 4e9)


@pytest.mark.parametrize("profile", PROFILES)
def test_addresses_and_texts_stop_here(tmp_path: Path, profile: str) -> None:
    """With every capture switch on, no text and no address is left in any signal; the rest arrives."""
    file = lately("run_content", tmp_path / "files")

    with gateway(tmp_path) as it:
        settings = it.telemetry("grpc", OPENCODE_TRACE_PROFILE=profile, **CONTENT, **EVERYWHERE)
        result = send(file, tmp_path, settings)
        counts = [result.counts[f"delivered.items.{signal}"] for signal in ("logs", "traces")]
        assert counts == settled(lambda: [len(it.sink.log_records()), len(it.sink.spans())], counts)

        assert [] == [word for word in WORDS if word in told(it)]
        assert ["core"] == settled(lambda: it.prometheus.values("team", TOKENS, 0, 4e9), ["core"])
        assert [] == emails(it)


def test_an_address_can_be_a_hash(tmp_path: Path) -> None:
    """With a salt every signal has the same hash in its place, so that people can still be told apart."""
    expected = hashlib.sha256(f"{EMAIL}{SALT}".encode()).hexdigest()

    with gateway(tmp_path, EMAIL_SALT=SALT) as it:
        settings = it.telemetry("grpc", **EVERYWHERE)
        assert send(lately("run_simple", tmp_path / "files"), tmp_path, settings).is_delivered

        assert [expected] == settled(lambda: emails(it), [expected])
        assert {expected} == settled(
            lambda: {one.attributes["user.email"] for one in it.sink.spans()}, {expected}
        )


def test_policy_names_all_content() -> None:
    """What the table of attributes calls content stands in the gateway's file."""
    policy = (DEPLOY / "gateway.yaml").read_text(encoding="utf-8")
    content = [row.key for row in CATALOGUE if row.sensitivity is Sensitivity.CONTENT]

    assert [] == [key for key in content if key not in policy]
