"""The one place that content passes: prompts, answers, parameters leave only when their setting is on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPolicy:
    """Which content may leave, and how much of it (`max_length` UTF-16 code units)."""

    is_prompt_on: bool = False
    is_response_on: bool = False
    are_tool_details_on: bool = False
    is_tool_content_on: bool = False
    max_length: int = 61440

    def prompt(self, text: str | None) -> str | None:
        """Return a prompt's text as far as it may leave."""
        return self.cut(text) if self.is_prompt_on else None

    def response(self, text: str | None) -> str | None:
        """Return an answer's text as far as it may leave."""
        return self.cut(text) if self.is_response_on else None

    def tool_parameters(self, text: str | None) -> str | None:
        """Return a tool call's parameters as far as they may leave."""
        return self.cut(text) if self.are_tool_details_on else None

    def tool_content(self, text: str | None) -> str | None:
        """Return what a tool gave back as far as it may leave."""
        return self.cut(text) if self.is_tool_content_on else None

    def cut(self, text: str | None) -> str | None:
        """Return at most `max_length` UTF-16 code units; a pair that would be cut in two is left out."""
        if text is None:
            return None
        units = text.encode("utf-16-le", errors="surrogatepass")
        return units[: 2 * self.max_length].decode("utf-16-le", errors="ignore")
