"""-D: the MQTT 5 properties that each program can put on each of its packets."""

from .case import ALL, case, expect, expect_that
from .tap import BROKER, CLIENT

BAD_AUTHENTICATION_METHOD = 140


def d(command, name, *value):
    return ("-D", command, name, *value)


# On CONNECT


@case(ALL, "-D", properties=["connect authentication-method", "connect authentication-data"])
def an_unknown_authentication_method_is_refused(run):
    method = d("connect", "authentication-method", "unknown")
    data = d("connect", "authentication-data", "secret")
    for given in (method, (*method, *data)):
        refused = run.exchange("-V", "5", *given)
        expect(refused.status, BAD_AUTHENTICATION_METHOD, f"status with {given}")


@case(ALL, "-D", properties=["connect maximum-packet-size"])
def a_message_too_large_is_left_out(run):
    client, topic = run.id(), run.topic()
    run.register(client, topic)
    run.publish(topic, "x" * 300)
    # For Mosquitto what it left out is still in flight, and mosquitto_rr's own maximum is 1.
    several = d("connect", "receive-maximum", "10")
    running = run.idle("-c", "-i", client, *d("connect", "maximum-packet-size", "100"), *several)
    run.publish(topic, "small")
    first = running.tap.wait_for(BROKER, "PUBLISH")[0]
    expect_that(first.body.endswith(b"small"), "the first message is not the small one")


@case(ALL, "-D", properties=["connect receive-maximum"])
def no_more_is_in_flight_than_it_receives(run):
    for qos, last_answer in (("1", "PUBACK"), ("2", "PUBCOMP")):
        client, topic = run.id(qos), run.topic(qos)
        run.register(client, topic)
        run.publish(topic, "message", "-q", qos, "--repeat", "10")
        running = run.idle("-c", "-i", client, *d("connect", "receive-maximum", "2"))
        if run.suite.kind == "mosquitto":
            continue  # Mosquitto 2.0.11 itself does not keep to the maximum when it resumes.
        # mosquitto_rr takes the first message for its response, and leaves.
        running.tap.wait_for(CLIENT, *(("END",) if run.program == "rr" else (last_answer, 10)))
        open_count = 0
        for packet in list(running.tap.seen):
            open_count += (packet.sender, packet.kind) == (BROKER, "PUBLISH")
            open_count -= (packet.sender, packet.kind) == (CLIENT, last_answer)
            expect_that(open_count <= 2, f"more than 2 messages were in flight at QoS {qos}")


@case(
    ALL, "-D",
    properties=["connect request-problem-information", "connect request-response-information"],
)
def asks_for_information_or_none(run):
    for value in ("0", "1"):
        run.works(*d("connect", "request-problem-information", value))
        run.works(*d("connect", "request-response-information", value))


@case(ALL, "-D", properties=["connect session-expiry-interval"])
def its_session_outlives_the_connection(run):
    for seconds, outlives in (("0", False), ("1000", True)):
        client = run.id(seconds)
        run.comes_and_goes("-i", client, *d("connect", "session-expiry-interval", seconds))
        expect(run.has_session(client), outlives, f"a session, with an expiry of {seconds} s")


@case(ALL, "-D", properties=["connect topic-alias-maximum"])
def a_broker_may_use_topic_aliases(run):
    # Different topics only: these programs announce a maximum, but take a PUBLISH that has an alias
    # in place of its topic for a protocol error (libmosquitto 2.0).
    client, topics = run.id(), [run.topic("1"), run.topic("2"), run.topic("3")]
    run.register(client, *topics)
    for topic in topics:
        run.publish(topic, "hello")
    running = run.idle("-c", "-i", client, *d("connect", "topic-alias-maximum", "2"))
    # mosquitto_rr takes the first message for its response, and leaves.
    count = 1 if run.program == "rr" else 3
    for topic, packet in zip(topics, running.tap.wait_for(BROKER, "PUBLISH", count)):
        expect_that(topic.encode() in packet.body, f"no {topic} in {packet.body}")
    running.tap.wait_for(CLIENT, "PUBACK", count)


@case(ALL, "-D", properties=["connect user-property"])
def a_connection_bears_user_properties(run):
    twice = (*d("connect", "user-property", "one", "1"), *d("connect", "user-property", "one", "2"))
    run.works(*twice)


# On PUBLISH


def publish_and_print(run, form, *arguments):
    """What a subscriber prints of a message that the case's program published."""
    heard = run.listen("-t", run.topic(), form=form)
    if run.program == "pub":
        run.must(run.pub("-q", "1", "-t", run.topic(), "-m", "hello", *arguments))
    else:
        run.begin("rr", "-t", run.topic(), "-e", run.topic("answer"), "-m", "hello", *arguments)
    return heard.take(1)[0]


@case(
    ("pub", "rr"), "-D",
    properties=[
        "publish content-type", "publish correlation-data", "publish payload-format-indicator",
    ],
)
def a_message_is_described(run):
    got = publish_and_print(
        run, "%C|%D|%F|%p",
        *d("publish", "content-type", "text/plain"),
        *d("publish", "correlation-data", "c-1"),
        *d("publish", "payload-format-indicator", "1"),
    )
    expect(got, "text/plain|c-1|1|hello", "the message")


@case("pub", "-D", properties=["publish response-topic"])
def a_message_names_its_response_topic(run):
    got = publish_and_print(run, "%R", *d("publish", "response-topic", "answers/here"))
    expect(got, "answers/here", "the response topic")


