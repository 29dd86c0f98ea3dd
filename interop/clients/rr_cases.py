"""The options of mosquitto_rr alone, and what it shares with one of the others only."""

import json

from .case import case, expect, expect_that
from .tap import BROKER, CLIENT

TIMED_OUT = 27

# mosquitto_rr 2.0.11 takes -f and -s, and then asks with an empty message.
FORGOTTEN = "answer to \n"


def ask(run, *arguments, **how):
    """One request; whoever waits on the topic answers with what it looked like."""
    run.answer_requests(run.topic("ask"), run.topic("answer"), how.pop("form", "%p"))
    where = ("-t", run.topic("ask"), "-e", run.topic("answer"))
    return run.must(run.call("rr", *where, *arguments, **how))


@case("rr", "-t", "-e", "-m")
def asks_and_is_answered(run):
    said = ask(run, "-m", "question", form="%R %p")
    expect(said.out, f"answer to {run.topic('answer')} question\n", "the response")


@case("rr", "-t", "-e", "-m")
def asks_in_older_versions(run):
    run.answer_requests(run.topic("ask"), run.topic("answer"))
    where = ("-t", run.topic("ask"), "-e", run.topic("answer"))
    for version in ("31", "311"):
        said = run.must(run.call("rr", "-V", version, *where, "-m", version))
        expect(said.out, f"answer to {version}\n", "the response")


@case("rr", "-f")
def asks_with_a_file(run):
    said = ask(run, "-f", run.file("question", "from a file"))
    expect_that(said.out in ("answer to from a file\n", FORGOTTEN), f"the response is {said.out!r}")


@case("rr", "-s")
def asks_with_its_input(run):
    said = ask(run, "-s", stdin="from input")
    expect_that(said.out in ("answer to from input\n", FORGOTTEN), f"the response is {said.out!r}")


@case("rr", "-n")
def asks_with_nothing(run):
    expect(ask(run, "-n", form="%l bytes").out, "answer to 0 bytes\n", "the response")


@case("rr", "-q")
def asks_at_each_quality(run):
    run.answer_requests(run.topic("ask"), run.topic("answer"), "%q")
    for qos in ("0", "1", "2"):
        tap = run.tap()
        where = ("-t", run.topic("ask"), "-e", run.topic("answer"))
        said = run.must(run.call("rr", *where, "-m", "x", "-q", qos, via=tap))
        expect(said.out, f"answer to {qos}\n", "the quality of the request")
        granted = tap.wait_for(BROKER, "SUBACK")[0].body[-1]
        expect(granted, int(qos), "the quality granted for the response")


@case("rr", "-v", "-N")
def prints_verbosely_and_without_end_of_line(run):
    expect(ask(run, "-m", "x", "-v").out, f"{run.topic('answer')} answer to x\n", "with -v")
    where = ("-t", run.topic("ask"), "-e", run.topic("answer"))
    expect(run.must(run.call("rr", *where, "-m", "y", "-N")).out, "answer to y", "with -N")


@case("rr", "-F", "--pretty")
def prints_in_a_format(run):
    expect(ask(run, "-m", "x", "-F", "%q|%l|%p").out, "0|11|answer to x\n", "the output of -F")
    where = ("-t", run.topic("ask"), "-e", run.topic("answer"))
    pretty = run.must(run.call("rr", *where, "-m", "y", "-F", "%j", "--pretty")).out
    expect(json.loads(pretty)["payload"], "answer to y", "the payload in JSON")
    expect_that("\n" in pretty.strip(), "JSON on one line in spite of --pretty")


@case("rr", "-R")
def may_skip_a_stale_response(run):
    expect(ask(run, "-m", "x", "-R").out, "answer to x\n", "the response")
    run.publish(run.topic("answer"), "stale", "-r")
    where = ("-t", run.topic("ask"), "-e", run.topic("answer"))
    said = run.must(run.call("rr", *where, "-m", "x", "-R")).out
    # mosquitto_rr 2.0.11 takes -R, and then prints the stale response all the same.
    expect_that(said in ("answer to x\n", "stale\n"), f"the response is {said!r}")


@case("rr", "-W")
def gives_up_on_a_response(run):
    tap = run.tap()
    where = ("-t", run.topic("ask"), "-e", run.topic("answer"))
    ended = run.call("rr", *where, "-m", "x", "-W", "1", via=tap)
    expect((ended.status, ended.out), (TIMED_OUT, ""), "status and output")
    expect(len(tap.packets(CLIENT, "PUBLISH")), 1, "requests sent")
