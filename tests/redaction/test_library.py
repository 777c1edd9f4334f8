"""The library's rules, each with a text that it knows: they find it here as they do there."""

from typing import Final

import pytest

from otel_agent.redaction.found import written
from otel_agent.redaction.library import DETECTORS, Detector
from otel_agent.redaction.redactor import Redactor
from tests.redaction.cases import DIGITS, HEX, LOWER, MIXED, UPPER

KNOWN: Final = {
    "AWS Access Key": "AKIA" + UPPER[:16],
    "Discord Bot Token": "M" + MIXED[:23] + "." + MIXED[:6] + "." + MIXED[:27],
    "GitHub Token": "ghp_" + MIXED[:36],
    "GitLab Token": "glpat-" + MIXED[:20],
    "Mailchimp Access Key": LOWER[:32] + "-us12",
    "PyPI Token": "pypi-AgEIcHlwaS5vcmc" + MIXED[:80],
    "SendGrid API Key": "SG." + MIXED[:22] + "." + MIXED[:43],
    "Slack Token": "xoxb-" + DIGITS[:12] + "-" + MIXED[:24],
    "Square OAuth Secret": "sq0csp-" + MIXED[:43],
    "Stripe Access Key": "sk_live_" + MIXED[:24],
    "Telegram Bot Token": DIGITS[:9] + ":" + MIXED[:35],
    "Twilio API Key": "SK" + HEX[:32],
}


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.rule.secret_type)
def test_rule_finds_what_it_knows(detector: Detector) -> None:
    """The hints let its text through, and the match is taken."""
    text = KNOWN[detector.rule.secret_type]

    assert list(detector.find(written(f"a {text} b")))


def test_every_rule_has_its_text() -> None:
    """A rule that is added comes with a text."""
    assert set(KNOWN) == {detector.rule.secret_type for detector in DETECTORS}


@pytest.mark.parametrize(
    "name", ["cloudant_password", "ibm_cloud_api_key", "secret_access_key", "softlayer_api_key", "AccountKey"]
)
def test_what_rules_that_are_left_out_know_by_a_name_is_found_by_ours(name: str) -> None:
    """Our assignments know the names, and leave them."""
    left = Redactor().text(f'{name} = "{HEX[:48]}"')

    assert left.startswith(f'{name} = "[redacted: ')
    assert HEX[:8] not in left


def test_name_of_a_value_stays() -> None:
    """Where a rule knows which part is the secret, that part goes."""
    [aws] = [row for row in DETECTORS if row.rule.secret_type == "AWS Access Key"]
    text = f"aws_secret_key = '{MIXED[:40]}'"

    assert [MIXED[:40]] == [text[found.start : found.end] for found in aws.find(written(text))]


def test_secret_across_two_pieces_is_found() -> None:
    """Where a long line is cut in pieces, a token is whole in one of them."""
    [github] = [row for row in DETECTORS if row.rule.secret_type == "GitHub Token"]
    tokens = ("ghp_" + MIXED[:36] + " ") * 400
    found = {(each.start, each.end) for each in github.find(written(tokens))}

    assert {(41 * number, 41 * number + 40) for number in range(400)} == found
