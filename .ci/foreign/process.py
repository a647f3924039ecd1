"""Starts a program, waits until it says that it is ready, and ends it, whatever happens."""

import os
import queue
import signal
import subprocess
import threading
import time
from contextlib import contextmanager, suppress

from report import Failure

END_SECONDS = 10


class Process:
    """A running program. `ready` is what its ready line on stdout says, `lines` all that it has written."""

    def __init__(self, command, place=None, environment=None):
        self.command = command
        self.lines = []
        self.ready = None
        self._stdout = queue.Queue()
        self._ended = False
        # A session of its own, so that its children end with it.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=place,
            env=os.environ | {"NO_COLOR": "1"} | (environment or {}),
            start_new_session=True,
        )
        self._readers = [
            threading.Thread(target=self._read, args=[self._process.stdout, self._stdout.put], daemon=True),
            threading.Thread(target=self._read, args=[self._process.stderr, lambda line: None], daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, tell):
        for line in stream:
            line = line.rstrip("\n")
            self.lines.append(line)
            tell(line)
        tell(None)

    def wait_ready(self, is_ready, seconds):
        deadline = time.monotonic() + seconds
        while self.ready is None:
            try:
                line = self._stdout.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise Failure(self.told(f"not ready within {seconds} s")) from None
            if line is None:
                raise Failure(self.told("ended before it was ready"))
            self.ready = is_ready(line)

    def wait_ended(self, seconds):
        """Gives the exit code, or None where the program is still there after these seconds."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)

    def end(self):
        """Asks the program to end, and gives its exit code."""
        if self._ended:
            return self._process.returncode
        self._ended = True
        try:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failure(self.told(f"still there {END_SECONDS} s after SIGTERM")) from None
        finally:
            # What it has started may have outlived it.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(END_SECONDS)
        for reader in self._readers:
            reader.join(END_SECONDS)
        return self._process.returncode

    def told(self, what):
        written = "\n".join(f"  | {line}" for line in self.lines) or "  (it wrote nothing)"
        return f"{' '.join(self.command)}: {what}\n{written}"


@contextmanager
def running(command, is_ready, seconds=60):
    """Runs the program for the length of a `with` block, from the first line of which `is_ready` makes something."""
    process = Process(command)
    try:
        process.wait_ready(is_ready, seconds)
        yield process
    finally:
        process.end()
