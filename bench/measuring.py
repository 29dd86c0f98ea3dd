"""What every case of bench/run stands on: the machine, the brokers' processes, the tools, and runs in turns."""

import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT / "bench"
JDK_OLDEST, JDK_NEWEST = 21, 25
START_SECONDS_MAX = 300  # The launcher may have to build first.
STOP_SECONDS_MAX = 60
QUIET_CORES = 0.10
DISTURBED_CORES = 0.20
DISTURBED_RETRIES = 2
KEEPS_UP = 0.95

# Without a queue limit, because Mosquitto's default of 1,000 makes it drop what it has acknowledged
# under this load. Its default of 20 messages in flight per client stays: 0 (no limit), 100 and 1,000
# were not faster.
MOSQUITTO_CONF = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_queued_messages 0
max_inflight_messages 20
connection_messages false
log_dest stdout
log_type error
log_type warning
"""


class Failed(Exception):
    """A measurement that could not be made; says why, and what was found before."""

    def __init__(self, why, found=None):
        super().__init__(why)
        self.found = found or {}


# ---------------------------------------------------------------- the machine


def find_java():
    """The newest JDK of the range among JAVA_HOME, the PATH and the usual folders."""
    homes = [pathlib.Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    on_path = shutil.which("java")
    if on_path:
        homes.append(pathlib.Path(on_path).resolve().parent.parent)
    homes += sorted(pathlib.Path("/usr/lib/jvm").glob("*"))
    found = []
    for home in homes:
        try:
            release = (home / "release").read_text()
        except OSError:
            continue
        version = re.search(r'JAVA_VERSION="(\d+)', release)
        if version and JDK_OLDEST <= int(version.group(1)) <= JDK_NEWEST:
            found.append((int(version.group(1)), home / "bin" / "java"))
    if not found:
        raise Failed(f"no JDK from {JDK_OLDEST} to {JDK_NEWEST} found: set JAVA_HOME")
    return max(found, key=lambda candidate: candidate[0])[1]


def build():
    """Builds the tools if a source is newer than they are."""
    lib = BENCH / "target" / "lib"
    sources = [*(BENCH / "src" / "main").rglob("*.java"), BENCH / "pom.xml"]
    stamp = BENCH / "target" / "run.stamp"
    if lib.is_dir() and stamp.exists():
        if stamp.stat().st_mtime > max(source.stat().st_mtime for source in sources):
            return
    print("building the tools ...", flush=True)
    command = ["mvn", "-q", "-Dquick", "-DskipTests", "-pl", "bench", "package"]
    offline = subprocess.run([*command, "-o"], cwd=ROOT, capture_output=True)
    if offline.returncode != 0 and subprocess.run(command, cwd=ROOT).returncode != 0:
        raise Failed("the tools could not be built")
    stamp.touch()


def describe_machine(java, options):
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    version = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    disk = subprocess.run(
        ["df", "--output=source,fstype", str(options.folder)], capture_output=True, text=True
    ).stdout.split("\n")
    print(f"{os.cpu_count()} cores, {cpu.group(1) if cpu else 'CPU unknown'}, Linux {os.uname().release}")
    print(f"{version.splitlines()[0]}; {mosquitto_version(options)}")
    print(f"data in {options.folder} on {' '.join(disk[1].split())}")
    print(f"{options.runs} runs of {options.measure} s after {options.warm_up} s of warm-up, medians")


def mosquitto_version(options):
    if not available(options.mosquitto):
        return "no Mosquitto"
    words = subprocess.run([options.mosquitto, "-h"], capture_output=True, text=True).stdout
    return words.splitlines()[0] if words else "Mosquitto"


def available(program):
    return shutil.which(program) is not None


def busy_ticks():
    fields = [int(f) for f in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4]


def wait_until_quiet(options):
    """Others' work on the machine would be measured too; waits for its end, but not for ever."""
    deadline = time.monotonic() + options.quiet_wait
    while True:
        before = busy_ticks()
        time.sleep(1)
        if busy_ticks() - before <= 100 * QUIET_CORES:
            return
        if time.monotonic() > deadline:
            return


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# ---------------------------------------------------------------- the brokers


