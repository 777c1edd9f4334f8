"""Headless Chromium, told over a pipe what to open, and asked what a page shows.

https://chromedevtools.github.io/devtools-protocol/; no port is opened, and nothing but the system's own
program is needed (on Debian: apt-get install chromium).
"""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.waiting import wait_until

Json = dict[str, Any]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
# Measured on two cores: 1 s to start, 3 to 6 s until a page of these backends is drawn.
TALK_LIMIT_S = 60.0
PAGE_LIMIT_S = 60.0
END_LIMIT_S = 10.0
CALM_S = 1.0
# A file descriptor above those that the program wants: 3 to listen on, 4 to speak on.
ABOVE = 10
BEGIN = (
    "import os, sys; [os.dup2(int(sys.argv[n]), n + 2) for n in (1, 2)]; os.execv(sys.argv[3], sys.argv[3:])"
)
"""Starts a program with the two descriptors where it wants them."""
FLAGS = (
    *("--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"),
    *("--hide-scrollbars", "--force-color-profile=srgb", "--font-render-hinting=none", "--lang=en-US"),
    # Root may use no sandbox of its own, and it opens nothing but pages of this machine.
    *("--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
)


def find_browser() -> Path | None:
    """Give the system's Chromium; None where there is none."""
    found = (shutil.which(name) for name in PROGRAMS)
    return next((Path(path) for path in found if path), None)


class Link:
    """The pipe to a running browser: commands go out, answers and events come in, a zero byte after each."""

    def __init__(self, speak: int, listen: int) -> None:
        """Take both ends; they belong to the caller."""
        self._speak = speak
        self._listen = listen
        self._number = 0
        self._rest = b""

    def ask(self, method: str, page: str | None = None, **told: object) -> Json:
        """Send one command, to a page or to the browser, and give its answer; RuntimeError where it fails."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": told}
        if page is not None:
            message["sessionId"] = page
        os.write(self._speak, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + TALK_LIMIT_S
        while True:
            answer = self._next(end)
            if answer.get("id") == self._number:
                break
        if "error" in answer:
            raise RuntimeError(f"{method}: expected an answer, got {answer['error']['message']}")
        found: Json = answer["result"]
        return found

    def _next(self, end: float) -> Json:
        """Read one message; TimeoutError when none comes in time, EOFError when the browser is gone."""
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._listen], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError("expected an answer of the browser, got none")
            read = os.read(self._listen, 1 << 16)
            if not read:
                raise EOFError("expected an answer of the browser, got its end")
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        found: Json = json.loads(message)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One tab."""

    link: Link
    name: str

    def open(self, url: str, *, width: int, height: int) -> None:
        """Go to an address anew, in a window of this size in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._ask("Emulation.setDeviceMetricsOverride", **size)
        for address in ("about:blank", url):
            self._ask("Page.navigate", url=address)

    def run(self, script: str) -> Any:  # noqa: ANN401 (whatever the script gives)
        """Run a script in the page and give its value; RuntimeError with its words where it fails."""
        told = {"expression": script, "returnByValue": True, "awaitPromise": True, "userGesture": True}
        answer = self._ask("Runtime.evaluate", **told)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"script: expected a value, got {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def text(self) -> str:
        """Give what a reader sees."""
        return str(self.run("document.body ? document.body.innerText : ''"))

    def wait_for(self, *words: str) -> str:
        """Wait until all these words are to be read and nothing changes any more, and give the whole text."""

        def read() -> str:
            first = self.text()
            if not all(word in first for word in words):
                return ""
            time.sleep(CALM_S)
            return first if first == self.text() else ""

        return wait_until(read, what=f"a page with {words}", timeout_s=PAGE_LIMIT_S)

    def click(self, words: str, number: int = 0) -> None:
        """Click the innermost element that shows exactly these words, once it is there; of many one."""
        script = CLICK.replace("WORDS", json.dumps(words)).replace("NUMBER", str(number))
        wait_until(lambda: self.run(script), what=f"{words!r} to click", timeout_s=PAGE_LIMIT_S)

    def picture(self) -> bytes:
        """Give the window as a PNG."""
        return base64.b64decode(self._ask("Page.captureScreenshot", format="png")["data"])

    def _ask(self, method: str, **told: object) -> Json:
        return self.link.ask(method, self.name, **told)


CLICK = """(() => {
    const isSaying = (one) => one.innerText?.trim() === WORDS && one.checkVisibility()
    const found = [...document.querySelectorAll("body *")].filter(isSaying)
    const inner = found.filter((one) => ![...one.children].some(isSaying))[NUMBER]
    inner?.click()
    return Boolean(inner)
})()"""


@contextmanager
def browsing(program: Path, folder: Path) -> Iterator[Page]:
    """Run a browser with an empty profile in a folder, and give its one tab."""
    heard, speak, listen, told = [
        fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, ABOVE) for end in _closed(*os.pipe(), *os.pipe())
    ]
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            BEGIN,
            str(heard),
            str(told),
            str(program),
            *FLAGS,
            f"--user-data-dir={folder}",
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(heard, told),
        start_new_session=True,
    )
    os.close(heard)
    os.close(told)
    try:
        link = Link(speak, listen)
        target = link.ask("Target.createTarget", url="about:blank")["targetId"]
        name = link.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        yield Page(link=link, name=name)
    finally:
        _end(process)
        os.close(speak)
        os.close(listen)


def _closed(*ends: int) -> Iterator[int]:
    """Yield file descriptors, each of which is closed once its copy is made."""
    for end in ends:
        yield end
        os.close(end)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the browser with everything that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):  # all of it has ended
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):  # then it is killed
            process.wait(END_LIMIT_S)
