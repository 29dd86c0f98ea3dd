"""The options that mosquitto_pub, mosquitto_sub and mosquitto_rr have in common."""

import os

from .case import ALL, case, expect, expect_that
from .options import help_text
from .tap import BROKER, CLIENT

FOREVER = 0xFFFFFFFF
SESSION_EXPIRY = b"\x11"
SESSION_TAKEN_OVER = b"\x8e"


@case(ALL, "-A")
def binds_to_an_address(run):
    tap = run.tap()
    run.works("-A", "127.0.0.3", via=tap)
    expect(tap.peers, ["127.0.0.3"], "where the connection came from")
    run.works("-A", "127.0.0.3")


@case(ALL, "-c", "-i")
def keeps_its_session(run):
    client, topic = run.id(), run.topic()
    run.register(client, topic)
    run.publish(topic, "kept")
    # Whatever program comes back under this id is given what was kept, and says so with -c.
    running = run.idle("-c", "-i", client)
    expect_that(running.tap.connect().keeps_session, "clean session was asked for")
    expect_that(running.tap.wait_for(BROKER, "CONNACK")[0].body[0] == 1, "no session was present")
    kept = running.tap.wait_for(BROKER, "PUBLISH")[0]
    expect_that(kept.body.endswith(b"kept"), "the kept message did not come")


@case(ALL, "-i")
def without_c_the_session_is_ended(run):
    run.register(run.id(), run.topic())
    run.works("-i", run.id())
    expect(run.has_session(run.id()), False, "there is a session afterwards")


@case(ALL, "-i")
def takes_over_the_session_of_its_id(run):
    first = run.idle("-i", run.id(), "-V", "5")
    run.publish(run.topic(), "hello", "-i", run.id())
    first.tap.wait_for(BROKER, "END")
    # Mosquitto 2.0 closes the connection without the DISCONNECT that MQTT 5 has for it.
    for goodbye in first.tap.packets(BROKER, "DISCONNECT"):
        expect(goodbye.body[:1], SESSION_TAKEN_OVER, "the reason given to the first connection")


@case(ALL, "-I")
def makes_its_id_from_a_prefix(run):
    running = run.idle("-I", "made-by-")
    expect(running.tap.connect().client_id, f"made-by-{running.pid}", "client id")


@case(ALL, "-d")
def debugs(run):
    out = run.comes_and_goes("-d").out
    for line in ("sending CONNECT", "received CONNACK (0)", "sending DISCONNECT"):
        expect_that(line in out, f"{line!r} is missing in {out}")


@case(ALL, "-h", "-p")
def finds_the_host_and_port(run):
    run.works("-h", "127.0.0.1", "-p", str(run.port), direct=False)
    nobody = run.exchange("-h", "127.0.0.1", "-p", "1", direct=False)
    expect_that(nobody.status != 0, "connected to a port where nobody listens")
    elsewhere = run.exchange("-h", "127.0.0.77", "-p", str(run.port), direct=False)
    expect_that(elsewhere.status != 0, "connected to an address where nobody listens")


@case(ALL, "-k")
def keeps_alive(run):
    running = run.idle("-k", "5")
    expect(running.tap.connect().keep_alive_seconds, 5, "keep alive")
    running.tap.wait_for(CLIENT, "PINGREQ")
    running.tap.wait_for(BROKER, "PINGRESP")


@case(ALL, "-L")
def takes_all_from_a_url(run):
    tap = run.tap()
    url = f"mqtt://somebody:secret@127.0.0.1:{tap.port}/{run.topic('exchange')}"
    run.works("-L", url, topic_by_url=True, via=tap, direct=False)
    connect = tap.connect()
    expect((connect.username, connect.password), ("somebody", "secret"), "user and password")


@case(ALL, "-u", "-P")
def gives_a_name_and_password(run):
    tap = run.tap()
    run.works("-u", "somebody", "-P", "secret", via=tap)
    connect = tap.connect()
    expect((connect.username, connect.password), ("somebody", "secret"), "user and password")
    run.works("-u", "somebody")
    run.works("-u", "somebody", "-P", "secret", "-V", "5")


