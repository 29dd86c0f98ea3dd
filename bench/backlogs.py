"""The cases of bench/run about messages that wait: what they cost in memory, time and disk.

Holdfast runs with the small heap of SMALL_HEAP in all of them.
"""

import pathlib
import re
import signal
import socket
import statistics
import subprocess
import time

from measuring import DISTURBED_CORES, Broker, Failed, median, wait_until_quiet

MIB = 1 << 20
LOAD = ["--publishers", 50, "--window", 20, "--subscribers", 10, "--bytes", 256]
SMALL_HEAP = "-Xms256m -Xmx256m -XX:+AlwaysPreTouch -XX:MaxDirectMemorySize=64m"
HANDLED_MIN = 1_000_000
PATIENCE_SECONDS = 120  # What takes a broker long is reported, and is no reason to give up.
MESSAGES_PER_QUEUE = 100
PUBLISHERS = 50
START_SECONDS_MAX = 600
WRITTEN_PART = 0.8


# ---------------------------------------------------------------- what they share


def small_broker(session, name):
    return Broker(name, session.options, session.tools, SMALL_HEAP)


def generate(session, broker, what, tool, *arguments):
    """One run of a generator. None if nothing was found; what was found before it failed, else."""
    try:
        result = session.tools.against(
            broker, tool, *arguments, "--patience", PATIENCE_SECONDS
        )
        if not result["clean"]:
            fail(session, what, "messages were lost, duplicated or reordered")
    except Failed as failure:
        result = failure.found
        fail(session, what, f"{failure}\n{broker.words()}".strip())
    return result


def fail(session, what, why):
    session.failures.append(f"{what}: {why}")
    print(f"  {what} FAILED: {why}", flush=True)


def disturbance(result):
    if result.get("other_cores", 0) > DISTURBED_CORES:
        return f"  (disturbed: {result['other_cores']:.2f} cores busy with something else)"
    return ""


def having(results, key):
    return [result for result in results if key in result]


def goal(what, is_met):
    return f"(goal: {what}: {'met' if is_met else 'MISSED'})"


def verdict(name, what, is_met):
    """Goals are Holdfast's; what it is compared with has none."""
    return goal(what, is_met) if name == "holdfast" else ""


def messages(session):
    return int(session.options.millions * 1e6)


# ---------------------------------------------------------------- the cases