@case("rr", "-e", "-D", properties=["publish response-topic"])
def a_request_names_its_response_topic(run):
    expect(publish_and_print(run, "%R"), run.topic("answer"), "the response topic")
    # It sets the property from -e, and so has none left to give.
    twice = run.call(
        "rr", "-t", "a", "-e", "b", "-m", "x", "-W", "1", *d("publish", "response-topic", "c")
    )
    expect_that(twice.status != 0, "two response topics were accepted")


@case(("pub", "rr"), "-D", properties=["publish user-property"])
def user_properties_keep_their_order(run):
    given = ("zoo=1", "ant=2", "zoo=1", "bee=3")
    options = [word for pair in given for word in d("publish", "user-property", *pair.split("="))]
    got = publish_and_print(run, "%P", *options)
    expect(got, " ".join(given).replace("=", ":"), "the user properties")


@case(("pub", "rr"), "-D", properties=["publish message-expiry-interval"])
def a_message_expires(run):
    client = run.id()
    run.register(client, run.topic())
    for seconds in ("1", "1000"):
        publish_and_print(run, "%E", "-q", "2", *d("publish", "message-expiry-interval", seconds))
    run.wait(2.5)
    back = ("-V", "5", "-i", client, "-c", "-q", "2", "-t", run.topic())
    running = run.begin("sub", *back, "-F", "%E")
    left = int(running.take(1)[0])
    expect_that(990 <= left <= 998, f"of 1000 s {left} were left after 2.5 s")


@case("pub", "-D", properties=["publish topic-alias"])
def a_topic_alias_stands_for_the_topic(run):
    heard = run.listen("-t", run.topic("#"), form="%t %p %A")
    tap = run.tap()
    alias = d("publish", "topic-alias", "10")
    run.must(run.pub("-t", run.topic(), "-m", "x", "-q", "1", "--repeat", "3", *alias, via=tap))
    expect(heard.take(3), [f"{run.topic()} x "] * 3, "the messages")
    topics = [packet.body[:2] for packet in tap.packets(CLIENT, "PUBLISH")]
    expect(topics[1:], [b"\0\0"] * 2, "lengths of the second and third topic")


@case("rr", "-D", properties=["publish topic-alias"])
def a_request_may_set_a_topic_alias(run):
    got = publish_and_print(run, "%t %p", *d("publish", "topic-alias", "1"))
    expect(got, f"{run.topic()} hello", "the request")


# On SUBSCRIBE and UNSUBSCRIBE


@case(("sub", "rr"), "-D", properties=["subscribe user-property"])
def a_subscription_bears_user_properties(run):
    run.works(*d("subscribe", "user-property", "why", "because"))


@case("sub", "-D", "-U", properties=["unsubscribe user-property"])
def an_unsubscription_bears_user_properties(run):
    tap = run.tap()
    given = d("unsubscribe", "user-property", "why", "because")
    running = run.begin("sub", "-t", run.topic("a"), "-U", run.topic("a"), *given, via=tap)
    answer = tap.wait_for(BROKER, "UNSUBACK")[0]
    expect(answer.body[-1], 0, "the reason code of the UNSUBACK")
    running.end()


@case("rr", "-D", properties=["unsubscribe user-property"])
def rr_accepts_what_it_has_no_use_for(run):
    run.works(*d("unsubscribe", "user-property", "why", "because"))


# On DISCONNECT


@case(ALL, "-D", properties=["disconnect session-expiry-interval"])
def a_session_can_be_ended_in_parting(run):
    for seconds, outlives in (("0", False), ("500", True)):
        client = run.id(seconds)
        parting = d("disconnect", "session-expiry-interval", seconds)
        run.comes_and_goes("-c", "-i", client, "-x", "1000", *parting)
        expect(run.has_session(client), outlives, f"a session, after a parting with {seconds} s")


@case(ALL, "-D", properties=["disconnect user-property"])
def a_parting_bears_user_properties(run):
    tap = run.tap()
    run.comes_and_goes(*d("disconnect", "user-property", "why", "done"), via=tap)
    expect_that(b"why\0\4done" in tap.wait_for(CLIENT, "DISCONNECT")[0].body, "it was not sent")


# On the will


@case(
    ALL, "-D",
    properties=[
        "will content-type", "will correlation-data", "will message-expiry-interval",
        "will payload-format-indicator", "will response-topic", "will user-property",
    ],
)
def a_will_is_described(run):
    heard = run.listen("-t", run.topic("will"), form="%C|%D|%E|%F|%R|%P|%p")
    running = run.idle(
        "-V", "5", "--will-topic", run.topic("will"), "--will-payload", "gone",
        *d("will", "content-type", "text/plain"),
        *d("will", "correlation-data", "c-1"),
        *d("will", "message-expiry-interval", "1000"),
        *d("will", "payload-format-indicator", "1"),
        *d("will", "response-topic", "answers/here"),
        *d("will", "user-property", "zoo", "1"),
        *d("will", "user-property", "ant", "2"),
    )
    running.kill()
    expected = ["text/plain|c-1|1000|1|answers/here|zoo:1 ant:2|gone"]
    expect(heard.take(1), expected, "the will")


@case(ALL, "-D", properties=["will will-delay-interval"])
def a_will_waits_for_its_client(run):
    will = run.topic("will")
    heard = run.listen("-t", will)
    given = (
        "-V", "5", "-i", run.id(), "-x", "1000", "-c", "--will-topic", will,
        "--will-payload", "gone", *d("will", "will-delay-interval", "2"),
    )
    run.idle(*given).kill()
    back = run.idle(*given)
    run.wait(2.5)
    run.publish(will, "no will came, for its client was back in time")
    back.kill()
    run.wait(0.7)
    run.publish(will, "not yet")
    expected = ["no will came, for its client was back in time", "not yet", "gone"]
    expect(heard.take(3), expected, "the messages")
