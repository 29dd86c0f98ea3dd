"""The options of mosquitto_sub alone, and how it prints."""

import json
import re
import time

from .case import case, expect, expect_that
from .tap import BROKER, CLIENT

TIMED_OUT = 27


@case("sub", "-t", "-v", "-C")
def subscribes_to_several_topics(run):
    running = run.begin(
        "sub", "-v", "-C", "3",
        "-t", run.topic("a"), "-t", run.topic("b/+"), "-t", run.topic("c/#"),
        via=run.tap(),
    )
    running.tap.wait_for(BROKER, "SUBACK")
    for name in ("nothing", "a", "b/1/2", "b/1", "c"):
        run.publish(run.topic(name), f"on {name}")
    expected = "\n".join(f"{run.topic(name)} on {name}" for name in ("a", "b/1", "c"))
    expect(running.finish().out, expected, "the messages")


@case("sub", "-C")
def leaves_after_a_count(run):
    run.register(run.id(), run.topic())
    for message in ("one", "two", "three"):
        run.publish(run.topic(), message)
    came_back = ("-i", run.id(), "-c", "-q", "2", "-t", run.topic())
    expect(run.must(run.sub(*came_back, "-C", "2")).out, "one\ntwo\n", "the first two")
    expect("three" in run.collected(run.id(), run.topic()), True, "the third is kept")


@case("sub", "-E")
def leaves_when_subscribed(run):
    for version in ("31", "311", "5"):
        client, topic = run.id(version), run.topic(version)
        run.must(run.sub("-V", version, "-i", client, "-c", "-q", "1", "-t", topic, "-E"))
        run.publish(topic, "while away")
        expect(run.collected(client, topic, "-V", version), ["while away"], "the message kept")


@case("sub", "-q")
def is_granted_its_quality(run):
    for qos in ("0", "1", "2"):
        running = run.begin("sub", "-t", run.topic(), "-q", qos, "-F", "%q", via=run.tap())
        granted = running.tap.wait_for(BROKER, "SUBACK")[0].body[2:]
        expect(granted, bytes([int(qos)]), "the quality granted")
        for published in ("0", "1", "2"):
            run.must(run.pub("-t", run.topic(), "-m", "x", "-q", published))
            expect(running.take(1), [min(qos, published)], "the quality delivered")
        running.end()


@case("sub", "-N")
def prints_without_ends_of_lines(run):
    for message in ("one", "two"):
        run.publish(run.topic(message), message, "-r")
    out = run.must(run.sub("-N", "-C", "2", "-t", run.topic("one"), "-t", run.topic("two"))).out
    expect(out, "onetwo", "what was printed")


@case("sub", "-R")
def skips_stale_messages(run):
    run.publish(run.topic("stale"), "stale", "-r")
    running = run.begin("sub", "-R", "-C", "1", "-t", run.topic("#"), via=run.tap())
    running.tap.wait_for(BROKER, "PUBLISH")
    run.publish(run.topic("fresh"), "fresh")
    expect(running.finish().out, "fresh", "what was printed")


@case("sub", "--retained-only")
def takes_retained_messages_only(run):
    for name in ("a", "b"):
        run.publish(run.topic(name), f"kept {name}", "-r")
    running = run.begin("sub", "--retained-only", "-t", run.topic("#"), via=run.tap())
    expect(sorted(running.take(2)), ["kept a", "kept b"], "the retained messages")
    run.publish(run.topic("c"), "fresh")
    ended = running.finish()
    expect((ended.status, ended.out), (0, ""), "status and output after a fresh message")


@case("sub", "--remove-retained", "-T")
def removes_retained_messages(run):
    for name in ("a", "b", "keep"):
        run.publish(run.topic(name), name, "-r")
    tap = run.tap()
    running = run.begin(
        "sub", "--remove-retained", "-t", run.topic("#"), "-T", run.topic("keep"), via=tap
    )
    expect(sorted(running.take(2)), ["a", "b"], "the messages that are removed")
    tap.wait_for(CLIENT, "PUBLISH", 2)
    # Each removal comes back as an empty message, so by then it is done.
    tap.wait_for(BROKER, "PUBLISH", 5)
    late = run.listen("-t", run.topic("#"))
    run.publish(run.topic("end"), "end")
    expect(late.take_until("end"), ["keep"], "what is still retained")


@case("sub", "--retain-as-published")
def sees_the_retain_flag_as_published(run):
    for options, expected in ((("--retain-as-published",), "1 state"), ((), "0 state")):
        tap = run.tap()
        running = run.begin("sub", "-V", "5", "-t", run.topic(), "-F", "%r %p", *options, via=tap)
        tap.wait_for(BROKER, "SUBACK")
        run.publish(run.topic(), "state", "-r")
        expect(running.take(1), [expected], f"the message with {options}")
        running.end()
        run.must(run.pub("-t", run.topic(), "-n", "-r", "-q", "1"))


