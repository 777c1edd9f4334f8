"""Names of secrets in the forms of files, commands and languages: their values go, whatever the value."""

import json
from typing import Final
from urllib.parse import quote

import pytest

from otel_agent.redaction.redactor import Redactor
from tests.redaction.cases import HEX, MIXED

REDACTOR: Final = Redactor()
NAMES: Final = (
    *(
        "PASSWORD",
        "db_password",
        "dbPassword",
        "MYSQL_PWD",
        "SECRET",
        "client_secret",
        "clientSecret",
        "API_KEY",
    ),
    *("openai_api_key", "apiKey", "accessToken", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "private_key"),
    *("SECRET_KEY_BASE", "passphrase", "ADMIN_PASS", "TOKEN2", "X-Auth-Token", "Ocp-Apim-Subscription-Key"),
)
VALUES: Final = ("hunter2", "Pa$$w0rd!", "p@ss:w/rd", "k3y-With_Symbols.42", HEX[:32], MIXED[:27] + "=")
FORMS: Final = {
    "shell": "export {n}={v} && make",
    "shell, quoted": "export {n}='{v}'",
    "shell, in front": "{n}={v} ./run.sh",
    "fish": "set -x {n} {v}",
    "Windows": 'setx {n} "{v}"',
    "PowerShell": '$env:{n} = "{v}"',
    "docker": "docker run -e {n}={v} image",
    "option": "tool --{n} {v} x",
    "option, joined": "tool --{n}={v} x",
    "make": "{n} ?= {v}\n",
    "ini": "{n} = {v}\n",
    "properties": "spring.datasource.{n}={v}\n",
    "YAML": "- {n}: {v}\n",
    "YAML, quoted": '  {n}: "{v}"\n',
    "Kubernetes": "- name: {n}\n  value: {v}\n",
    "JSON": '{{"{n}": "{v}", "a": 1}}',
    "JSON, dense": '{{"a":1,"{n}":"{v}"}}',
    "JSON in a text": '{{\\"{n}\\": \\"{v}\\"}}',
    "JSON of pairs": '[{{"name": "{n}", "value": "{v}"}}]',
    "JSON of variables": '"Env": ["{n}={v}", "PATH=/bin"]',
    "XML": "<{n}>{v}</{n}>",
    "header": "{n}: {v}\r\nHost: x",
    "curl": "curl -H '{n}: {v}' https://x.example",
    "Python": '{n} = "{v}"',
    "Python, dict": "{{'{n}': '{v}'}}",
    "Python, argument": 'login({n}="{v}")',
    "Python, environment": 'os.environ["{n}"] = "{v}"',
    "JavaScript": "const {n} = `{v}`;",
    "Go": '{n} := "{v}"',
    "Ruby": '{n}: "{v}",',
    "PHP": "'{n}' => '{v}',",
    "diff": "+{n}={v}\n",
    "numbered lines": "  12: {n}={v}\n",
    "log": "connecting with {n}={v}, retry",
    "comparison": '{n} == "{v}"',
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_value_of_a_name_goes(form: str) -> None:
    """No name of a secret shows its value in a form, and the name stays."""
    texts = [(name, value, form.format(n=name, v=value)) for name in NAMES for value in VALUES]
    left = [(name, value, REDACTOR.text(text)) for name, value, text in texts]

    assert [] == [text for name, value, text in left if value in text or name not in text]


def test_parameter_of_a_url_goes() -> None:
    """A name of a secret is one in a URL too."""
    urls = [
        (value, f"https://x.example/?a=b&{name}={quote(value, safe='')}&c=d")
        for name in NAMES
        for value in VALUES
    ]

    assert [] == [url for value, url in urls if quote(value, safe="") in REDACTOR.text(url)]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_value_in_a_text_within_json_goes(form: str) -> None:
    """JSON that a tool gave back is a text with escapes, which hide nothing; and it is JSON afterwards."""
    texts = [
        (value, json.dumps({"a": f"x\n{form.format(n=name, v=value)}"})) for name in NAMES for value in VALUES
    ]
    left = [(value, REDACTOR.text(text)) for value, text in texts]

    assert [] == [text for value, text in left if value in text]
    assert [["a"]] * len(left) == [list(json.loads(text)) for _, text in left]


def test_value_of_a_key_in_json_goes() -> None:
    """In what a tool was called with a name is a key, or stands beside its value."""
    values = [
        json.dumps(value)
        for name in NAMES
        for value in ({name: "hunter2"}, {"name": name, "value": "hunter2"})
    ]

    assert [] == [text for text in values if "hunter2" in REDACTOR.json(text)]