def case_backlog(session):
    count = messages(session)
    step = min(1_000_000, count // 2)
    print(f"\nbacklog: publishing while {count:,} messages wait for 10 subscribers that are away")
    for name in session.brokers:
        results = []
        for index in range(session.options.runs):
            wait_until_quiet(session.options)
            with small_broker(session, name) as broker:
                result = generate(
                    session,
                    broker,
                    f"run {index + 1} {name}",
                    "BacklogGenerator",
                    *LOAD,
                    *("--online-first", "--messages", count, "--step", step),
                    *("--warm-up", session.options.warm_up, "--measure", session.options.measure),
                )
            show_backlog(f"run {index + 1} {name}", result)
            results.append(result)
        conclude_backlog(name, step, results)


def show_backlog(what, result):
    if "handled" in result and result["handled"] < HANDLED_MIN:
        print(f"  {what} NOTE: only {result['handled']:,.0f} messages were handled before")
    print(
        f"  {what} empty {result.get('empty_per_s', 0):,.0f}/s"
        f" full {result.get('full_per_s', 0):,.0f}/s over all {result.get('fill_per_s', 0):,.0f}/s,"
        f" {result.get('waiting', 0):,.0f} wait;"
        f" resident {result.get('empty_resident_bytes', 0) / MIB:,.0f} MiB"
        f" -> {result.get('full_resident_bytes', 0) / MIB:,.0f} MiB" + disturbance(result),
        flush=True,
    )


def conclude_backlog(name, step, results):
    whole = having(results, "full_per_s")
    if not whole:
        return
    speed = statistics.median(run["full_per_s"] / run["empty_per_s"] for run in whole)
    print(
        f"  {name}: medians of {len(whole)}: the first {step:,} at {median(whole, 'empty_per_s'):,.0f}/s,"
        f" the last at {median(whole, 'full_per_s'):,.0f}/s: {speed:.0%}"
        f" {verdict(name, '90 %', speed >= 0.9)}"
    )
    grown = statistics.median(
        run["full_resident_bytes"] - run["empty_resident_bytes"] for run in whole
    )
    print(
        f"  {name}: resident memory {median(whole, 'empty_resident_bytes') / MIB:,.0f} MiB before,"
        f" {grown / MIB:+,.1f} MiB with the backlog {verdict(name, '< 64 MiB', grown < 64 * MIB)}"
    )


def case_drain(session):
    count = messages(session)
    print(f"\ndrain: {count:,} waiting messages are taken by 10 subscribers that come back")
    for name in session.brokers:
        results = []
        for index in range(session.options.runs):
            what = f"run {index + 1} {name}"
            wait_until_quiet(session.options)
            with small_broker(session, name) as broker:
                result = generate(
                    session,
                    broker,
                    what,
                    "BacklogGenerator",
                    *LOAD,
                    *("--online-first", "--messages", count, "--drain"),
                    *("--warm-up", session.options.warm_up, "--measure", session.options.measure),
                )
            show_drain(what, result)
            results.append(result)
        conclude_drain(name, results)
    queues = max(PUBLISHERS, count // MESSAGES_PER_QUEUE)
    print(f" {MESSAGES_PER_QUEUE} in each of {queues:,} queues, nobody publishing meanwhile:")
    for index in range(session.options.runs):
        what = f"run {index + 1} holdfast"
        wait_until_quiet(session.options)
        with small_broker(session, "holdfast") as broker:
            result = generate(
                session,
                broker,
                what,
                "BacklogGenerator",
                *many_queues(queues),
                *("--messages", queues * MESSAGES_PER_QUEUE, "--drain"),
            )
        show_drain(what, result)


def many_queues(queues):
    topics = -(-queues // PUBLISHERS)
    return ["--publishers", PUBLISHERS, "--topics", topics, "--subscribers", queues]


def show_drain(what, result):
    print(
        f"  {what} online {result.get('online_acked_per_s', 0):,.0f} acked/s"
        f" {result.get('online_delivered_per_s', 0):,.0f} delivered/s; {result.get('waiting', 0):,.0f}"
        f" drained at {result.get('drain_per_s', 0):,.0f}/s in {result.get('drain_s', 0):,.1f} s, while"
        f" {result.get('drain_acked_per_s', 0):,.0f} acked/s of {result.get('drain_due_per_s', 0):,.0f}/s"
        + disturbance(result),
        flush=True,
    )


def conclude_drain(name, results):
    whole = having(results, "drain_acked_per_s")
    if not whole:
        return
    drained = statistics.median(run["drain_per_s"] / run["online_delivered_per_s"] for run in whole)
    published = statistics.median(run["drain_acked_per_s"] / run["online_acked_per_s"] for run in whole)
    print(
        f"  {name}: medians of {len(whole)}: drained at {drained:.0%} of the online delivery"
        f" {verdict(name, '70 %', drained >= 0.7)}, published at {published:.0%}"
        f" {verdict(name, '80 %', published >= 0.795)}"
    )


def case_restart(session):
    count = messages(session)
    queues = max(PUBLISHERS, count // MESSAGES_PER_QUEUE)
    print(f"\nrestart: with {count:,} waiting messages, from exec to CONNACK and first message")
    restart(session, f"{count:,} in one queue", count, ["--subscribers", 1])
    restart(
        session,
        f"{MESSAGES_PER_QUEUE} in each of {queues:,} queues",
        queues * MESSAGES_PER_QUEUE,
        many_queues(queues),
    )


def restart(session, what, count, arguments):
    wait_until_quiet(session.options)
    with small_broker(session, "holdfast") as broker:
        filled = generate(
            session,
            broker,
            what,
            "BacklogGenerator",
            *("--name", "waiting", "--messages", count),
            *arguments,
        )
        if "fill_per_s" not in filled:
            print(f"  {what}: the broker ended with {filled.get('waiting', 0):,.0f} waiting")
            return
        print(f"  {what}: filled at {filled['fill_per_s']:,.0f}/s", flush=True)
        for how, with_signal in (("kill -9", signal.SIGKILL), ("clean stop", signal.SIGTERM)):
            starts = []
            for index in range(session.options.runs):
                wait_until_quiet(session.options)
                broker.end(with_signal)
                try:
                    starts.append(timed_start(broker, "waiting-s0"))
                except Failed as failure:
                    fail(session, f"{what} after {how}", str(failure))
                    return
                print(f"  {what} after {how}: {describe_start(starts[-1])}", flush=True)
            answered, delivered = median(starts, "answered_s"), median(starts, "delivered_s")
            print(
                f"  {what} after {how}: medians of {len(starts)}: CONNACK {answered:.2f} s"
                f" {goal('< 2 s', answered < 2)},"
                f" first message {delivered:.2f} s {goal('< 3 s', delivered < 3)}"
            )


def describe_start(start):
    return "CONNACK after {answered_s:.2f} s, first message after {delivered_s:.2f} s".format(**start)


def timed_start(broker, client_id):
    """Starts a broker, and is the first of its clients, one whose messages wait."""
    broker.start()
    execed = wait_for_java(broker)
    client = client_id.encode()
    connect = b"\0\4MQTT\4\0\0\0" + len(client).to_bytes(2, "big") + client
    deadline = execed + START_SECONDS_MAX
    with connection(broker, deadline) as link:
        link.sendall(b"\x10" + bytes([len(connect)]) + connect)
        answer = take(link, 4, broker)
        answered = time.monotonic()
        if answer != b"\x20\2\1\0":
            raise Failed(f"no CONNACK with a session present: {answer.hex()}")
        first = take(link, 1, broker)
        delivered = time.monotonic()
        if first[0] >> 4 != 3:
            raise Failed(f"no PUBLISH after CONNACK: {first.hex()}")
    return {"answered_s": answered - execed, "delivered_s": delivered - execed}


def wait_for_java(broker):
    """When the launcher became Java: it is a shell before, and keeps its process."""
    name = pathlib.Path(f"/proc/{broker.process.pid}/comm")
    while broker.process.poll() is None:
        if name.read_text().strip() == "java":
            return time.monotonic()
        time.sleep(0.001)
    raise Failed(f"it ended at its start:\n{broker.words()}")


def connection(broker, deadline):
    while time.monotonic() < deadline and broker.process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", broker.port), timeout=PATIENCE_SECONDS)
        except OSError:
            time.sleep(0.002)
    raise Failed(f"it does not listen:\n{broker.words()}")


def take(link, count, broker):
    taken = b""
    while len(taken) < count:
        try:
            more = link.recv(count - len(taken))
        except OSError as error:
            raise Failed(f"no answer: {error}\n{broker.words()}") from error
        if not more:
            raise Failed(f"the connection ended:\n{broker.words()}")
        taken += more
    return taken


def case_fanout(session):
    sessions, publishes = session.options.sessions, session.options.publishes
    print(f"\nfanout: {publishes:,} messages for {sessions:,} durable sessions that are away")
    for every in (1, 2, 10):
        for name in session.brokers:
            results = []
            for index in range(session.options.runs):
                what = f"run {index + 1} {name}, one in {every}"
                wait_until_quiet(session.options)
                with small_broker(session, name) as broker:
                    result = generate(
                        session,
                        broker,
                        what,
                        "FanOutGenerator",
                        *("--sessions", sessions, "--every", every, "--publishes", publishes),
                    )
                print(f"  {what} {describe_fanout(result)}" + disturbance(result), flush=True)
                results.append(result)
            conclude_fanout(name, every, results)


def describe_fanout(result):
    words = []
    if "core_ms" in result:
        words.append(
            "core {core_ms:.3f} ms (for one session {core_one_ms:.3f} ms), {bytes_beyond:,.0f} bytes"
            " beyond one for one session (mean {bytes_beyond_mean:,.0f}) in {slices:.0f} x"
            " {per_slice:.0f} messages; the first acknowledged after {first_ms:.1f} ms".format(**result)
        )
    for when, said in (
        ("alone", "alone"),
        ("window1", "beside a window of 1"),
        ("window20", "beside a window of 20"),
    ):
        if f"{when}_p99_us" in result:
            words.append(
                f"another's p50/p99 {said} {result[when + '_p50_us'] / 1e3:.2f} /"
                f" {result[when + '_p99_us'] / 1e3:.2f} ms (of {result[when + '_count']:,.0f})"
            )
    return "; ".join(words)


def conclude_fanout(name, every, results):
    what = f"{name}, one in {every}"
    if costs := having(results, "bytes_beyond"):
        core, beyond = median(costs, "core_ms"), median(costs, "bytes_beyond")
        print(
            f"  {what}: medians of {len(costs)}: core {core:.3f} ms {verdict(name, '<= 1 ms', core <= 1)},"
            f" {beyond:,.0f} bytes beyond one for one session {verdict(name, '<= 64', beyond <= 64)}"
        )
    for when, said in (("window1", "a window of 1"), ("window20", "a window of 20")):
        if beside := having(results, f"{when}_p99_us"):
            late = median(beside, f"{when}_p99_us") / 1e3
            print(
                f"  {what}: medians of {len(beside)}: another publisher's p99 beside {said}"
                f" {late:.2f} ms {verdict(name, '< 20 ms', late < 20)}"
            )


def case_heap(session):
    sessions, retained = session.options.sessions, session.options.retained
    print(f"\nheap: {sessions:,} durable sessions with one filter each, and {retained:,} retained topics")
    results = []
    for index in range(session.options.runs):
        for kind, count in (("session", sessions), ("retained", retained)):
            what = f"run {index + 1} {kind}"
            with small_broker(session, "holdfast") as broker:
                result = heap_of(session, broker, what, kind, count)
            if result:
                results.append(result)
    for kind in ("session", "retained"):
        if of_kind := having(results, f"{kind}_heap_bytes"):
            heap = median(of_kind, f"{kind}_heap_bytes")
            said = goal("<= 700", heap <= 700) if kind == "session" else ""
            print(f"  medians of {len(of_kind)}: {heap:,.0f} bytes of heap for each {kind} {said}")


def heap_of(session, broker, what, kind, count):
    """What each of so many adds to the heap; a few go before, for what the first ones bring."""
    option = "--idle-sessions" if kind == "session" else "--retained"
    small_load = ["--publishers", 1, "--window", 1, "--subscribers", 1, "--warm-up", 0, "--measure", 1]
    generate(session, broker, what, "LoadGenerator", *small_load, option, max(1, count // 100))
    before, resident = used_heap(session, broker), resident_bytes(broker)
    made = generate(session, broker, what, "LoadGenerator", *small_load, option, count)
    if "idle_s" not in made:
        return None
    after = used_heap(session, broker)
    print(
        f"  {what}: heap {before / MIB:,.1f} -> {after / MIB:,.1f} MiB,"
        f" {(after - before) / count:,.0f} bytes each; resident {resident / MIB:,.0f} ->"
        f" {resident_bytes(broker) / MIB:,.0f} MiB; made in {made['idle_s']:.1f} s",
        flush=True,
    )
    return {f"{kind}_heap_bytes": (after - before) / count}


def used_heap(session, broker):
    """What is used after a full collection."""
    for command in ("GC.run", "GC.heap_info"):
        jcmd = [str(session.tools.java.parent / "jcmd"), str(broker.process.pid), command]
        said = subprocess.run(jcmd, capture_output=True, text=True)
        if said.returncode != 0:
            raise Failed(f"jcmd failed: {said.stderr or said.stdout}")
    generations = re.findall(r"(?:generation|DefNew|Tenured)\s+total \d+K, used (\d+)K", said.stdout)
    if len(generations) != 2:
        raise Failed(f"not the serial collector's heap: {said.stdout}")
    return sum(int(used) for used in generations) * 1024


def resident_bytes(broker):
    status = pathlib.Path(f"/proc/{broker.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) * 1024


def case_written(session):
    print("\nwritten: bytes to disk for each byte of payload, all subscribers online")
    results = {"as fast as the windows allow": [], f"at {WRITTEN_PART:.0%} of the delivered rate": []}
    fast, steady = results.values()
    for index in range(session.options.runs):
        what = f"run {index + 1}"
        first = session.measure(what, "holdfast", LOAD, SMALL_HEAP)
        if first:
            fast.append(first)
            rate = int(WRITTEN_PART * first["delivered_per_s"])
            second = session.measure(what, "holdfast", [*LOAD, "--rate", rate], SMALL_HEAP)
            if second:
                steady.append(second)
    for how, runs in results.items():
        if runs:
            written = median(runs, "written_bytes") / 256
            print(
                f"  {how}: medians of {len(runs)}: {median(runs, 'acked_per_s'):,.0f} acked/s,"
                f" {median(runs, 'delivered_per_s'):,.0f} delivered/s, {written:.2f} bytes"
                f" {goal('<= 2.0', written <= 2) if runs is steady else '(a backlog grows)'}"
            )
