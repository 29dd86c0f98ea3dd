#!/usr/bin/env python3
"""A consumer that handles each message before it acknowledges it, and so loses none by dying.

    ./handle_before_ack.py --file handled.txt
    ./handle_before_ack.py --file handled.txt --die-at two     see for yourself, then start it again

Why QoS 1, when QoS 2 is called "exactly once"? Both settle who has the message, and neither asks
whether it was handled. At QoS 2 the consumer's first answer (PUBREC) takes the message over, and
the broker forgets it: from there on the only copy is the consumer's. paho keeps that copy in memory
and calls on_message one step later, when PUBREL has come. A consumer that is killed in between, or
in the middle of on_message, has lost the message for good, and no broker can give it back. QoS 2
protects only those who write what they took over to a disk of their own before they answer.

At QoS 1 the one answer (PUBACK) is what makes the broker forget, and paho sends it after on_message
has returned. So all the work belongs into on_message:
  - it returns:            PUBACK is sent, the message is done;
  - it raises, or we die:  no PUBACK, and the broker sends the message again when we come back.

The price is that a message can come twice: we may die after the work and before the PUBACK. The
second time it usually bears the DUP mark, but that is a hint and no proof; work that must not be
done twice has to recognise its message by something inside it, such as an order number.
"""

import argparse
import os
import signal
import sys

import paho.mqtt.client as mqtt

PROTOCOLS = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311}


def handle(message, options):
    """The work: here, a line in a file. When this returns, it must be safe from a crash."""
    text = message.payload.decode(errors="replace")
    if text == options.die_at:
        os.kill(os.getpid(), signal.SIGKILL)  # nothing is tidied up, as with a power cut
    with open(options.file, "a", encoding="utf-8") as handled:
        handled.write(text + "\n")
        handled.flush()
        os.fsync(handled.fileno())
    print("handled:", text + (" (sent again)" if message.dup else ""), flush=True)


def main():
    options = read_options()

    def on_connect(client, userdata, flags, rc):
        if rc != 0:
            sys.exit(mqtt.connack_string(rc))
        client.subscribe(options.topic, qos=1)

    def on_subscribe(client, userdata, mid, granted):
        if granted[0] == 0x80:
            sys.exit("the broker refused the subscription")
        print("subscribed to", options.topic, file=sys.stderr, flush=True)

    def on_message(client, userdata, message):
        handle(message, options)  # no try/except around it: who swallows the error sends the PUBACK

    client = mqtt.Client(options.id, clean_session=False, protocol=PROTOCOLS[options.protocol])
    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_message = on_message
    client.connect(options.host, options.port)
    try:
        # In the main thread, so that an exception in on_message ends the program. With loop_start()
        # it would end the network's thread only, and the program would live on, deaf.
        client.loop_forever()
    except KeyboardInterrupt:
        client.disconnect()


def read_options():
    parser = argparse.ArgumentParser(description="Handle each message, then acknowledge it.")
    parser.add_argument("--file", default="handled.txt", help="where handled messages are noted")
    parser.add_argument("--die-at", metavar="TEXT", help="kill -9 ourselves while handling TEXT")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--topic", default="orders/new")
    parser.add_argument("--protocol", choices=PROTOCOLS, default="3.1.1")
    parser.add_argument("--id", default="example-handler", help="client id; keep it the same")
    return parser.parse_args()


if __name__ == "__main__":
    main()
