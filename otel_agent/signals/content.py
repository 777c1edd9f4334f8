"""The one place that content passes: it leaves when its setting is on, without secrets, not too long."""

from dataclasses import dataclass, field

from otel_agent.redaction.redactor import Redactor


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPolicy:
    """Which content may leave, and how much of it (`max_length` UTF-16 code units).

    Secrets are taken out first and the text is cut then, so that no half of one is left.
    """

    is_prompt_on: bool = False
    is_response_on: bool = False
    are_tool_details_on: bool = False
    is_tool_content_on: bool = False
    max_length: int = 61440
    redactor: Redactor = field(default_factory=Redactor)

    def prompt(self, text: str | None) -> str | None:
        """Return a prompt's text as far as it may leave."""
        return self._text(text) if self.is_prompt_on else None

    def response(self, text: str | None) -> str | None:
        """Return an answer's text as far as it may leave."""
        return self._text(text) if self.is_response_on else None

    def tool_parameters(self, text: str | None) -> str | None:
        """Return a tool call's parameters, which are JSON or one string of it, as far as they may leave."""
        if text is None or not self.are_tool_details_on:
            return None
        return self.cut(self.redactor.json(text))

    def tool_content(self, text: str | None) -> str | None:
        """Return what a tool gave back as far as it may leave."""
        return self._text(text) if self.is_tool_content_on else None

    def words(self, text: str | None) -> str | None:
        """Return words that leave whatever is on, such as those of an error, without secrets."""
        return None if text is None else self.redactor.words(text)

    def cut(self, text: str | None) -> str | None:
        """Return at most `max_length` UTF-16 code units; a pair that would be cut in two is left out."""
        if text is None:
            return None
        units = text.encode("utf-16-le", errors="surrogatepass")
        return units[: 2 * self.max_length].decode("utf-16-le", errors="ignore")

    def _text(self, text: str | None) -> str | None:
        """Return a text without secrets, cut."""
        return None if text is None else self.cut(self.redactor.text(text))
