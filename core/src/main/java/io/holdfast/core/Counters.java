package io.holdfast.core;

import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.Publish;
import java.util.EnumMap;
import java.util.Map;

/// What the broker counts since its start. `$SYS` shows it.
final class Counters {
  private final Effects effects;
  private final Map<Event.Reason, Long> dropped = new EnumMap<>(Event.Reason.class);
  long packetsReceived;
  long publishesReceived;
  long publishBytesReceived;
  long publishesSent;
  long publishBytesSent;

  /// Messages at QoS 1 and 2 that were not taken since there was no space, room or memory.
  long refused;

  /// Messages waiting in queues, those on their way included, once for each queue.
  long entries;

  Counters(Effects effects) {
    this.effects = effects;
  }

  void received(Packet packet) {
    packetsReceived++;
    if (packet instanceof Publish publish) {
      publishesReceived++;
      publishBytesReceived += publish.payload().length();
    }
  }

  void sent(Publish publish) {
    publishesSent++;
    publishBytesSent += publish.payload().length();
  }

  /// Messages left a queue, or never came to it, otherwise than by being handled.
  ///
  /// @param owner of the queue: a client id, or a shared subscription's filter
  void dropped(String owner, Event.Reason reason, long count) {
    dropped.merge(reason, count, Long::sum);
    effects.observe(new Event.Dropped(owner, reason, count));
  }

  long dropped() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }
}
