"""Ids that are hashes of OpenCode's own ids: the same event always has the same id, in every process."""

import hashlib


def record_uid(session_id: str, name: str, uid: str) -> str:
    """Return the `log.record.uid` of an event: 32 hexadecimal digits."""
    text = f"{session_id}\x1f{name}\x1f{uid}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]
