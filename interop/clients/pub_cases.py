"""The options of mosquitto_pub alone."""

import time

from .case import case, expect, expect_that
from .tap import BROKER, CLIENT


@case("pub", "-t", "-m")
def publishes_a_message(run):
    heard = run.listen("-t", run.topic(), form="%t|%p|%q|%r")
    run.must(run.pub("-t", run.topic(), "-m", "héllo wörld"))
    expect(heard.take(1), [f"{run.topic()}|héllo wörld|0|0"], "the message")


@case("pub", "-q")
def publishes_at_each_quality(run):
    heard = run.listen("-t", run.topic(), form="%q %p")
    for qos in ("0", "1", "2"):
        run.must(run.pub("-t", run.topic(), "-m", "hello", "-q", qos))
        expect(heard.take(1), [f"{qos} hello"], "the message")


@case("pub", "-r")
def publishes_retained(run):
    run.must(run.pub("-t", run.topic(), "-m", "state", "-r", "-q", "1"))
    expect(run.sub("-t", run.topic(), "-C", "1", "-F", "%r %p").out, "1 state\n", "retained")


@case("pub", "-n", "-r")
def clears_a_retained_message(run):
    run.publish(run.topic(), "state", "-r")
    heard = run.listen("-t", run.topic(), form="%r %l")
    run.must(run.pub("-t", run.topic(), "-n", "-r", "-q", "1"))
    expect(heard.take(2), ["1 5", "0 0"], "the retained message, and the empty one")
    late = run.listen("-t", run.topic(), form="%r %p")
    run.publish(run.topic(), "end")
    expect(late.take(1), ["0 end"], "what is still there")


@case("pub", "-f")
def publishes_a_file(run):
    content = "first line\nsecond line, and no end of line"
    heard = run.listen("-t", run.topic(), form="%x")
    run.must(run.pub("-t", run.topic(), "-f", run.file("message", content)))
    expect(bytes.fromhex(heard.take(1)[0]).decode(), content, "the message")


@case("pub", "-f")
def publishes_a_large_file(run):
    content = "0123456789abcdef" * 65536
    heard = run.listen("-t", run.topic(), form="%l %p")
    run.must(run.pub("-t", run.topic(), "-q", "2", "-f", run.file("message", content)))
    expect_that(heard.take(1) == [f"{len(content)} {content}"], "1 MiB came back altered")


@case("pub", "-s")
def publishes_all_of_its_input(run):
    heard = run.listen("-t", run.topic(), form="%x")
    run.must(run.pub("-t", run.topic(), "-s", stdin="one\ntwo\n"))
    expect(bytes.fromhex(heard.take(1)[0]), b"one\ntwo\n", "the message")


@case("pub", "-l")
def publishes_each_line_of_its_input(run):
    lines = [f"line {number}" for number in range(200)]
    for qos in ("0", "1", "2"):
        # Not MQTT 5: Mosquitto 2.0.11 exceeds the subscriber's receive maximum at QoS 2.
        heard = run.listen("-t", run.topic(qos), version="311")
        run.must(run.pub("-t", run.topic(qos), "-q", qos, "-l", stdin="\n".join(lines) + "\n"))
        expect(heard.take(len(lines)), lines, f"the messages at QoS {qos}")


@case("pub", "-M", "-l")
def has_no_more_in_flight_than_told(run):
    for qos, last_answer in (("1", "PUBACK"), ("2", "PUBCOMP")):
        tap = run.tap()
        lines = "".join(f"{number}\n" for number in range(50))
        run.must(run.pub("-t", run.topic(), "-q", qos, "-M", "2", "-l", stdin=lines, via=tap))
        open_count = 0
        for packet in tap.seen:
            open_count += (packet.sender, packet.kind) == (CLIENT, "PUBLISH")
            open_count -= (packet.sender, packet.kind) == (BROKER, last_answer)
            expect_that(open_count <= 2, f"more than 2 messages were in flight at QoS {qos}")
        expect(len(tap.packets(BROKER, last_answer)), 50, f"handshakes completed at QoS {qos}")


@case("pub", "--repeat")
def repeats(run):
    heard = run.listen("-t", run.topic())
    run.must(run.pub("-t", run.topic(), "-q", "2", "-m", "again", "--repeat", "5"))
    run.publish(run.topic(), "end", "-q", "2")
    expect(heard.take_until("end"), ["again"] * 5, "the messages")


@case("pub", "--repeat", "--repeat-delay")
def repeats_slowly(run):
    heard = run.listen("-t", run.topic())
    begun = time.monotonic()
    run.must(run.pub("-t", run.topic(), "-m", "again", "--repeat", "3", "--repeat-delay", "0.3"))
    expect(heard.take(3), ["again"] * 3, "the messages")
    expect_that(time.monotonic() - begun >= 0.6, "two delays of 0.3 s took less than 0.6 s")
