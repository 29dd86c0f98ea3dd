package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;

/// A durable session that takes its part of the topics at QoS 1, acknowledges every message at once
/// and enters it into its topic's ledger.
class Subscriber extends Client {
  private final String filter;
  private final long runId;
  private final int payloadBytes;
  private final Ledger[] ledgers;
  private final Tally tally;
  private long delivered;
  private long readNanos;

  Subscriber(
      Channel channel,
      MqttVersion version,
      String clientId,
      Watcher watcher,
      String filter,
      long runId,
      int payloadBytes,
      Ledger[] ledgers,
      Tally tally) {
    super(channel, version, clientId, true, watcher);
    this.filter = filter;
    this.runId = runId;
    this.payloadBytes = payloadBytes;
    this.ledgers = ledgers;
    this.tally = tally;
  }

  /// Everything that came, duplicates too.
  final long delivered() {
    return delivered;
  }

  @Override
  void connected() {
    Wire.subscribe(output(64 + filter.length()), version(), 1, List.of(filter));
  }

  @Override
  final void received(int first, ByteBuf input, int body, int end) {
    if (first >>> 4 == Wire.PUBLISH) {
      publish(first, input, body, end);
    } else if (first >>> 4 == Wire.SUBACK) {
      if (isGranted(input, body, end)) {
        ready();
      }
    } else {
      trouble("a packet of type " + (first >>> 4) + " for a client that only subscribes");
    }
  }

  @Override
  void receivedAll() {
    readNanos = 0;
    flushOutput();
  }

  private void publish(int first, ByteBuf input, int body, int end) {
    if (isLeaving()) {
      return;
    }
    if ((first & 6) != 2) {
      trouble("a delivery at QoS %d where 1 was due".formatted((first & 6) >>> 1));
      return;
    }
    int packetIdAt = body + 2 + input.getUnsignedShort(body);
    int stamp = packetIdAt + 2;
    if (version().isV5()) {
      stamp += Wire.countedBytes(input, stamp);
    }
    if (end - stamp != payloadBytes || input.getLong(stamp) != runId) {
      trouble("a message that this run did not send");
      return;
    }
    if (readNanos == 0) {
      readNanos = System.nanoTime();
    }
    ledgers[input.getInt(stamp + PublishTemplate.TOPIC_AT)].delivered(
        input.getLong(stamp + PublishTemplate.SEQUENCE_AT));
    delivered++;
    tally.delivered(readNanos - input.getLong(stamp + PublishTemplate.SENT_AT));
    Wire.puback(output(4), input.getUnsignedShort(packetIdAt));
  }
}
