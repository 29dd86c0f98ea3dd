"""What a case can do: run the three programs, listen to what arrives, look at the wire."""

import contextlib
import os
import subprocess
import threading
import time

from broker import dying_with_us

from .case import CaseFailed, expect
from .options import LONG_NAMES
from .running import PATIENCE_SECONDS, Result, Running
from .tap import BROKER, Tap

TIMED_OUT = 27


class Run:
    """One case for one program, with short or with long option names, and names of its own."""

    def __init__(self, case, suite, prefix, spells_long):
        self.program = case.program
        self.suite = suite
        self.port = suite.broker.port
        self.prefix = prefix
        self.spells_long = spells_long
        self.used = set()
        self.stack = contextlib.ExitStack()
        self.folder = suite.subfolder(prefix)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.stack.close()

    def topic(self, name="t"):
        return f"{self.prefix}/{name}"

    def id(self, name="c"):
        return f"{self.prefix}-{name}"

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
        return path

    def tap(self, path=None):
        tap = Tap(self.port, path)
        self.stack.callback(tap.close)
        return tap

    # The programs. `via` is a tap to go through; `direct=False` leaves out where to connect to.

    def pub(self, *arguments, **how):
        return self.call("pub", *arguments, **how)

    def sub(self, *arguments, **how):
        return self.call("sub", *arguments, **how)

    def call(self, program, *arguments, stdin="", via=None, direct=True, home=None):
        try:
            done = subprocess.run(
                dying_with_us(self.command_line(program, arguments, via, direct)),
                input=stdin,
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
                env=self.environment(home),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CaseFailed(f"mosquitto_{program} did not end: {arguments}") from None
        return Result(done.returncode, done.stdout, done.stderr)

    def begin(self, program, *arguments, via=None, direct=True, home=None):
        line = self.command_line(program, arguments, via, direct)
        running = Running(line, self.environment(home), via)
        self.stack.callback(running.end)
        return running

    def command_line(self, program, arguments, via, direct):
        where = ("-h", "127.0.0.1", "-p", str(via.port if via else self.port)) if direct else ()
        spelled = [self.spell(argument) for argument in (*where, *arguments)]
        if program == self.program:
            self.used.update(spelled)
            self.used.update(" ".join(pair) for pair in zip(spelled, spelled[1:]))
        return [f"mosquitto_{program}", *spelled]

    def spell(self, argument):
        return LONG_NAMES.get(argument, argument) if self.spells_long else argument

    def environment(self, home):
        """The user's own defaults for the programs stay out of it."""
        return {**os.environ, "XDG_CONFIG_HOME": home or self.suite.empty_folder}

    # What most stories are made of.

    def wait(self, seconds):
        """For what only time can show, such as an expiry."""
        time.sleep(seconds)

    def must(self, result, what="the program"):
        if result.status != 0:
            raise CaseFailed(f"{what} ended with {result.status}: {result.out}{result.err}")
        return result

    def publish(self, topic, message, *arguments):
        self.must(self.pub("-q", "1", "-t", topic, "-m", message, *arguments), "publishing")

    def listen(self, *arguments, form="%p", version="5"):
        """A subscriber; when this returns the broker has granted its subscriptions."""
        how = ("-V", version, "-q", "2", "-F", form)
        running = self.begin("sub", *how, *arguments, via=self.tap())
        running.tap.wait_for(BROKER, "SUBACK")
        return running

    def register(self, client_id, *topics, program="sub"):
        """Leaves a durable session behind, subscribed at QoS 2."""
        filters = [word for topic in topics for word in ("-t", topic)]
        self.must(self.sub("-i", client_id, "-c", "-q", "2", "-E", *filters), "registering")

    def collected(self, client_id, topic, *arguments):
        """What a durable session on this topic has waiting, found by a message put at its end."""
        back = ("-i", client_id, "-c", "-q", "2", "-t", topic)
        running = self.begin("sub", *back, *arguments, via=self.tap())
        running.tap.wait_for(BROKER, "SUBACK")
        self.publish(topic, "the last one", "-q", "2")
        taken = running.take_until("the last one")
        running.end()
        return taken

    def answer_requests(self, topic, response_topic, form="%p"):
        """Answers each request on the topic with "answer to" and what it looked like."""
        requests = self.listen("-t", topic, form=form)

        def answer():
            while (line := requests.lines.get()) is not None:
                self.publish(response_topic, f"answer to {line}")

        threading.Thread(target=answer, daemon=True).start()

    # The same little exchange with any of the three programs.

    def works(self, *arguments, **how):
        """Runs the case's program with these options through an exchange, which must succeed."""
        result = self.exchange(*arguments, **how)
        self.must(result, f"mosquitto_{self.program}")
        return result

    def exchange(self, *arguments, topic_by_url=False, **how):
        topic = self.topic("exchange")
        target = () if topic_by_url else ("-t", topic)
        if self.program == "pub":
            heard = self.listen("-t", topic)
            result = self.call("pub", *target, "-q", "1", "-m", "hello", *arguments, **how)
            if result.status == 0:
                expect(heard.take(1), ["hello"], "what was published")
        elif self.program == "sub":
            self.publish(topic, "hello", "-r")
            result = self.call("sub", *target, "-C", "1", *arguments, **how)
            if result.status == 0:
                expect(result.out.splitlines()[-1], "hello", "what was received")
        else:
            answers = self.topic("answers")
            self.answer_requests(topic, answers)
            result = self.call("rr", *target, "-e", answers, "-m", "hello", *arguments, **how)
            if result.status == 0:
                expect(result.out.splitlines()[-1], "answer to hello", "the response")
        return result

    def comes_and_goes(self, *arguments, **how):
        """Runs the case's program so that it connects and takes its leave with a DISCONNECT."""
        if self.program == "sub":
            return self.must(self.sub("-t", self.topic("visit"), "-E", *arguments, **how))
        if self.program == "pub":
            visit = ("-t", self.topic("visit"), "-q", "1", "-n")
            return self.must(self.pub(*visit, *arguments, **how))
        # mosquitto_rr ends without a word when it is answered, and politely when it is not.
        ask = ("-t", self.topic("visit"), "-e", self.topic("nobody"), "-m", "hello", "-W", "1")
        left = self.call("rr", *ask, *arguments, **how)
        expect(left.status, TIMED_OUT, "the status of mosquitto_rr without an answer")
        return left

    def has_session(self, client_id):
        tap = self.tap()
        self.must(self.sub("-c", "-i", client_id, "-t", self.topic("probe"), "-E", via=tap))
        return tap.wait_for(BROKER, "CONNACK")[0].body[0] == 1

    def idle(self, *arguments, **how):
        """The case's program, connected and with nothing to do."""
        topic = self.topic("idle")
        target = {
            "pub": ("-t", topic, "-l"),
            "sub": ("-t", topic),
            "rr": ("-t", topic, "-e", topic + "/answer", "-m", "nobody answers"),
        }
        how.setdefault("via", self.tap())
        running = self.begin(self.program, *target[self.program], *arguments, **how)
        running.tap.connect()
        return running
