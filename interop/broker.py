"""A broker as a child process: started on a free port of the loopback, killed, started again."""

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The launcher may have to build first, and the machine may be busy.
FIRST_START_SECONDS = 300
STOP_SECONDS = 20

# What a script ends with when a program it needs is not installed, as automake has it.
SKIPPED = 77


class StartFailed(Exception):
    pass


class Broker:
    """One broker with one data folder. Its process is our child, so its pid is the broker's own."""

    def __init__(self, kind, folder, unix_socket=False):
        self.kind = kind
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.log = os.path.join(folder, "broker.log")
        self.port = free_port()
        self.unix_path = os.path.join(folder, "broker.sock") if unix_socket else None
        self.process = None
        os.makedirs(self.data, exist_ok=True)

    def start(self):
        command = dying_with_us(self.command())
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + FIRST_START_SECONDS
        while not self.accepts():
            if self.process.poll() is not None:
                raise StartFailed(f"{self.kind} ended on its start: {self.last_words()}")
            if time.monotonic() > deadline:
                self.kill()
                raise StartFailed(f"{self.kind} did not listen on {self.port}: {self.last_words()}")
            time.sleep(0.02)

    def command(self):
        if self.kind == "mosquitto":
            return ["mosquitto", "-c", self.write_configuration()]
        if self.unix_path is not None:
            return [*holdfast(), "broker", "-c", self.write_configuration(), "--data", self.data]
        return [*holdfast(), "broker", "-p", str(self.port), "--data", self.data]

    def write_configuration(self):
        """One that both brokers read.

        For order's sake one would give Mosquitto max_inflight_messages 1 too. But 2.0.11 then drops
        the second of two QoS 2 messages that a producer sends without waiting (it answers PUBREC
        with 0x97, which MQTT 3 cannot say), and that is not what is to be shown here.
        """
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {self.data}/",
        ]
        if self.unix_path is not None:
            lines.append(f"listener 0 {self.unix_path}")
        if self.kind == "mosquitto":
            # Started by root it would give up its rights, and with them our folder.
            lines.append("user root")
        path = os.path.join(self.folder, "mosquitto.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return path

    def accepts(self):
        return connects(("127.0.0.1", self.port), socket.AF_INET)

    def kill(self):
        """kill -9, and wait until it is gone."""
        self.end(signal.SIGKILL)

    def stop(self):
        """The polite way; returns the exit status."""
        return self.end(signal.SIGTERM)

    def end(self, how):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.process = None

    def last_words(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "\n".join(log.read().splitlines()[-10:]) or "(no word)"


def holdfast():
    """What starts Holdfast: the launcher, or what HOLDFAST_COMMAND says, quoted as for a shell."""
    told = os.environ.get("HOLDFAST_COMMAND")
    return shlex.split(told) if told else [os.path.join(ROOT, "holdfast")]


def connects(address, family):
    with socket.socket(family) as probe:
        probe.settimeout(1)
        try:
            probe.connect(address)
            return True
        except OSError:
            return False


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def dying_with_us(command):
    """The same program under the same pid, but killed if this script is killed (on Linux)."""
    if shutil.which("setpriv") is None:
        return command
    return ["setpriv", "--pdeathsig", "KILL", *command]


def end_politely_when_told():
    """SIGTERM unwinds this script like an error, so that it ends its children."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def skip_without(*programs):
    for program in programs:
        if shutil.which(program) is None:
            skip(f"{program} is not installed")


def skip(why):
    print(f"skipped: {why}", file=sys.stderr)
    sys.exit(SKIPPED)


def python_with_paho():
    """Debian's paho belongs to Debian's Python, which need not be the first one on the PATH."""
    for python in (sys.executable, "/usr/bin/python3"):
        check = subprocess.run(
            [python, "-c", "import paho.mqtt.client"], stderr=subprocess.DEVNULL, check=False
        )
        if check.returncode == 0:
            return python
    return skip("paho is not installed (apt install python3-paho-mqtt)")
