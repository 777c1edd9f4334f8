"""The helpers that ask a server, against servers that hold them to what is documented."""

import base64
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, unquote_plus

import pytest

from tests.exporter import certificates
from tests.helpers.credentials import BEARER, SECRET, Asked, Machine, Reply, serving, web_token

AUDIENCE = "https://otlp.example.com"
NOT_FOUND = Reply(status=404)


def google(asked: Asked) -> Reply:
    """Answer as the metadata server does: https://cloud.google.com/compute/docs/metadata/querying-metadata."""
    if asked.headers.get("metadata-flavor") != "Google" or "x-forwarded-for" in asked.headers:
        return Reply(status=403)
    if asked.path != "/computeMetadata/v1/instance/service-accounts/default/identity":
        return NOT_FOUND
    return (
        Reply(body=web_token(), headers={"Metadata-Flavor": "Google"})
        if asked.query["audience"]
        else NOT_FOUND
    )


def test_google_metadata_server_gives_a_token(machine: Machine) -> None:
    """It needs its header, and the audience."""
    with serving(google) as server:
        ended = machine.run(
            "google-metadata-token", {"GCE_METADATA_HOST": server.host}, AUDIENCE=f"{AUDIENCE}/?a=b&c"
        )

    assert {"Authorization": f"Bearer {web_token()}"} == ended.headers
    assert f"{AUDIENCE}/?a=b&c" == server.asked[0].query["audience"]


def imds(asked: Asked) -> Reply:
    """Answer as a virtual machine's metadata service does."""
    query = {"api-version": "2018-02-01", "resource": "api://a"}
    if asked.headers.get("metadata") != "true":
        return Reply(status=400, body={"error": "invalid_request"})
    if asked.path != "/metadata/identity/oauth2/token" or not query.items() <= asked.query.items():
        return NOT_FOUND
    return Reply(body={"access_token": SECRET, "expires_on": "2000000000", "token_type": "Bearer"})


def test_virtual_machine_has_an_identity(machine: Machine) -> None:
    """Its end is a text with seconds in it."""
    with serving(imds) as server:
        environ = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": server.url}
        ended = machine.run("azure-managed-identity", environ, RESOURCE="api://a", CLIENT_ID="me")

    assert ({"Authorization": BEARER}, 2_000_000_000.0) == (ended.headers, ended.printed.expires_s)
    assert "me" == server.asked[0].query["client_id"]


def app_service(asked: Asked) -> Reply:
    """Answer as App Service and Container Apps do."""
    query = {"api-version": "2019-08-01", "resource": "api://a"}
    if asked.headers.get("x-identity-header") != "local" or dict(asked.query) != query:
        return Reply(status=401)
    return Reply(body={"access_token": SECRET, "expires_on": "2000000000", "client_id": "…"})


def test_app_service_has_an_identity(machine: Machine) -> None:
    """It names its endpoint and the endpoint's password in the environment."""
    with serving(app_service) as server:
        environ = {"IDENTITY_ENDPOINT": f"{server.url}/msi/token", "IDENTITY_HEADER": "local"}
        ended = machine.run("azure-managed-identity", environ, RESOURCE="api://a")

    assert ({"Authorization": BEARER}, 2_000_000_000.0) == (ended.headers, ended.printed.expires_s)


def test_azure_arc_is_not_known(machine: Machine) -> None:
    """Its tokens need a file that only root may read."""
    environ = {"IDENTITY_ENDPOINT": "http://localhost:40342/x", "IMDS_ENDPOINT": "http://localhost:40342"}

    assert "Azure Arc" in machine.failure("azure-managed-identity", environ, RESOURCE="a")


def authorization(**reply: object) -> Callable[[Asked], Reply]:
    """Answer as RFC 6749 has it for the client `a:b` and the secret, by either way to authenticate."""

    def answer(asked: Asked) -> Reply:
        form = {name: values[0] for name, values in parse_qs(asked.body).items()}
        kind, _, encoded = asked.headers.get("authorization", "").partition(" ")
        client, _, password = base64.b64decode(encoded).decode().partition(":")
        if kind == "Basic":
            pair = unquote_plus(client), unquote_plus(password)
        else:
            pair = form.get("client_id", ""), form.get("client_secret", "")
        if asked.method != "POST" or asked.headers["content-type"] != "application/x-www-form-urlencoded":
            return Reply(status=405)
        if form.get("grant_type") != "client_credentials":
            return Reply(status=400, body={"error": "unsupported_grant_type"})
        if pair != ("a:b", f"{SECRET}+%"):
            return Reply(status=401, body={"error": "invalid_client", "error_description": SECRET})
        return Reply(body={"access_token": SECRET, "token_type": "bearer", **reply})

    return answer


CLIENT = {"CLIENT_ID": "a:b", "CLIENT_SECRET": f"{SECRET}+%"}


