#!/usr/bin/env python3
"""Prints the messages of a topic, also those that were published while it was away.

    ./consumer.py --register            tell the broker once what to keep for us, and leave
    ./consumer.py                       print messages until Ctrl-C
    ./consumer.py --count 2             print two messages and leave

It is done with a message when it has printed it. If losing one would hurt you, read
handle_before_ack.py before you copy this one.
"""

import argparse
import sys
import time

import paho.mqtt.client as mqtt

PROTOCOLS = {"3.1": mqtt.MQTTv31, "3.1.1": mqtt.MQTTv311}


class Consumer:
    def __init__(self, options):
        self.options = options
        self.subscribed = False
        self.received = 0
        # The client id names our session, and clean_session=False makes it outlive the connection:
        # the broker remembers our subscription and collects messages while we are away.
        self.client = mqtt.Client(
            options.id, clean_session=False, protocol=PROTOCOLS[options.protocol]
        )
        self.client.on_connect = self.on_connect
        self.client.on_subscribe = self.on_subscribe
        self.client.on_message = self.on_message

    def run(self):
        self.client.connect(self.options.host, self.options.port)
        try:
            while not self.is_done():
                if self.client.loop() != mqtt.MQTT_ERR_SUCCESS:
                    self.connect_again()
        except KeyboardInterrupt:
            pass
        # Leaving from here, and not from on_message: there the last message is not answered for yet,
        # and the broker would rightly send it again.
        self.client.disconnect()

    def is_done(self):
        if self.options.register:
            return self.subscribed
        return self.options.count is not None and self.received >= self.options.count

    def connect_again(self):
        time.sleep(1)
        try:
            self.client.reconnect()
        except OSError as problem:
            print("no connection:", problem, file=sys.stderr)

    def on_connect(self, client, userdata, flags, rc):
        if rc != 0:
            sys.exit(mqtt.connack_string(rc))
        # Subscribing again to what the session has already changes nothing.
        client.subscribe(self.options.topic, qos=self.options.qos)

    def on_subscribe(self, client, userdata, mid, granted):
        if granted[0] == 0x80:
            sys.exit("the broker refused the subscription")
        self.subscribed = True
        print("subscribed to", self.options.topic, file=sys.stderr, flush=True)

    def on_message(self, client, userdata, message):
        self.received += 1
        print(message.payload.decode(errors="replace"), flush=True)


def read_options():
    parser = argparse.ArgumentParser(description="Print messages, also those of the past.")
    parser.add_argument("--register", action="store_true", help="subscribe, and leave")
    parser.add_argument("--count", type=int, metavar="N", help="leave after N messages")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--topic", default="orders/new")
    parser.add_argument("--qos", type=int, choices=(1, 2), default=2)
    parser.add_argument("--protocol", choices=PROTOCOLS, default="3.1.1")
    parser.add_argument("--id", default="example-consumer", help="client id; keep it the same")
    return parser.parse_args()


if __name__ == "__main__":
    Consumer(read_options()).run()
