"""The gateway's door with TLS and a token."""

from pathlib import Path

import pytest

from tests.backends.gateways import Gateway, gateway, lately, numbers, send, settled, truth
from tests.exporter import certificates

TOKENS = ("the-old-token", "the-new-token")


def door(folder: Path) -> dict[str, str]:
    """Write certificate and tokens, and give the environment that names them."""
    folder.mkdir()
    pem = certificates.make(folder)
    tokens = folder / "tokens"
    tokens.write_text("".join(f"{token}\n" for token in TOKENS), encoding="utf-8")
    return {
        "TLS_CERTIFICATE": str(pem.server[0]),
        "TLS_KEY": str(pem.server[1]),
        "TOKENS_FILE": str(tokens),
    }


def telemetry(it: Gateway, folder: Path, protocol: str, token: str) -> dict[str, str]:
    """Give the settings of an agent with a token."""
    url = it.collector.url(protocol).replace("http:", "https:")
    return it.telemetry(protocol) | {
        "OPENCODE_OTLP_ENDPOINT": url,
        "OPENCODE_OTLP_HEADERS": f"Authorization=Bearer%20{token}",
        "OTEL_EXPORTER_OTLP_CERTIFICATE": str(folder / "ca.pem"),
    }


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_only_a_known_token_comes_in(tmp_path: Path, protocol: str) -> None:
    """Either token of the file is taken; with another one the agent keeps what it has."""
    files = [lately(name, tmp_path / "files") for name in ("run_simple", "run_edit")]
    expected, folder = truth(files), tmp_path / "pem"
    environ = door(folder)

    with gateway(tmp_path, "secure.yaml", **environ) as it:
        wrong = telemetry(it, folder, protocol, "no-token")
        assert not send(files[0], tmp_path / "wrong", wrong, timeout_s=3).is_delivered
        for file, token in zip(files, TOKENS, strict=True):
            assert send(file, tmp_path, telemetry(it, folder, protocol, token)).is_delivered

        assert expected == settled(lambda: numbers(it.prometheus, is_from_zero=True), expected)