@pytest.mark.parametrize("way", ["", "basic", "post"])
def test_client_gets_a_token_for_its_secret(machine: Machine, way: str) -> None:
    """Both ways to authenticate are tried with an id and a secret that need their escapes."""
    with serving(authorization(expires_in=3600)) as server:
        began_s = time.time()
        ended = machine.run(
            "oauth2-client-credentials", TOKEN_URL=f"{server.url}/token", AUTH=way, SCOPE="a b", **CLIENT
        )

    assert {"Authorization": BEARER} == ended.headers
    assert began_s + 3599 <= (ended.printed.expires_s or 0) <= time.time() + 3600
    assert ["a b"] == parse_qs(server.asked[0].body)["scope"]
    assert (way == "post") == (SECRET in server.asked[0].body)


def test_clients_secret_may_be_in_a_file(machine: Machine) -> None:
    """And a server need not say how long a token is good."""
    path = machine.home / "secret"
    path.write_text(f"{SECRET}+%\n", encoding="utf-8")
    with serving(authorization()) as server:
        ended = machine.run(
            "oauth2-client-credentials", TOKEN_URL=server.url, CLIENT_ID="a:b", CLIENT_SECRET_FILE=str(path)
        )

    assert ({"Authorization": BEARER}, None) == (ended.headers, ended.printed.expires_s)


@pytest.mark.parametrize(
    ("change", "reply", "said"),
    [
        ({"CLIENT_SECRET": "wrong"}, {}, "the token endpoint: HTTP 401 invalid_client"),
        ({}, {"token_type": "DPoP"}, "the token endpoint: expected a token of type Bearer, got another type"),
        (
            {},
            {"access_token": 1},
            "the token endpoint: expected a text under access_token, got something else",
        ),
        ({"AUTH": "tls"}, {}, "OTEL_AGENT_HELPER_AUTH: expected basic or post, got something else"),
        ({"CLIENT_SECRET": ""}, {}, "expected one of OTEL_AGENT_HELPER_CLIENT_SECRET_FILE and"),
        ({"CLIENT_SECRET_FILE": "/a"}, {}, "got both"),
        (
            {"CLIENT_SECRET": "", "CLIENT_SECRET_FILE": "/nowhere"},
            {},
            "CLIENT_SECRET_FILE: cannot be read: No such file or directory",
        ),
        ({"TOKEN_URL": "http://example.com"}, {}, "TOKEN_URL: expected an https:// URL, got something else"),
        ({"TOKEN_URL": "https://"}, {}, "the token endpoint: cannot be reached"),
        ({"TOKEN_URL": "file://localhost/x"}, {}, "expected an http:// or https:// URL, got something else"),
    ],
)
def test_token_that_is_not_given_is_said(
    machine: Machine, change: Mapping[str, str], reply: Mapping[str, object], said: str
) -> None:
    """The server's code is shown when it is one of the RFC's, its own words are not."""
    with serving(authorization(**reply)) as server:
        settings = {"TOKEN_URL": server.url, **CLIENT, **change}

        assert said in machine.failure("oauth2-client-credentials", **settings)


def test_certificate_is_checked(machine: Machine, tmp_path: Path) -> None:
    """A secret goes only to a server whose certificate is good."""
    pem = certificates.make(tmp_path)
    with serving(authorization(), pair=pem.server) as server:
        settings = {"TOKEN_URL": server.url, **CLIENT}
        said = machine.failure("oauth2-client-credentials", **settings)
        ended = machine.run("oauth2-client-credentials", {"SSL_CERT_FILE": str(pem.ca)}, **settings)

    assert said.startswith("the token endpoint: cannot be reached: ")
    assert {"Authorization": BEARER} == ended.headers
    assert 1 == len(server.asked)


def test_redirect_is_not_followed(machine: Machine) -> None:
    """Else the secret would go where the server says."""
    with serving(lambda _: Reply()) as elsewhere:
        moved = Reply(status=307, headers={"Location": elsewhere.url})
        with serving(lambda _: moved) as server:
            said = machine.failure("oauth2-client-credentials", TOKEN_URL=server.url, **CLIENT)

    assert "the token endpoint: HTTP 307" == said
    assert [] == elsewhere.asked


def vault(asked: Asked) -> Reply:
    """Answer as Vault's KV engines of both versions do."""
    if asked.headers.get("x-vault-token") != SECRET or asked.headers.get("x-vault-request") != "true":
        return Reply(status=403, body={"errors": ["permission denied"]})
    if asked.headers.get("x-vault-namespace", "") not in {"", "team"}:
        return NOT_FOUND
    facts = {"request_id": "1", "lease_id": "", "renewable": False, "auth": None, "warnings": None}
    secret = {"token": SECRET, "api key": f"key-{SECRET}"}
    match asked.path:
        case "/v1/secret/data/otlp/prod":
            inner = {"data": secret, "metadata": {"version": 1, "destroyed": False}}
            return Reply(body={**facts, "data": inner, "lease_duration": 0})
        case "/v1/kv%20one/otlp":
            return Reply(body={**facts, "data": secret, "lease_duration": 3600})
        case _:
            return Reply(status=404, body={"errors": []})