@case(ALL, "-V")
def speaks_every_version(run):
    spoken = {
        ("31", "mqttv31"): ("MQIsdp", 3),
        ("311", "mqttv311"): ("MQTT", 4),
        ("5", "mqttv5"): ("MQTT", 5),
    }
    for names, expected in spoken.items():
        for name in names:
            tap = run.tap()
            run.works("-V", name, via=tap)
            connect = tap.connect()
            expect((connect.protocol, connect.level), expected, f"protocol for -V {name}")


@case(ALL, "-x")
def sets_the_session_expiry(run):
    values = {"1000": 1000, "-1": FOREVER, str(FOREVER): FOREVER, "∞": FOREVER}
    for spelled, seconds in values.items():
        tap = run.tap()
        run.works("-V", "5", "-i", run.id(f"x{spelled}"), "-x", spelled, via=tap)
        tap.connect()
        sent = SESSION_EXPIRY + seconds.to_bytes(4, "big")
        expect_that(sent in tap.packets(CLIENT, "CONNECT")[0].body, f"-x {spelled} was not sent")


@case(ALL, "-x", "-c")
def its_session_ends_after_its_expiry(run):
    for expiry in ("1", "1000"):
        run.comes_and_goes("-V", "5", "-c", "-i", run.id(expiry), "-x", expiry)
    run.wait(2.5)
    for expiry, outlives in (("1", False), ("1000", True)):
        expect(run.has_session(run.id(expiry)), outlives, f"a session 2.5 s after -x {expiry}")


@case(ALL, "--nodelay")
def does_without_delay(run):
    run.works("--nodelay")


@case(ALL, "--quiet")
def is_quiet_about_errors(run):
    refused = ("-V", "5", "-D", "connect", "authentication-method", "unknown")
    expect_that(run.exchange(*refused).err != "", "said nothing without --quiet")
    quiet = run.exchange("--quiet", *refused)
    expect((quiet.status, quiet.err), (140, ""), "status and complaint")


@case(ALL, "--unix")
def connects_by_a_unix_socket(run):
    run.works("--unix", run.suite.unix_path, direct=False)


@case(ALL, "--will-topic", "--will-payload", "--will-qos")
def leaves_a_will(run):
    will = run.topic("will")
    heard = run.listen("-t", will, form="%q %r %p")
    for qos in ("0", "1", "2"):
        given = ("--will-topic", will, "--will-payload", "gone", "--will-qos", qos)
        run.idle(*given).kill()
        expect(heard.take(1), [f"{qos} 0 gone"], "the will")
    # Who takes leave with a DISCONNECT leaves no will, except mosquitto_rr, which asks for it then.
    if run.program != "rr":
        run.comes_and_goes("--will-topic", will, "--will-payload", "still here")
    run.idle("--will-topic", will).kill()
    expect(heard.take(1), ["0 0 "], "the next will, an empty one")


@case(ALL, "--will-topic", "--will-payload", "--will-retain")
def leaves_a_retained_will(run):
    will = run.topic("will")
    heard = run.listen("-t", will)
    run.idle("--will-topic", will, "--will-payload", "gone", "--will-retain").kill()
    heard.take(1)
    kept = run.must(run.sub("-t", will, "-C", "1", "-F", "%r %p"))
    expect(kept.out, "1 gone\n", "the retained will")


@case(ALL, "--help")
def helps(run):
    said = run.call(run.program, "--help", direct=False)
    expect(said.out, help_text(run.program), "the help")
    expect_that("Usage:" in said.out, "no usage in the help")


@case(ALL, "--version")
def names_its_version(run):
    said = run.call(run.program, "--version", direct=False)
    expect_that(f"mosquitto_{run.program} version " in said.out, f"no version in {said.out!r}")


@case(ALL)
def reads_defaults_from_a_file(run):
    home = os.path.join(run.folder, "home")
    os.mkdir(home)
    with open(os.path.join(home, f"mosquitto_{run.program}"), "w", encoding="utf-8") as file:
        file.write(f"# comes before the command line\n-h 127.0.0.1\n-p {run.port}\n")
    run.works(direct=False, home=home)
