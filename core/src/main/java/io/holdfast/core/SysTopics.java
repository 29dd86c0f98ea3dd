package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.routing.Router.Routed;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// The broker's own figures, under `$SYS` as Mosquitto has them. They go out at QoS 0, and are in
/// no record.
final class SysTopics {
  private static final String WARNING = "$SYS/broker/log/warning";
  private static final String VERSION = "holdfast version 0.1.0";

  private final Journal journal;
  private final Fanout fanout;
  private final SpaceWatch spaceWatch;
  private final Map<String, LongSupplier> figures = new LinkedHashMap<>();
  private final Map<String, String> shown = new LinkedHashMap<>();
  private final long intervalMillis;
  private long nextMillis;

  SysTopics(
      Journal journal,
      Fanout fanout,
      SpaceWatch spaceWatch,
      Counters counters,
      LongSupplier connections,
      int intervalSeconds) {
    this.journal = journal;
    this.fanout = fanout;
    this.spaceWatch = spaceWatch;
    this.intervalMillis = intervalSeconds * 1000L;
    this.nextMillis = intervalSeconds == 0 ? LogRecord.NEVER : journal.nowMillis();
    long startedMillis = journal.nowMillis();
    DurableState state = journal.state();
    figures.put("$SYS/broker/uptime", () -> (journal.nowMillis() - startedMillis) / 1000);
    figures.put("$SYS/broker/clients/connected", connections);
    figures.put("$SYS/broker/clients/active", connections);
    figures.put("$SYS/broker/clients/total", () -> state.sessions().size());
    figures.put(
        "$SYS/broker/clients/disconnected",
        () -> Math.max(0, state.sessions().size() - connections.getAsLong()));
    figures.put("$SYS/broker/subscriptions/count", state::subscriptionCount);
    figures.put("$SYS/broker/retained messages/count", () -> state.retained().count());
    figures.put("$SYS/broker/messages/stored", () -> counters.entries);
    figures.put("$SYS/broker/messages/received", () -> counters.packetsReceived);
    figures.put("$SYS/broker/publish/messages/received", () -> counters.publishesReceived);
    figures.put("$SYS/broker/publish/bytes/received", () -> counters.publishBytesReceived);
    figures.put("$SYS/broker/publish/messages/sent", () -> counters.publishesSent);
    figures.put("$SYS/broker/publish/bytes/sent", () -> counters.publishBytesSent);
    figures.put("$SYS/broker/publish/messages/dropped", counters::dropped);
    figures.put("$SYS/broker/publish/messages/refused", () -> counters.refused);
    figures.put("$SYS/broker/log/bytes used", () -> journal.log().space().usedBytes());
    figures.put("$SYS/broker/log/durable position", () -> journal.log().durable());
    figures.put("$SYS/broker/log/position", () -> journal.log().end());
  }

  /// Publishes what has changed, when the interval has passed.
  void time() {
    if (journal.nowMillis() < nextMillis) {
      return;
    }
    nextMillis = journal.nowMillis() + intervalMillis;
    publishIfChanged("$SYS/broker/version", VERSION);
    if (!spaceWatch.warning().isEmpty() || shown.containsKey(WARNING)) {
      publishIfChanged(WARNING, spaceWatch.warning());
    }
    figures.forEach((topic, figure) -> publishIfChanged(topic, figureOf(topic, figure)));
  }

  private static String figureOf(String topic, LongSupplier figure) {
    long value = figure.getAsLong();
    return topic.endsWith("uptime") ? value + " seconds" : Long.toString(value);
  }

  private void publishIfChanged(String topic, String value) {
    if (value.equals(shown.put(topic, value))) {
      return;
    }
    Published message = message(topic, value);
    Routed routed = journal.state().router().targets(message.topic(), null);
    fanout.handOn(message, routed);
  }

  /// Sends a new subscriber what its filter matches of the figures last published.
  void show(Client client, Subscription subscription) {
    if (!subscription.filter().startsWith("$SYS")) {
      return;
    }
    Optional<TopicFilter> filter = TopicFilter.parse(subscription.filter());
    shown.forEach((topic, value) -> {
      if (filter.isPresent() && filter.get().matches(topic)) {
        fanout.handOn(
            message(topic, value),
            client.session().queueNumber(),
            SharedDelivery.optionOf(subscription).asRetained());
      }
    });
  }

  private Published message(String topic, String value) {
    return new Published(
        journal.nowMillis(),
        LogRecord.NEVER,
        QoS.AT_MOST_ONCE,
        true,
        false,
        Optional.empty(),
        Optional.empty(),
        new Targets.None(),
        new int[0],
        Bytes.utf8(topic),
        Bytes.EMPTY,
        Bytes.utf8(value));
  }
}
