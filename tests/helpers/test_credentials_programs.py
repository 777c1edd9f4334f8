"""The helpers that ask a CLI: what they start it with, and what becomes of its answer."""

import json

import pytest

from tests.helpers.credentials import BEARER, SECRET, Machine, web_token

GCLOUD = ("auth", "print-identity-token", "--quiet")
AZ = ("account", "get-access-token", "--output", "json")
SECRETS = ("secretsmanager", "get-secret-value", "--secret-id", "otlp", "--output", "json")
PARAMETERS = ("ssm", "get-parameter", "--name", "/otlp", "--with-decryption", "--output", "json")
# What az 2.54 and later print.
AZ_TOKEN = {
    "accessToken": SECRET,
    "expiresOn": "2033-05-18 03:33:20.000000",
    "expires_on": 2_000_000_000,
    "subscription": "00000000-0000-0000-0000-000000000000",
    "tenant": "00000000-0000-0000-0000-000000000000",
    "tokenType": "Bearer",
}


def secret_of(text: str) -> str:
    """Return what `aws secretsmanager get-secret-value` prints."""
    return json.dumps({"ARN": "arn:aws:…", "Name": "otlp", "VersionId": "1", "SecretString": text})


def parameter_of(text: str) -> str:
    """Return what `aws ssm get-parameter` prints."""
    return json.dumps({"Parameter": {"Name": "/otlp", "Type": "SecureString", "Value": text, "Version": 1}})


@pytest.mark.parametrize(
    ("settings", "arguments"),
    [
        ({}, GCLOUD),
        ({"AUDIENCE": "https://otlp.example.com"}, (*GCLOUD, "--audiences=https://otlp.example.com")),
        (
            {"AUDIENCE": "https://a", "SERVICE_ACCOUNT": "ci@p.iam", "ACCOUNT": "me@example.com"},
            (*GCLOUD, "me@example.com", "--audiences=https://a", "--impersonate-service-account=ci@p.iam"),
        ),
    ],
)
def test_gcloud_prints_the_token(
    machine: Machine, settings: dict[str, str], arguments: tuple[str, ...]
) -> None:
    """One line, whose end the agent finds in it."""
    machine.program("gcloud", *arguments, prints=f"{web_token()}\n")

    assert {"Authorization": f"Bearer {web_token()}"} == machine.run(
        "gcloud-identity-token", **settings
    ).headers


@pytest.mark.parametrize(
    ("settings", "arguments"),
    [
        ({"RESOURCE": "api://a"}, (*AZ, "--resource", "api://a")),
        ({"SCOPE": "api://a/.default", "TENANT": "t"}, (*AZ, "--scope", "api://a/.default", "--tenant", "t")),
    ],
)
def test_az_prints_token_and_end(
    machine: Machine, settings: dict[str, str], arguments: tuple[str, ...]
) -> None:
    """The end is the one in seconds, not the local time beside it."""
    machine.program("az", *arguments, prints=json.dumps(AZ_TOKEN))

    ended = machine.run("azure-cli-token", **settings)

    assert ({"Authorization": BEARER}, 2_000_000_000.0) == (ended.headers, ended.printed.expires_s)


def test_older_az_tells_no_end(machine: Machine) -> None:
    """Before 2.54 there is only a local time, which is not used: the token is a JSON web token."""
    older = {name: value for name, value in AZ_TOKEN.items() if name != "expires_on"}
    machine.program("az", *AZ, "--resource", "api://a", prints=json.dumps(older))

    ended = machine.run("azure-cli-token", RESOURCE="api://a")

    assert ({"Authorization": BEARER}, None) == (ended.headers, ended.printed.expires_s)


@pytest.mark.parametrize(
    ("settings", "arguments", "prints"),
    [
        ({"SECRET_ID": "otlp"}, SECRETS, secret_of(SECRET)),
        (
            {"SECRET_ID": "otlp", "KEY": "api key"},
            SECRETS,
            secret_of(json.dumps({"api key": SECRET, "user": "x"})),
        ),
        ({"PARAMETER": "/otlp"}, PARAMETERS, parameter_of(f"{SECRET}\n")),
        ({"PARAMETER": "/otlp", "KEY": "k"}, PARAMETERS, parameter_of(json.dumps({"k": SECRET}))),
    ],
)
def test_aws_keeps_a_key(
    machine: Machine, settings: dict[str, str], arguments: tuple[str, ...], prints: str
) -> None:
    """A header of another name has no scheme before the key."""
    machine.program("aws", *arguments, prints=prints)

    ended = machine.run("aws-secret", HEADER="signoz-ingestion-key", **settings)

    assert {"signoz-ingestion-key": SECRET} == ended.headers


