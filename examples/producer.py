#!/usr/bin/env python3
"""Publishes messages and ends only when the broker has answered for each of them.

    ./producer.py one two               the messages "one" and "two"
    ./producer.py --numbers 100         the messages "1" to "100"
"""

import argparse
import sys
import threading

import paho.mqtt.client as mqtt

PROTOCOLS = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311}


def main():
    options = read_options()
    connected = threading.Event()
    refusals = []

    def on_connect(client, userdata, flags, rc):
        if rc != 0:
            refusals.append(mqtt.connack_string(rc))
        connected.set()

    # By the client id the broker knows us again, and clean_session=False asks it to keep what it
    # knows: which of our QoS 2 messages it has already, should the connection break halfway.
    client = mqtt.Client(options.id, clean_session=False, protocol=PROTOCOLS[options.protocol])
    client.on_connect = on_connect
    client.connect(options.host, options.port)
    client.loop_start()  # sends and receives on a thread of its own, and connects again if need be
    connected.wait()
    if refusals:
        sys.exit(refusals[0])

    sent = [
        (message, client.publish(options.topic, message, qos=options.qos))
        for message in options.messages
    ]

    # publish() has only begun to send. Without this wait the program could end before its messages
    # have left, and nobody would be told. When the wait is over, the message is the broker's duty;
    # until then it is ours, and it is in this program's memory only: a producer that dies here has
    # to publish again whatever it had not reported as stored.
    for message, handshake in sent:
        handshake.wait_for_publish()
        print("stored:", message, flush=True)

    client.disconnect()
    client.loop_stop()


def read_options():
    parser = argparse.ArgumentParser(description="Publish messages and wait for the broker's word.")
    parser.add_argument("messages", nargs="*", metavar="MESSAGE", help="what to publish")
    parser.add_argument("--numbers", type=int, metavar="N", help="publish the numbers 1 to N")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--topic", default="orders/new")
    parser.add_argument("--qos", type=int, choices=(1, 2), default=2)
    parser.add_argument("--protocol", choices=PROTOCOLS, default="3.1.1")
    parser.add_argument("--id", default="example-producer", help="client id; keep it the same")
    options = parser.parse_args()
    if options.numbers:
        options.messages += [str(number) for number in range(1, options.numbers + 1)]
    if not options.messages:
        parser.error("nothing to publish: give messages, or --numbers N")
    return options


if __name__ == "__main__":
    main()
