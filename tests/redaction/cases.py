"""The conformance table: texts, and what leaves of them.

Every credential is made up and put together here, so that no scanner takes this file for one that has some.
"""

from dataclasses import dataclass
from typing import Final

MIXED: Final = "a1B2c3D4e5F6g7H8i9J0" * 20
LOWER: Final = "a1b2c3d4e5f6g7h8i9j0" * 20
UPPER: Final = "A2B3C4D5E6F7G2H3I4J5" * 20
HEX: Final = "0a1b2c3d4e5f60718293" * 20
DIGITS: Final = "1234567890" * 20
BLOCK: Final = "\n".join((MIXED[:64], MIXED[1:65], MIXED[2:40]))
DASHES: Final = "-" * 5
BEGIN, END = (f"{DASHES}{edge} RSA PRIVATE KEY{DASHES}" for edge in ("BEGIN", "END"))
JWT: Final = f"eyJ{MIXED[:30]}.eyJ{MIXED[:40]}.{MIXED[:43]}"
PATH: Final = "/home/alice"
ROOT: Final = "/" + "root"
SCHEME: Final = "https:" + "//"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text and what leaves of it."""

    given: str
    left: str


def shaped(kind: str, token: str) -> Case:
    """Return the case of a token of a known shape, in the middle of a sentence."""
    return Case(given=f"I use {token} here", left=f"I use [redacted: {kind}] here")


def valued(before: str, value: str, kind: str, behind: str = "") -> Case:
    """Return the case of a value at a place that says that it is a secret."""
    return Case(given=f"{before}{value}{behind}", left=f"{before}[redacted: {kind}]{behind}")


SHAPES: Final = (
    shaped("AWS Access Key", "AKIA" + UPPER[:16]),
    shaped("AWS Access Key", "ASIA" + UPPER[:16]),
    shaped("AWS Access Key", "ABSK" + MIXED[:120] + "="),
    shaped("Anthropic API Key", "sk-ant-api03-" + MIXED[:93] + "AA"),
    shaped("API Key", "sk-" + MIXED[:48]),
    shaped("API Key", "sk-proj-" + MIXED[:60] + "-" + MIXED[:20] + "_x"),
    shaped("API Key", "sk-or-v1-" + HEX[:64]),
    shaped("API Key", "gsk_" + MIXED[:52]),
    shaped("API Key", "sk-lf-" + HEX[:8] + "-" + HEX[:4] + "-" + HEX[:12]),
    shaped("Google API Key", "AIza" + MIXED[:35]),
    shaped("Google OAuth Token", "GOCSPX-" + MIXED[:28]),
    shaped("GitHub Token", "ghp_" + MIXED[:36]),
    shaped("GitHub Token", "ghs_" + MIXED[:80]),
    shaped("GitHub Token", "github_pat_" + MIXED[:22] + "_" + MIXED[:59]),
    shaped("GitLab Token", "glpat-" + MIXED[:20]),
    shaped("GitLab Token", "glpat-" + MIXED[:27] + ".01.0a" + LOWER[:7]),
    shaped("GitLab Token", "glffct-" + MIXED[:20]),
    shaped("Hugging Face Token", "hf_" + MIXED[:34]),
    shaped("Databricks Token", "dapi" + HEX[:32] + "-2"),
    shaped("Grafana Token", "glsa_" + MIXED[:32] + "_" + HEX[:8]),
    shaped("Grafana Token", "glc_" + MIXED[:60] + "=="),
    shaped("Honeycomb API Key", "hcaik_" + LOWER[:58]),
    shaped("NPM tokens", "npm_" + MIXED[:36]),
    shaped("JSON Web Token", JWT),
    shaped("Slack Token", "xoxb-" + DIGITS[:12] + "-" + DIGITS[:12] + "-" + MIXED[:24]),
    shaped(
        "Slack Token",
        "https://hooks." + "slack.com/services/T" + UPPER[:8] + "/B" + UPPER[:8] + "/" + MIXED[:24],
    ),
    shaped("Stripe Access Key", "sk_live_" + MIXED[:99]),
    shaped("Vault Token", "hvs." + MIXED[:95]),
    shaped("DigitalOcean Token", "dop_v1_" + HEX[:64]),
    shaped("LangSmith API Key", "lsv2_pt_" + HEX[:32] + "_" + HEX[:10]),
    shaped("PyPI Token", "pypi-AgEIcHlwaS5vcmc" + MIXED[:80]),
    shaped("SendGrid API Key", "SG." + MIXED[:22] + "." + MIXED[:43]),
    shaped("Discord Bot Token", "M" + MIXED[:23] + "." + MIXED[:6] + "." + MIXED[:38]),
    shaped("Mailchimp Access Key", LOWER[:32] + "-us12"),
    shaped("Telegram Bot Token", DIGITS[:9] + ":AA" + MIXED[:33]),
    shaped("Twilio API Key", "SK" + HEX[:32]),
    Case(given="root:$6$" + MIXED[:16] + "$" + MIXED[:86] + ":1:", left="root:[redacted: Password Hash]:1:"),
    shaped("age Secret Key", "AGE-SECRET-KEY-1" + UPPER[:58]),
    shaped("Private Key", f"{BEGIN}\n{BLOCK}\n{END}"),
    shaped(
        "Private Key",
        f"{BEGIN}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{UPPER[:32]}\n\n{BLOCK}\n{END}",
    ),
    shaped("Private Key", f"{BEGIN}\\n{MIXED[:64]}\\n{MIXED[:20]}\\n{END}\\n".removesuffix("\\n")),
    Case(given=f"key:\n{BEGIN}\n{BLOCK}", left="key:\n[redacted: Private Key]"),
    Case(given=f"{BEGIN}\n{BLOCK}\nand so on", left="[redacted: Private Key]\nand so on"),
    Case(given=f"{MIXED[:30]}\n{BLOCK}\n{END}\nbye", left="[redacted: Private Key]\nbye"),
    Case(given="the end is ghp_" + MIXED[:20], left="the end is [redacted: GitHub Token]"),
    Case(given="a\\nghp_" + MIXED[:36] + "\\nb", left="a\\n[redacted: GitHub Token]\\nb"),
)
"""Keys and tokens by their shape."""

PLACES: Final = (
    valued("Authorization: Bearer ", MIXED[:30], "Authorization Header"),
    valued("authorization: Basic ", MIXED[:22] + "==", "Authorization Header", "\nHost: x"),
    valued("Proxy-Authorization: Basic ", MIXED[:22] + "==", "Authorization Header"),
    valued("Authorization: token ", "geheim", "Authorization Header", "\n"),
    valued('{"Authorization": "Bearer ', MIXED[:30], "Authorization Header", '"}'),
    valued("curl -H 'Authorization: Bearer ", MIXED[:30], "Authorization Header", "' https://x.example"),
    valued(
        "Authorization: Digest ",
        'username="a", response="' + HEX[:32] + '"',
        "Authorization Header",
        "\nB: c",
    ),
    valued(
        "Authorization: AWS4-HMAC-SHA256 ", f"Credential=x/y, Signature={HEX[:64]}", "Authorization Header"
    ),
    valued("it sends Bearer ", MIXED[:40], "Authorization Header", " to us"),
    valued("x-api-key: ", MIXED[:30], "Key", "\nAccept: */*"),
    valued('curl --header "X-Api-Key: ', "geheim", "Key", '" https://x.example'),
    valued("PRIVATE-TOKEN: ", MIXED[:20], "Token"),
    valued("x-honeycomb-team: ", HEX[:32], "Key"),
    valued("Cookie: ", "session=abc; csrf=def", "Cookie", "\nHost: x"),
    valued("Set-Cookie: ", "id=a3fWa; Secure; HttpOnly", "Cookie"),
    valued("curl -u alice:", "geheim", "Basic Auth Credentials", " https://x.example"),
    valued("curl --user 'alice:", "ge.h/eim", "Basic Auth Credentials", "' https://x.example"),
    valued(SCHEME + "alice:", "geheim", "Basic Auth Credentials", "@x.example/a"),
    valued("postgresql:" + "//app:", "p@ss", "Basic Auth Credentials", "@db:5432/x"),
    valued("redis:" + "//:", "geheim", "Basic Auth Credentials", "@cache:6379"),
    valued(SCHEME, MIXED[:30], "Basic Auth Credentials", "@x.example/a.git"),
    valued("https:\\/\\/a:", "geheim", "Basic Auth Credentials", "@x.example"),
    valued("GET /a?token=", "geheim", "Token", "&b=c HTTP/1.1"),
    valued("https://x.example/?api_key=", "abc", "Key", "#top"),
    valued("https://x.example/#access_token=", MIXED[:40], "Token", "&state=1"),
    valued("https://x.blob.example/a?sp=r&sig=", "a%2Fb%3D", "URL Parameter", "&se=1"),
    valued("https://x.example/a?X-Amz-Signature=", HEX[:64], "URL Parameter"),
    valued("PASSWORD=", "geheim", "Password"),
    valued("export GITHUB_TOKEN=", "abc", "Token", " && make"),
    valued("DATABASE_PASSWORD='", "g e h 1 m", "Password", "'"),
    valued("STRIPE_KEY=", MIXED[:20], "Key", "\nPORT=80"),
    valued("SECRET_KEY_BASE=", HEX[:40], "Key"),
    valued('{"client_secret": "', "geheim", "Secret", '", "a": 1}'),
    valued('{\\"password\\": \\"', "geheim", "Password", '\\"}'),
    Case(given='{"password": 123456, "a": 1}', left='{"password": "[redacted: Password]", "a": 1}'),
    valued("  password: ", "geheim", "Password", "\n  user: a"),
    valued("00012| db_password: ", "geheim", "Password", "\n"),
    valued("+  api_key: ", "geheim", "Key", "  # of production\n"),
    valued("aws_secret_access_key = ", MIXED[:40], "Key", "\n"),
    valued('password = "', "hunter2", "Password", '"'),
    valued("const apiKey = '", "geheim", "Key", "';"),
    valued('os.environ["API_TOKEN"] = "', "geheim", "Token", '"'),
    valued("mytool --password ", "geheim", "Password", " --verbose"),
    valued("mytool --client-secret=", "geheim", "Secret", " x"),
    valued("machine x.example login alice password ", "geheim", "Basic Auth Credentials"),
    valued("machine x.example\n  login alice\n  password ", "geheim", "Basic Auth Credentials", "\n"),
    valued('{"auths": {"x.example": {"auth": "', "YWxpY2U6Z2VoZWlt", "Credentials", '"}}}'),
    valued("//registry.example/:_authToken=", "geheim", "Token", "\n"),
    valued("Server=x;User Id=sa;Password=", "geheim", "Password", ";Encrypt=true"),
    valued("host=db user=app password=", "geheim", "Password", " dbname=x"),
    valued("Endpoint=sb:" + "//x/;SharedAccessKey=", MIXED[:43] + "=", "Key", ";EntityPath=a"),
    valued("AccountName=a;AccountKey=", MIXED[:86] + "==", "Key", ";EndpointSuffix=b"),
    valued("- name: DB_PASSWORD\n  value: ", "geheim", "Password", "\n"),
    valued('{"name":"API_TOKEN","value":"', "geheim", "Token", '"}'),
    valued('<add key="DbPassword" value="', "geheim", "Password", '" />'),
    valued("<password>", "geheim", "Password", "</password>"),
    valued("CREATE USER a WITH PASSWORD '", "geheim", "Password", "';"),
    valued("IDENTIFIED BY '", "geheim", "Password", "'"),
    valued("define('DB_PASSWORD', '", MIXED[:12], "Password", "');"),
    Case(given='{\\"password\\": 123456}', left='{\\"password\\": \\"[redacted: Password]\\"}'),
    valued("{'a': \"password='", MIXED[:20], "Password", '", b: 1}'),
    valued('password = "', "geheim 12", "Password"),
    valued("PASSWORD = ", "geheim", "Password", "\n"),
    valued("password = ", "hunter2", "Password", "\n"),
    valued("connecting with password=", "hunter2", "Password", ", again"),
    valued("set -x API_TOKEN ", "geheim", "Token"),
    valued("TOKEN ?= ", "geheim", "Token", "\n"),
    valued("docker login -u alice -p ", "geheim", "Basic Auth Credentials", " x.example"),
    valued("sshpass -p '", "geheim", "Basic Auth Credentials", "' ssh x"),
    valued("mysql -h db -u app -p", "geheim", "Basic Auth Credentials", " shop"),
    valued("ENV['API_TOKEN'] ||= '", "geheim", "Token", "'"),
    valued("auth: { user: 'a', pass: '", MIXED[:12], "Password", "' }"),
    valued("client-key-data: ", MIXED[:60] + "==", "Key", "\n"),
)
"""Credentials by their place: the name stays."""

HOMES: Final = (
    Case(given=f"cat {PATH}/x.py", left="cat ~/x.py"),
    Case(given=f"cd {PATH} && ls", left="cd ~ && ls"),
    Case(given=f'File "{PATH}/a b/x.py", line 3', left='File "~/a b/x.py", line 3'),
    Case(given="/Users/" + "alice/Library/x", left="~/Library/x"),
    Case(given="/var" + PATH + "/x", left="~/x"),
    Case(given="/mnt/c/Users/" + "alice/x", left="~/x"),
    Case(given=f"open file://{PATH}/x.html", left="open file://~/x.html"),
    Case(given="C:\\Users\\" + "alice\\x", left="~\\x"),
    Case(given="C:\\\\Users\\\\" + "alice\\\\x", left="~\\\\x"),
    Case(given="C:\\Users\\" + "Alice Smith\\x", left="~\\x"),
    Case(given="file:///C:/Users/" + "alice/x", left="file:///~/x"),
    Case(given=f"-v {PATH}/x:/x", left="-v ~/x:/x"),
    Case(given=f"PATH={PATH}/bin:{PATH}/.local/bin", left="PATH=~/bin:~/.local/bin"),
    Case(given=f"cat {ROOT}/.ssh/config", left="cat ~/.ssh/config"),
    Case(given="%2Fhome%2F" + "alice%2Fx", left="~%2Fx"),
    Case(given="a\\n" + PATH + "/x", left="a\\n~/x"),
    Case(given=f"-I{PATH}/include", left=f"-I{PATH}/include"),
)
"""Home folders; the last one is a hole that is known: a path behind a letter is taken for another word's."""