@pytest.mark.parametrize(
    ("tool", "account", "arguments"),
    [
        ("security", "", ("find-generic-password", "-s", "otlp", "-w")),
        ("security", "me", ("find-generic-password", "-s", "otlp", "-a", "me", "-w")),
        ("secret-tool", "", ("lookup", "service", "otlp")),
        ("secret-tool", "me", ("lookup", "service", "otlp", "account", "me")),
    ],
)
def test_keychain_keeps_a_key(machine: Machine, tool: str, account: str, arguments: tuple[str, ...]) -> None:
    """On macOS the line is ended, on Linux it is not."""
    machine.program(tool, *arguments, prints=SECRET + "\n" * (tool == "security"))

    ended = machine.run("keychain", TOOL=tool, SERVICE="otlp", ACCOUNT=account)

    assert {"Authorization": BEARER} == ended.headers


RUNS: dict[str, tuple[str, dict[str, str], tuple[str, ...], str]] = {
    "gcloud-identity-token": ("gcloud", {}, GCLOUD, ""),
    "azure-cli-token": ("az", {"RESOURCE": "a"}, (*AZ, "--resource", "a"), ""),
    "aws-secret": ("aws", {"SECRET_ID": "otlp"}, SECRETS, ""),
    "keychain": (
        "secret-tool",
        {"SERVICE": "a", "TOOL": "secret-tool"},
        ("lookup", "service", "a"),
        " (is it stored, is the keychain unlocked? Without a keychain, use the helper called file)",
    ),
}


@pytest.mark.parametrize("helper", RUNS)
def test_program_that_is_missing_is_said(machine: Machine, helper: str) -> None:
    """What to install is in the message."""
    program, settings, _, advice = RUNS[helper]

    assert f"{program}: expected it on PATH, found nothing{advice}" == machine.failure(helper, **settings)


@pytest.mark.parametrize("helper", RUNS)
def test_program_that_fails_is_said(machine: Machine, helper: str) -> None:
    """What it printed is not used."""
    program, settings, arguments, advice = RUNS[helper]
    machine.program(program, *arguments, prints=SECRET, code=44)

    assert f"{program}: expected exit code 0, got 44{advice}" == machine.failure(helper, **settings)


@pytest.mark.parametrize("helper", RUNS)
def test_program_that_hangs_is_said_in_time(machine: Machine, helper: str) -> None:
    """Before the agent would end the helper without a word."""
    program, settings, arguments, advice = RUNS[helper]
    machine.program(program, *arguments, sleep_s=20)

    said = machine.failure(helper, **settings)

    assert f"{program}: expected an answer within 4.5 s, got none{advice}" == said


@pytest.mark.parametrize("helper", RUNS)
def test_program_that_prints_nothing_is_said(machine: Machine, helper: str) -> None:
    """An empty token is no token."""
    program, settings, arguments, _ = RUNS[helper]
    machine.program(program, *arguments)

    expected = "expected a token, got nothing"
    if program in {"az", "aws"}:
        expected = f"{program}: expected a JSON object, got something else"
    assert expected == machine.failure(helper, **settings)


@pytest.mark.parametrize(
    ("prints", "key", "said"),
    [
        (secret_of(""), "", "aws: expected a text under SecretString, got something else"),
        (
            json.dumps({"SecretBinary": SECRET}),
            "",
            "aws: expected a text under SecretString, got something else",
        ),
        (secret_of(SECRET), "k", "the secret: expected a JSON object, got something else"),
        (secret_of(json.dumps({"k": 1})), "k", "the secret: expected a text under k, got something else"),
        (
            secret_of(f"{SECRET}\nx"),
            "",
            "expected a header of one line of printable ASCII, got other characters",
        ),
    ],
)
def test_secret_of_another_form_is_said(machine: Machine, prints: str, key: str, said: str) -> None:
    """A binary secret, another key, several lines: each says what was expected."""
    machine.program("aws", *SECRETS, prints=prints)

    assert said == machine.failure("aws-secret", SECRET_ID="otlp", KEY=key)


@pytest.mark.parametrize(
    ("helper", "settings", "said"),
    [
        ("aws-secret", {"SECRET_ID": "a", "PARAMETER": "b"}, "got both"),
        ("aws-secret", {"SECRET_ID": " "}, "got none"),
        ("azure-cli-token", {"RESOURCE": "a", "SCOPE": "b"}, "got both"),
        ("keychain", {"SERVICE": "a", "TOOL": "pass"}, "TOOL: expected security or secret-tool"),
        ("keychain", {}, "SERVICE: expected the name that the secret was stored under, got nothing"),
    ],
)
def test_variables_that_do_not_fit_are_said(
    machine: Machine, helper: str, settings: dict[str, str], said: str
) -> None:
    """Nothing is started then."""
    assert said in machine.failure(helper, **settings)


def test_no_secret_is_an_argument(machine: Machine) -> None:
    """Everybody on the machine can read what a process was started with."""
    machine.program("aws", *SECRETS, prints=secret_of(SECRET))

    machine.run("aws-secret", {"AWS_SECRET_ACCESS_KEY": SECRET}, SECRET_ID="otlp")

    assert list(SECRETS) == machine.arguments("aws")
