"""The rules of detect-secrets (https://github.com/Yelp/detect-secrets) that fit texts of any kind.

Left out: entropy and public addresses (they match what is no secret), keywords (made for files of known
types), and those of which our own rules take more or leave the name: Artifactory, Azure storage, basic
authentication, Cloudant, IBM, JSON Web Tokens, npm, OpenAI, private keys, SoftLayer. Importing this module
takes 0.1 s where requests is not loaded yet.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol, cast

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from otel_agent.redaction.found import Found, Written, is_start, secret
from otel_agent.redaction.pieces import pieces

PIECE: Final = 4096
"""Characters that a rule sees at once: some look at every place as far as the text goes."""
OVERLAP: Final = 1024
"""The longest secret of these rules, a token of GitLab's agent, has about as many characters."""
_REST: Final = re.compile(r"[A-Za-z0-9_-]*+")


class Rule(Protocol):
    """What is used of the library's classes."""

    @property
    def secret_type(self) -> str:
        """What is found."""
        ...

    @property
    def denylist(self) -> Iterable[re.Pattern[str]]:
        """By what it is found."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A rule of the library: `hints` are words of which one is in each text that it can match, lower case.

    A match goes on to the end of its letters, for several rules take too little; with `is_exact` it counts
    only if it ends there. `group` is the part of it that is the secret, 0 for all, None for the last one.
    """

    rule: Rule
    hints: tuple[str, ...]
    group: int | None = 0
    is_exact: bool = False

    def find(self, given: Written) -> Iterator[Found]:
        """Yield what the rule matches in a text."""
        if not any(hint in given.lowered for hint in self.hints):
            return
        for start, piece in pieces(given.text, PIECE, OVERLAP):
            for pattern in self.rule.denylist:
                for match in pattern.finditer(piece):
                    yield from self._found(given.text, start, match)

    def _found(self, text: str, start: int, match: re.Match[str]) -> Iterator[Found]:
        """Yield a match as a part of the whole text."""
        group = (match.re.groups if self.group is None else self.group) or 0
        begin, end = start + match.start(group), start + match.end(group)
        rest = _REST.match(text, end)
        whole = rest.end() if rest else end
        if is_start(text, start + match.start()) and (not self.is_exact or whole == end):
            yield secret(begin, whole, self.rule.secret_type)


def _rule(kind: object) -> Rule:
    """Return a class of the library as what is used of it; its own types call these attributes properties."""
    return cast("Rule", kind)


DETECTORS: Final = (
    Detector(rule=_rule(AWSKeyDetector), hints=("akia", "asia", "abia", "acca", "a3t", "aws"), group=None),
    Detector(rule=_rule(DiscordBotTokenDetector), hints=(".",)),
    Detector(rule=_rule(GitHubTokenDetector), hints=("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    Detector(rule=_rule(GitLabTokenDetector), hints=("gl", "gr1348941")),
    Detector(rule=_rule(MailchimpDetector), hints=("-us",)),
    Detector(rule=_rule(PypiTokenDetector), hints=("pypi-",)),
    Detector(rule=_rule(SendGridDetector), hints=("sg.",)),
    Detector(rule=_rule(SlackDetector), hints=("xox", "hooks.slack.com")),
    Detector(rule=_rule(SquareOAuthDetector), hints=("sq0csp-",)),
    Detector(rule=_rule(StripeDetector), hints=("k_live_",)),
    Detector(rule=_rule(TelegramBotTokenDetector), hints=(":",), is_exact=True),
    Detector(rule=_rule(TwilioKeyDetector), hints=("ac", "sk"), is_exact=True),
)


def find(given: Written, detectors: tuple[Detector, ...] = DETECTORS) -> Iterator[Found]:
    """Yield what the library's rules find."""
    for detector in detectors:
        yield from detector.find(given)
