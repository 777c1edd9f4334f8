"""The table of keys and tokens that the library does not know, or of which it takes too little.

A row's source says who told its shape: gitleaks is the name of a rule in its file
https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml, others are the makers' own pages.
"""

from dataclasses import dataclass
from typing import Final

WORD: Final = r"[A-Za-z0-9_-]"
PLAIN: Final = r"[A-Za-z0-9]"
BASE64: Final = r"[A-Za-z0-9+/=_-]"
DIGIT: Final = r"\D*+\d"
DOTTED: Final = r"[A-Za-z0-9._-]"
JWT: Final = rf"{WORD}{{6,}}+\.{WORD}{{4,}}+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One kind of token: how it begins, its letters, and how many of them it has at least.

    It goes to the end of its letters, for makers lengthen their tokens. Where the prefix alone says too
    little, those letters begin as `must` (a regular expression) says.
    """

    kind: str
    prefixes: tuple[str, ...]
    source: str
    least: int
    letters: str = WORD
    must: str = ""


def _row(  # noqa: PLR0913 - a row has these columns
    kind: str, source: str, least: int, prefixes: str, *, letters: str = WORD, must: str = ""
) -> Known:
    """Return one row of the table; spaces stand between its prefixes."""
    words = tuple(prefixes.split())
    return Known(kind=kind, prefixes=words, source=source, least=least, letters=letters, must=must)


KNOWN: Final = (
    _row("Anthropic API Key", "gitleaks: anthropic-api-key", 16, "sk-ant-"),
    _row(
        "API Key",
        "gitleaks: openai-api-key; https://langfuse.com/faq/all/where-are-langfuse-api-keys",
        20,
        "sk- pk-lf- tvly- nvapi-",
        must=DIGIT,
    ),
    _row(
        "API Key",
        "gitleaks: perplexity-api-key; https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns",
        20,
        "gsk_ csk- xai- pplx- fw_ r8_ e2b_",
        letters=PLAIN,
        must=DIGIT,
    ),
    _row(
        "AWS Access Key",
        "gitleaks: aws-amazon-bedrock-api-key-long-lived",
        40,
        "ABSK bedrock-api-key-",
        letters=BASE64,
    ),
    _row("Artifactory Credentials", "gitleaks: artifactory-api-key", 40, "AKCp", letters=PLAIN),
    _row("AWS Access Key", "gitleaks: aws-access-token", 16, "AKIA ASIA ABIA ACCA", letters=r"[A-Z0-9]"),
    _row("Google API Key", "gitleaks: gcp-api-key", 30, "AIza"),
    _row(
        "Google OAuth Token",
        "https://developers.google.com/identity/protocols/oauth2",
        20,
        "ya29. GOCSPX-",
        letters=DOTTED,
    ),
    _row(
        "GitHub Token",
        "gitleaks: github-fine-grained-pat; https://github.blog/engineering/behind-githubs-new-authentication-token-formats/",
        30,
        "github_pat_ ghp_ gho_ ghu_ ghs_ ghr_",
    ),
    _row(
        "GitLab Token",
        "https://docs.gitlab.com/security/tokens/#token-prefixes",
        16,
        "glpat- gldt- glft- glsoat- glrt- glrtr- glcbt- glimt- glptt- glagent- gloas- glffct- glwt- "
        "GR1348941",
        letters=DOTTED,
    ),
    _row("Hugging Face Token", "gitleaks: huggingface-access-token", 30, "hf_ api_org_", letters=PLAIN),
    _row("Databricks Token", "gitleaks: databricks-api-token", 32, "dapi", letters=r"[a-f0-9-]"),
    _row(
        "Grafana Token",
        "gitleaks: grafana-service-account-token, grafana-cloud-api-token",
        32,
        "glsa_ glc_",
        letters=BASE64,
    ),
    _row(
        "Honeycomb API Key",
        "https://docs.honeycomb.io/configure/environments/manage-api-keys/",
        26,
        "hcaik_ hcxik_ hcaic_ hcamk_ hcxmk_",
        letters=PLAIN,
    ),
    _row("NPM tokens", "gitleaks: npm-access-token", 30, "npm_", letters=PLAIN),
    _row(
        "JSON Web Token",
        "https://www.rfc-editor.org/rfc/rfc7519#section-3",
        20,
        "eyJ",
        letters=DOTTED,
        must=JWT,
    ),
    _row(
        "Slack Token",
        "gitleaks: slack-app-token, slack-config-access-token",
        20,
        "xapp- xoxe. xoxe- xoxb- xoxp- xoxa- xoxs- xoxr- xoxc- xoxd-",
        letters=r"[A-Za-z0-9.%/+=-]",
        must=DIGIT,
    ),
    _row(
        "Stripe Access Key",
        "gitleaks: stripe-access-token",
        16,
        "sk_live_ rk_live_ sk_test_ rk_test_ whsec_",
        letters=BASE64,
    ),
    _row("Shopify Token", "gitleaks: shopify-access-token", 32, "shpat_ shpca_ shppa_ shpss_", letters=PLAIN),
    _row("Square OAuth Secret", "gitleaks: square-access-token", 40, "sq0atp- sq0csp-", must=DIGIT),
    _row("Vault Token", "gitleaks: vault-service-token", 24, "hvs. hvb. hvr."),
    _row("DigitalOcean Token", "gitleaks: digitalocean-pat", 32, "dop_v1_ doo_v1_ dor_v1_", letters=PLAIN),
    _row(
        "LangSmith API Key",
        "https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key",
        32,
        "lsv2_pt_ lsv2_sk_",
    ),
    _row("Linear API Key", "gitleaks: linear-api-key", 32, "lin_api_ lin_oauth_", letters=PLAIN),
    _row("New Relic Key", "gitleaks: new-relic-user-api-key", 19, "NRAK- NRII- NRJS-"),
    _row("Notion Token", "gitleaks: notion-api-token", 40, "ntn_", letters=PLAIN),
    _row("Postman API Key", "gitleaks: postman-api-token", 24, "PMAK-"),
    _row("PlanetScale Token", "gitleaks: planetscale-api-token", 32, "pscale_", letters=DOTTED),
    _row("Pulumi Token", "gitleaks: pulumi-api-token", 40, "pul-", letters=r"[a-f0-9]"),
    _row("PyPI Token", "gitleaks: pypi-upload-token", 50, "pypi-AgE"),
    _row("RubyGems Token", "gitleaks: rubygems-api-token", 48, "rubygems_", letters=r"[a-f0-9]"),
    _row("SendGrid API Key", "gitleaks: sendgrid-api-token", 50, "SG.", letters=DOTTED),
    _row(
        "Sentry Token", "gitleaks: sentry-org-token, sentry-user-token", 40, "sntrys_ sntryu_", letters=BASE64
    ),
    _row("Supabase Key", "https://supabase.com/docs/guides/api/api-keys", 22, "sbp_ sb_secret_"),
    _row("Terraform Token", "gitleaks: hashicorp-tf-api-token", 40, "atlasv1.", letters=BASE64),
    _row("Dynatrace Token", "gitleaks: dynatrace-api-token", 60, "dt0c01. dt0s16.", letters=DOTTED),
    _row("Doppler Token", "gitleaks: doppler-api-token", 40, "dp.pt. dp.st. dp.ct. dp.sa.", letters=DOTTED),
    _row("Atlassian Token", "gitleaks: atlassian-api-token", 60, "ATATT3 ATCTT3", letters=BASE64),
    _row("1Password Token", "gitleaks: 1password-service-account-token", 100, "ops_eyJ", letters=BASE64),
    _row("Figma Token", "https://www.figma.com/developers/api#access-tokens", 30, "figd_"),
    _row("age Secret Key", "gitleaks: age-secret-key", 40, "AGE-SECRET-KEY-1", letters=r"[A-Z0-9]"),
    _row(
        "Password Hash",
        "https://manpages.debian.org/bookworm/libcrypt-dev/crypt.5.en.html",
        24,
        "$1$ $2a$ $2b$ $2y$ $5$ $6$ $y$ $argon2i$ $argon2id$",
        letters=r"[A-Za-z0-9./$,=+]",
    ),
)