@case("sub", "-T")
def filters_out_topics(run):
    running = run.begin(
        "sub", "-C", "1", "-t", run.topic("#"), "-T", run.topic("a"), "-T", run.topic("b/+"),
        via=run.tap(),
    )
    running.tap.wait_for(BROKER, "SUBACK")
    for name in ("a", "b/1", "c"):
        run.publish(run.topic(name), name)
    expect(running.finish().out, "c", "what was printed")


@case("sub", "-U")
def unsubscribes(run):
    for version in ("31", "311", "5"):
        client, prefix = run.id(version), run.topic(version)
        run.register(client, f"{prefix}/a", f"{prefix}/b", f"{prefix}/c")
        running = run.begin(
            "sub", "-V", version, "-i", client, "-c", "-q", "1", "-t", f"{prefix}/c",
            "-U", f"{prefix}/a", "-U", f"{prefix}/b",
            via=run.tap(),
        )
        running.tap.wait_for(BROKER, "UNSUBACK", 2)
        running.end()
        for name in ("a", "b", "c"):
            run.publish(f"{prefix}/{name}", f"on {name}")
        got = run.collected(client, f"{prefix}/c", "-V", version)
        expect(got, ["on c"], "what the subscription left over brought")


@case("sub", "-W")
def gives_up_after_a_time(run):
    begun = time.monotonic()
    ended = run.sub("-t", run.topic(), "-W", "1")
    expect((ended.status, ended.out), (TIMED_OUT, ""), "status and output")
    expect_that(time.monotonic() - begun >= 0.9, "it gave up at once")


@case("sub", "--random-filter")
def prints_a_share_of_the_messages(run):
    half = ("-q", "1", "--random-filter", "50")
    running = run.begin("sub", *half, "-t", run.topic(), via=run.tap())
    running.tap.wait_for(BROKER, "SUBACK")
    run.publish(run.topic(), "x", "--repeat", "400")
    running.tap.wait_for(CLIENT, "PUBACK", 400)
    running.end()
    printed = len(running.finish().out.splitlines())
    # mosquitto_sub 2.0.11 prints a tenth of what it is told to: 5 % here.
    expect_that(1 <= printed <= 300, f"{printed} of 400 printed at 50 %")


@case("sub", "-F")
def prints_in_any_format(run):
    run.must(
        run.pub(
            "-V", "5", "-t", run.topic(), "-m", "hello", "-q", "1", "-r",
            "-D", "publish", "content-type", "text/plain",
            "-D", "publish", "correlation-data", "c-1",
            "-D", "publish", "message-expiry-interval", "3600",
            "-D", "publish", "payload-format-indicator", "1",
            "-D", "publish", "response-topic", "answers/here",
            "-D", "publish", "user-property", "first", "1",
            "-D", "publish", "user-property", "second", "2",
        )
    )
    formats = {
        "%t": run.topic(),
        "%p %x %X %l": "hello 68656c6c6f 68656C6C6F 5",
        "%q %r %m": "1 1 1",
        "%C|%D|%F|%R|%A|%S": "text/plain|c-1|1|answers/here||",
        "%P": "first:1 second:2",
        "[%10l] [%-10l] [%010l]": "[         5] [5         ] [0000000005]",
        r"%% @@ \\ a\tb": "% @ \\ a\tb",
    }
    for form, expected in formats.items():
        out = run.must(run.sub("-V", "5", "-q", "1", "-t", run.topic(), "-C", "1", "-F", form)).out
        expect(out.rstrip("\n"), expected, f"the output of -F {form!r}")
    expiry = run.sub("-V", "5", "-q", "1", "-t", run.topic(), "-C", "1", "-F", "%E").out
    expect_that(3500 < int(expiry) <= 3600, f"a message expiry of 3600 s came as {expiry!r}")
    times = run.sub("-q", "1", "-t", run.topic(), "-C", "1", "-F", "%I %U @Y-@m").out
    shape = r"\d{4}-\d\d-\d\dT[\d:]{8}[+-]\d{4} \d+\.\d+ \d{4}-\d\d\n"
    expect_that(re.fullmatch(shape, times) is not None, f"times printed as {times!r}")


@case("sub", "-F", "--pretty")
def prints_json(run):
    run.publish(run.topic(), '{"temperature":27}', "-r")
    for form, payload in (("%j", '{"temperature":27}'), ("%J", {"temperature": 27})):
        for options, several_lines in ((("--pretty",), True), ((), False)):
            out = run.must(run.sub("-t", run.topic(), "-C", "1", "-F", form, *options)).out
            printed = json.loads(out)
            expect((printed["topic"], printed["payload"]), (run.topic(), payload), f"{form}")
            expect("\n" in out.strip(), several_lines, f"{form} on several lines with {options}")