class Broker:
    """A broker's process, from start to end, with a folder of its own."""

    def __init__(self, name, options, tools, java_options=""):
        self.name = name
        given = os.environ.get("HOLDFAST_JAVA_OPTS", "")
        self.environment = {**os.environ, "HOLDFAST_JAVA_OPTS": f"{java_options} {given}".strip()}
        self.port = free_port()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=name + "-", dir=options.folder))
        self.log = self.folder / "log"
        self.command = getattr(self, name)(options, tools)

    def holdfast(self, options, tools):
        data = self.folder / "data"
        return [options.holdfast, "broker", "-p", str(self.port), "--data", str(data)]

    def mosquitto(self, options, tools):
        conf = self.folder / "mosquitto.conf"
        conf.write_text(MOSQUITTO_CONF.format(port=self.port))
        return [options.mosquitto, "-c", str(conf)]

    def null(self, options, tools):
        return tools.command("NullBroker", "--port", self.port)

    def __enter__(self):
        self.start()
        try:
            self.wait_for_listener()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *ignored):
        self.end(signal.SIGTERM)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Starts it, and waits for nothing."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
            )

    def wait_for_listener(self):
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended at its start:\n{self.words()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise Failed(f"{self.name} does not listen:\n{self.words()}")

    def words(self):
        return self.log.read_text(errors="replace")[-2000:]

    def end(self, with_signal):
        """Ends it, and waits until it has ended; its data stay."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                print(f"{self.name} does not end; killing it", flush=True)
                self.process.kill()
                self.process.wait()


class Tools:
    """The Java programs of this module."""

    def __init__(self, java, options):
        self.java = java
        self.options = options

    def command(self, tool, *arguments):
        path = f"{BENCH}/target/classes:{BENCH}/target/lib/*"
        flags = ["-XX:+UseSerialGC", "-Xms256m", "-Xmx512m", "--enable-native-access=ALL-UNNAMED"]
        words = [str(argument) for argument in arguments]
        return [str(self.java), *flags, "-cp", path, "io.holdfast.bench." + tool, *words]

    def fsync(self):
        return self.run("FsyncProbe", self.options.folder)

    def load(self, broker, arguments):
        return self.against(
            broker,
            "LoadGenerator",
            *("--warm-up", self.options.warm_up),
            *("--measure", self.options.measure),
            *arguments,
        )

    def against(self, broker, tool, *arguments):
        place = [
            *("--port", broker.port),
            *("--broker-pid", broker.process.pid),
            *("--broker-folder", broker.folder),
        ]
        return self.run(tool, *place, *arguments)

    def run(self, tool, *arguments):
        """All figures of the tool's result lines. `Failed` has those that came before it failed."""
        run = subprocess.run(self.command(tool, *arguments), capture_output=True, text=True)
        result = {}
        for line in run.stdout.split("\n"):
            if line.startswith("result "):
                for pair in line.split()[1:]:
                    key, value = pair.split("=")
                    result[key] = float(value)
        if run.returncode > 1 or not result:
            raise Failed((run.stderr or run.stdout or "no result").strip(), result)
        result["clean"] = float(run.returncode == 0)
        return result


# ---------------------------------------------------------------- measuring


class Session:
    """What was asked for, and whether every check held."""

    def __init__(self, options):
        self.options = options
        self.tools = Tools(find_java(), options)
        self.failures = []
        self.brokers = []
        if available(options.holdfast):
            self.brokers.append("holdfast")
        else:
            print(f"{options.holdfast} is not there: measuring without Holdfast")
        if available(options.mosquitto):
            self.brokers.append("mosquitto")
        else:
            print(f"{options.mosquitto} is not there: measuring without Mosquitto")

    def measure(self, what, name, arguments, java_options=""):
        """One run on a fresh broker; repeated when others disturbed it. None if it failed."""
        best = None
        for _ in range(1 + DISTURBED_RETRIES):
            wait_until_quiet(self.options)
            try:
                with Broker(name, self.options, self.tools, java_options) as broker:
                    result = self.tools.load(broker, arguments)
            except Failed as failure:
                self.failures.append(f"{what} {name}: {failure}")
                print(f"  {what} {name:10} FAILED: {failure}", flush=True)
                return None
            self.show(what, name, result)
            if best is None or result["other_cores"] < best["other_cores"]:
                best = result
            if best["other_cores"] <= DISTURBED_CORES:
                break
        if not best["clean"]:
            self.failures.append(f"{what} {name}: messages were lost, duplicated or reordered")
        return best

    def show(self, what, name, result):
        note = ""
        if not result["clean"]:
            note = "  LOST {lost:.0f} DUPLICATED {duplicated:.0f} REORDERED {reordered:.0f} UNACKED {unacked:.0f}".format(**result)
        if falls_behind(result):
            note += "  (delivery falls behind)"
        if result["other_cores"] > DISTURBED_CORES:
            note += "  (disturbed: {other_cores:.2f} cores busy with something else)".format(**result)
        print(
            f"  {what} {name:10}"
            + " {acked_per_s:10,.0f} acked/s {delivered_per_s:10,.0f} delivered/s"
            " ack p50 {ack_p50_us:8,.0f} us broker {broker_cpu_us:6.2f} us/msg".format(**result)
            + note,
            flush=True,
        )

    def rounds(self, brokers, arguments):
        """The runs of a case, the brokers taking turns: name -> results."""
        results = {name: [] for name in brokers}
        for index in range(self.options.runs):
            for name in brokers:
                result = self.measure(f"run {index + 1}", name, arguments)
                if result:
                    results[name].append(result)
        return results


def falls_behind(result):
    """Whether a backlog grew while it was measured: such a speed cannot be kept up."""
    return result["delivered_per_s"] < KEEPS_UP * result["acked_per_s"]


def median(results, key):
    return statistics.median(result[key] for result in results)


def table(results):
    """Prints medians, one line per broker."""
    print(
        f"  {'medians':12} {'acked/s':>10} {'(from - to)':>23} {'delivered/s':>11}"
        f" {'ack p50/p99 ms':>18} {'e2e p50/p99 ms':>18} {'max ms':>9}"
        f" {'CPU us/msg':>10} {'generator':>9}"
    )
    for name, runs in results.items():
        if not runs:
            continue
        speeds = [run["acked_per_s"] for run in runs]
        spread = f"({min(speeds):,.0f} - {max(speeds):,.0f})"
        latencies = [
            f"{median(runs, kind + '_p50_us') / 1e3:.3f} / {median(runs, kind + '_p99_us') / 1e3:.3f}"
            for kind in ("ack", "e2e")
        ]
        print(
            f"  {name:12} {statistics.median(speeds):10,.0f} {spread:>23}"
            f" {median(runs, 'delivered_per_s'):11,.0f} {latencies[0]:>18} {latencies[1]:>18}"
            f" {median(runs, 'e2e_max_us') / 1e3:9.1f}"
            f" {median(runs, 'broker_cpu_us'):10.2f} {median(runs, 'generator_cpu_us'):9.2f}"
        )
    caveats(results)


def caveats(results):
    """Says what keeps the figures above from being published as they are."""
    for name, runs in results.items():
        behind = sum(falls_behind(run) for run in runs)
        disturbed = sum(run["other_cores"] > DISTURBED_CORES for run in runs)
        if behind:
            print(
                f"  NOTE {name}: in {behind} of {len(runs)} runs it acknowledged faster than it"
                " delivered, so a backlog grew: only `delivered` could be kept up"
            )
        if disturbed:
            print(f"  NOTE {name}: {disturbed} of {len(runs)} runs were disturbed by others")


def ratio(results, key):
    if results.get("holdfast") and results.get("mosquitto"):
        return median(results["holdfast"], key) / median(results["mosquitto"], key)
    return None
