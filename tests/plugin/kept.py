"""Events and parts as OpenCode publishes them, each with what the plugin journals of it."""

from tests.plugin.events import SESSION, Json, event

SECRET = "private"
TOKENS = {"input": 1, "output": 2, "reasoning": 3, "cache": {"read": 4, "write": 5}}
ERROR = {
    "name": "APIError",
    "data": {
        "message": "m" * 501,
        "statusCode": 429,
        "isRetryable": True,
        "responseBody": SECRET,
        "responseHeaders": {},
    },
}
KEPT_ERROR = {
    "name": "APIError",
    "data": {"message": "m" * 500, "statusCode": 429, "isRetryable": True, "cut": {"message": [501, 501, 1]}},
}
COUNTS = {"additions": 3, "deletions": 1}
DIFF = {"file": "a.py", **COUNTS, "status": "modified"}
BASE = {"id": "prt_1", "sessionID": SESSION, "messageID": "msg_1"}

SESSION_INFO = {
    "id": SESSION,
    "parentID": "ses_0",
    "projectID": "p",
    "version": "1.18.33",
    "agent": "build",
    "cost": 0.5,
    "tokens": TOKENS,
    "time": {"created": 1, "updated": 2},
}
ASSISTANT = {
    "id": "msg_1",
    "sessionID": SESSION,
    "parentID": "msg_0",
    "role": "assistant",
    "agent": "build",
    "mode": "build",
    "modelID": "m",
    "providerID": "p",
    "variant": "high",
    "cost": 0.25,
    "tokens": TOKENS,
    "finish": "stop",
    "time": {"created": 1, "completed": 2},
}

# Event as published, properties as journaled.
KEPT: list[tuple[Json, Json]] = [
    (
        event(
            "session.created",
            sessionID=SESSION,
            info={
                **SESSION_INFO,
                "title": SECRET,
                "directory": SECRET,
                "permission": [SECRET],
                "model": {"id": "m", "providerID": "p", "variant": "high", "name": SECRET},
                "summary": {**COUNTS, "files": 1, "diffs": [{"patch": SECRET}]},
                "revert": {"messageID": "msg_1", "partID": "prt_1", "diff": SECRET, "snapshot": SECRET},
            },
        ),
        {
            "sessionID": SESSION,
            "info": {
                **SESSION_INFO,
                "model": {"id": "m", "providerID": "p", "variant": "high"},
                "summary": {**COUNTS, "files": 1},
                "revert": {"messageID": "msg_1", "partID": "prt_1"},
            },
        },
    ),
    (
        event("session.updated", sessionID=SESSION, info={**SESSION_INFO, "revert": None}),
        {"sessionID": SESSION, "info": SESSION_INFO},
    ),
    (
        event("session.deleted", sessionID=SESSION, info=SESSION_INFO),
        {"sessionID": SESSION, "info": SESSION_INFO},
    ),
    (
        event(
            "session.status",
            sessionID=SESSION,
            status={"type": "retry", "attempt": 2, "next": 9, "message": SECRET},
        ),
        {"sessionID": SESSION, "status": {"type": "retry", "attempt": 2, "next": 9}},
    ),
    (event("session.idle", sessionID=SESSION, extra=SECRET), {"sessionID": SESSION}),
    (event("session.compacted", sessionID=SESSION), {"sessionID": SESSION}),
    (event("session.error", sessionID=SESSION, error=ERROR), {"sessionID": SESSION, "error": KEPT_ERROR}),
    (event("session.error"), {}),
    (
        event("session.diff", sessionID=SESSION, diff=[{**DIFF, "patch": SECRET}]),
        {"sessionID": SESSION, "diff": [DIFF]},
    ),
    (
        event(
            "message.updated",
            sessionID=SESSION,
            info={
                **ASSISTANT,
                "path": {"cwd": SECRET},
                "error": ERROR,
                "summary": True,
                "structured": SECRET,
            },
        ),
        {"sessionID": SESSION, "info": {**ASSISTANT, "error": KEPT_ERROR, "summary": True}},
    ),
    (
        event(
            "message.updated",
            info={
                "id": "msg_0",
                "role": "user",
                "system": SECRET,
                "tools": {SECRET: True},
                "model": {"providerID": "p", "modelID": "m", "variant": "low", "name": SECRET},
                "summary": {"title": SECRET, "body": SECRET, "diffs": [{**DIFF, "patch": SECRET}]},
            },
        ),
        {
            "info": {
                "id": "msg_0",
                "role": "user",
                "model": {"providerID": "p", "modelID": "m", "variant": "low"},
                "summary": {"diffs": [DIFF]},
            }
        },
    ),
    (
        event(
            "permission.asked",
            id="per_1",
            sessionID=SESSION,
            permission="edit",
            patterns=[SECRET],
            always=[SECRET],
            metadata={"diff": f"--- a\n+++ b\n-{SECRET}\n+x\n+y\n z", "filepath": SECRET},
            tool={"messageID": "msg_1", "callID": "call_1"},
        ),
        {
            "id": "per_1",
            "sessionID": SESSION,
            "permission": "edit",
            "diff_counts": [2, 1],
            "tool": {"messageID": "msg_1", "callID": "call_1"},
        },
    ),
    (
        event(
            "permission.updated",
            id="per_1",
            sessionID=SESSION,
            type="bash",
            title=SECRET,
            pattern=SECRET,
            messageID="msg_1",
            callID="call_1",
            metadata={"command": SECRET},
        ),
        {"id": "per_1", "sessionID": SESSION, "type": "bash", "messageID": "msg_1", "callID": "call_1"},
    ),
    (
        event("permission.replied", sessionID=SESSION, requestID="per_1", reply="once", message=SECRET),
        {"sessionID": SESSION, "requestID": "per_1", "reply": "once"},
    ),
    (
        event("permission.replied", sessionID=SESSION, permissionID="per_1", response="always"),
        {"sessionID": SESSION, "permissionID": "per_1", "response": "always"},
    ),
    (event("vcs.branch.updated", branch="main"), {"branch": "main"}),
]

