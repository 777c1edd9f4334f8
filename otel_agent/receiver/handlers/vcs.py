"""Version control: the branch of a directory as it changes."""

from collections.abc import Iterator

from otel_agent.facts import Fact
from otel_agent.receiver.context import Context, handles
from otel_agent.receiver.wire import Wire


class BranchUpdated(Wire, frozen=True):
    """The branch that is checked out in the directory of the event."""

    branch: str | None = None


@handles("vcs.branch.updated", BranchUpdated)
def branch_updated(event: BranchUpdated, context: Context) -> Iterator[Fact]:
    """Another branch is checked out."""
    instance = context.journal.instances.get(context.session.instance)
    if instance is not None:
        instance.branch = event.branch
    yield from ()