KEPT: Final = (
    f"commit {HEX[:40]}",
    f"{HEX[:7]} fix: the token is read once",
    "id 5b1f6a52-1c3e-4f0a-9d7b-3c9d2e7a1f04",
    f"sha256:{HEX[:64]}",
    f'"integrity": "sha512-{MIXED[:86]}=="',
    f"    --hash=sha256:{HEX[:64]} \\",
    f"index {HEX[:7]}..{HEX[7:14]} 100644\n--- a/src/token.py\n+++ b/src/token.py\n@@ -1,2 +1,2 @@",
    f'checksum = "{HEX[:64]}"',
    f"data:image/png;base64,iVBORw0KGgo{MIXED[:120]}",
    "password = get_password()",
    "password = getpass.getpass('Password: ')",
    "def login(user: str, password: str) -> Token:",
    "connect(user=user, password=password, token=token)",
    "token = await self.fetch_token(client)",
    "self.token = request.headers.token",
    "if password == other.password:",
    "interface A { password: string; token?: string }",
    '<input type="password" name="password">',
    'label = "Password"',
    'errors.password = "Please enter your password"',
    "PASSWORD=$DB_PASSWORD",
    "export TOKEN=${GITHUB_TOKEN}",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    'Authorization: "Bearer ${token}"',
    "curl -H 'Authorization: Bearer $TOKEN' https://x.example",
    "use --token <token> or --password-stdin",
    "The option --token is required, --password too.",
    "password: must have eight characters at least",
    "max_tokens: 4096, input_tokens=1500",
    "apiKey: process.env.OPENAI_API_KEY,",
    "docker run -u 1000:1000 http-server",
    "git clone git@github.com:example/project.git",
    "ssh://git@x.example:22/project.git",
    "https://x.example:8443/a@b?page=2&sort=key",
    "https://x.example/home/alice/x",
    "a/home/alice/x.py and src/Users/list.tsx",
    "/homepage/alice and /Userspace/x",
    "/Users/Shared/x and C:\\Users\\Public\\x",
    "/home/$USER/x and /home/<user>/x",
    "sk-fading-circle sk-cube-grid sk-three-bounce-animation",
    "the task-runner asks for disk-usage-by-directory-and-user",
    "import { tokenize, KeyError } from './lexer'",
    "primary key: id, foreign key: user_id",
    "public_key: ssh-ed25519",
    "Cookie: the header is not set",
    "a [redacted: Token] stays",
    'fields = ["username", "password", "email"]',
    "STORAGE_KEY = 'theme'",
    '"CLIENT_KEY": "OTEL_EXPORTER_OTLP_CLIENT_KEY"',
    "the headers `x-api-key:` and `token:` are secret",
    "<label for='password'>Password</label><th>Token</th>",
    '<input name="password" value="">',
    "token = token_2\nsecret = secrets[0]",
    "mysql -u app -p shop",
    "ssh -p 2222 login.example && mkdir -p src/pages",
    '{"pass": 12, "fail": 0}',
    "$1$ and $2 and $100",
    "{{password}} and <password> and ********",
    "tests/redaction/test_private_keys.py::test_password",
    "1700000000:" + HEX[:40],
    "const re = /token=(\\w+)/",
    "",
    "\ud800 lone",
)
"""What is no secret, and stays as it is."""