def test_vault_keeps_a_token(machine: Machine) -> None:
    """In version 2 of the engine, which has no leases."""
    with serving(vault) as server:
        environ = {"VAULT_ADDR": f"{server.url}/", "VAULT_TOKEN": SECRET, "VAULT_NAMESPACE": "team"}
        ended = machine.run("vault", environ, PATH="otlp/prod")

    assert ({"Authorization": BEARER}, None) == (ended.headers, ended.printed.expires_s)
    assert "team" == server.asked[0].headers["x-vault-namespace"]


def test_vault_names_a_lease(machine: Machine) -> None:
    """In version 1, by which the value is read anew; the login's file has Vault's own token."""
    (machine.home / ".vault-token").write_text(f"{SECRET}\n", encoding="ascii")
    with serving(vault) as server:
        began_s = time.time()
        ended = machine.run(
            "vault",
            {"VAULT_ADDR": server.url},
            KV="1",
            MOUNT="kv one/",
            PATH="/otlp",
            KEY="api key",
            HEADER="x-key",
        )

    assert {"x-key": f"key-{SECRET}"} == ended.headers
    assert began_s + 3599 <= (ended.printed.expires_s or 0) <= time.time() + 3600


@pytest.mark.parametrize(
    ("environ", "settings", "said"),
    [
        ({"VAULT_TOKEN": "wrong"}, {}, "Vault: HTTP 403"),
        ({"VAULT_TOKEN": ""}, {}, "expected VAULT_TOKEN or ~/.vault-token, got none: vault login"),
        ({"VAULT_TOKEN": f"{SECRET}\nX: y"}, {}, "Vault: cannot be reached: ValueError"),
        ({"VAULT_ADDR": "vault:8200"}, {}, "VAULT_ADDR: expected the http:// or https:// URL of Vault"),
        ({"VAULT_CACERT": "/nowhere"}, {}, "VAULT_CACERT: cannot be used: No such file or directory"),
        (
            {},
            {"PATH": ""},
            "OTEL_AGENT_HELPER_PATH: expected the path of the secret in its engine, got nothing",
        ),
        ({}, {"PATH": "none"}, "Vault: HTTP 404"),
        ({}, {"KEY": "none"}, "the secret: expected a text under none, got something else"),
        ({}, {"KV": "3"}, "OTEL_AGENT_HELPER_KV: expected 1 or 2, got something else"),
        (
            {"OTEL_AGENT_HELPER_PATH": "\udcff"},
            {},
            "expected variables and answers in UTF-8, got other bytes",
        ),
    ],
)
def test_vault_without_a_token_is_said(
    machine: Machine, environ: Mapping[str, str], settings: Mapping[str, str], said: str
) -> None:
    """Each cause has its message."""
    with serving(vault) as server:
        known = {"VAULT_ADDR": server.url, "VAULT_TOKEN": SECRET, **environ}

        assert said in machine.failure("vault", known, **{"PATH": "otlp/prod", **settings})


ASKED: Mapping[str, Callable[[str], tuple[dict[str, str], dict[str, str]]]] = {
    "google-metadata-token": lambda host: ({"GCE_METADATA_HOST": host}, {"AUDIENCE": "a"}),
    "azure-managed-identity": lambda host: (
        {"AZURE_POD_IDENTITY_AUTHORITY_HOST": f"http://{host}"},
        {"RESOURCE": "a"},
    ),
    "oauth2-client-credentials": lambda host: ({}, {"TOKEN_URL": f"http://{host}", **CLIENT}),
    "vault": lambda host: ({"VAULT_ADDR": f"http://{host}", "VAULT_TOKEN": SECRET}, {"PATH": "a"}),
}


@pytest.mark.parametrize("helper", ASKED)
def test_server_that_is_away_is_said(machine: Machine, helper: str) -> None:
    """The message has the cause and no URL."""
    with serving(lambda _: Reply()) as server:
        host = server.host
    environ, settings = ASKED[helper](host)

    said = machine.failure(helper, environ, **settings)

    assert said.endswith(": cannot be reached: Connection refused")
    assert host not in said


@pytest.mark.parametrize("helper", ASKED)
@pytest.mark.parametrize(
    "reply", [Reply(status=500, body=SECRET), Reply(body=f"<html>{SECRET}"), Reply(body=[1])]
)
def test_answer_of_another_form_is_said(machine: Machine, helper: str, reply: Reply) -> None:
    """A proxy's page, an error, a list: nothing of them is shown."""
    with serving(lambda _: reply) as server:
        environ, settings = ASKED[helper](server.host)
        said = machine.failure(helper, environ, **settings)

    assert ": HTTP 500" in said if reply.status == 500 else ": expected a JSON" in said


@pytest.mark.parametrize("helper", ["google-metadata-token", "azure-managed-identity"])
def test_machines_own_server_is_not_asked_through_a_proxy(machine: Machine, helper: str) -> None:
    """Behind a proxy another machine would answer, or nobody."""
    with serving(google if helper.startswith("google") else imds) as server:
        environ, settings = ASKED[helper](server.host)
        proxies = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
        settings |= {"RESOURCE": "api://a"} if "RESOURCE" in settings else {}

        assert 0 == machine.run(helper, environ | proxies, **settings).code