# Fields of a part as published, as journaled.
PARTS: list[tuple[Json, Json]] = [
    (
        {
            "type": "text",
            "text": f"{SECRET}\n",
            "synthetic": True,
            "ignored": False,
            "time": {"start": 1},
            "metadata": SECRET,
        },
        {
            "type": "text",
            "text": "",
            "cut": {"text": [8, 8, 1]},
            "synthetic": True,
            "ignored": False,
            "time": {"start": 1},
        },
    ),
    ({"type": "text", "text": ""}, {"type": "text", "text": ""}),
    (
        {"type": "reasoning", "text": f"{SECRET}\n\n\U0001f600é", "time": {"start": 1, "end": 2}},
        {"type": "reasoning", "text": "", "cut": {"text": [12, 15, 3]}, "time": {"start": 1, "end": 2}},
    ),
    ({"type": "step-start", "snapshot": SECRET}, {"type": "step-start"}),
    (
        {"type": "step-finish", "reason": "stop", "cost": 0.1, "tokens": TOKENS, "snapshot": SECRET},
        {"type": "step-finish", "reason": "stop", "cost": 0.1, "tokens": TOKENS},
    ),
    (
        {"type": "subtask", "agent": "explore", "command": "review", "prompt": SECRET, "description": SECRET},
        {
            "type": "subtask",
            "agent": "explore",
            "command": "review",
            "prompt": "",
            "cut": {"prompt": [7, 7, 1]},
        },
    ),
    (
        {"type": "compaction", "auto": True, "overflow": True, "tail_start_id": SECRET},
        {"type": "compaction", "auto": True, "overflow": True},
    ),
    (
        {"type": "file", "mime": "image/png", "url": SECRET, "filename": SECRET},
        {"type": "file", "mime": "image/png"},
    ),
    ({"type": "agent", "name": "explore", "source": SECRET}, {"type": "agent", "name": "explore"}),
]
