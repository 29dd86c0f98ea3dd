"""A program in the background, and what is left of one that has ended."""

import queue
import signal
import subprocess
import threading
from dataclasses import dataclass

from broker import dying_with_us

from .case import CaseFailed

PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


class Running:
    """A program in the background. Its lines can be taken as they come."""

    def __init__(self, arguments, env, tap):
        self.tap = tap
        self.process = subprocess.Popen(
            dying_with_us(arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env,
        )
        self.pid = self.process.pid
        self.lines = queue.Queue()
        threading.Thread(target=self.collect, daemon=True).start()

    def collect(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def take(self, count):
        taken = []
        while len(taken) < count:
            try:
                line = self.lines.get(timeout=PATIENCE_SECONDS)
            except queue.Empty:
                raise CaseFailed(f"expected {count} lines, got {taken} and then nothing") from None
            if line is None:
                raise CaseFailed(f"expected {count} lines, got {taken}, then the program ended")
            taken.append(line)
        return taken

    def take_until(self, last):
        taken = []
        while (line := self.take(1)[0]) != last:
            taken.append(line)
        return taken

    def write_line(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def finish(self):
        """Waits until it ends by itself; what it printed and nobody took is the result."""
        try:
            status = self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise CaseFailed("the program did not end") from None
        rest = []
        while (line := self.lines.get(timeout=PATIENCE_SECONDS)) is not None:
            rest.append(line)
        return Result(status, "\n".join(rest), self.process.stderr.read())

    def kill(self):
        self.end(signal.SIGKILL)

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
