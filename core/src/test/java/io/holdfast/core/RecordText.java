package io.holdfast.core;

import io.holdfast.core.queue.Entry;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import java.util.Arrays;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A record as one line of a scenario. Queues stand under the names of their owners, times are left
/// out.
final class RecordText {
  private final DurableState state;
  private final Map<Integer, String> names = new TreeMap<>();

  RecordText(DurableState state) {
    this.state = state;
    for (Session session : state.sessions().values()) {
      names.put(session.queueNumber(), session.clientId());
    }
    for (SharedSubscription shared : state.shared().all()) {
      names.put(shared.queueNumber(), shared.text());
    }
  }

  private String name(int queue) {
    return queue == 0 ? "a transient member" : names.getOrDefault(queue, "queue " + queue);
  }

  String of(LogRecord record) {
    return switch (record) {
      case LogRecord.Published published -> of(published);
      case LogRecord.SetDefined set -> "set %d of queues".formatted(set.number());
      case LogRecord.SessionOpened opened ->
          "opened %s %s%s%s"
              .formatted(
                  opened.clientId(),
                  opened.session() == 0 ? "transient" : "durable",
                  opened.endsOld() ? ", the old one ends" : "",
                  opened.will().map(will -> ", will on " + will.topic()).orElse(""));
      case LogRecord.SessionClosed closed ->
          "closed %s%s"
              .formatted(
                  closed.clientId(),
                  closed.willDueMillis() == LogRecord.NEVER ? "" : ", its will waits");
      case LogRecord.SessionEnded ended -> "ended " + name(ended.session());
      case LogRecord.Subscribed subscribed ->
          "subscribed %s to %s"
              .formatted(
                  name(subscribed.session()),
                  subscribed.subscriptions().stream()
                      .map(LogRecord.Subscription::filter)
                      .collect(Collectors.joining(", ")));
      case LogRecord.Unsubscribed unsubscribed ->
          "unsubscribed %s from %s"
              .formatted(name(unsubscribed.session()), String.join(", ", unsubscribed.filters()));
      case LogRecord.RetainedEnqueued retained ->
          "retained %s -> %s"
              .formatted(Arrays.toString(retained.positions()), name(retained.queue()));
      case LogRecord.RetainedBegun begun ->
          "retained %s is to come -> %s".formatted(begun.filter(), name(begun.queue()));
      case LogRecord.RetainedBrought brought ->
          "retained %s -> %s, %s"
              .formatted(
                  Arrays.toString(brought.positions()),
                  name(brought.queue()),
                  brought.goesOnAfter().map(topic -> "goes on after " + topic).orElse("done"));
      case LogRecord.Loaded loaded ->
          "loaded %s %s"
              .formatted(
                  name(loaded.queue()),
                  Arrays.toString(Arrays.stream(loaded.entries()).map(Entry::position).toArray()));
      case LogRecord.Displaced displaced ->
          "displaced %s of %s in %s"
              .formatted(
                  Arrays.toString(displaced.counts()),
                  Arrays.toString(displaced.positions()),
                  name(displaced.queue()));
      case LogRecord.LetGo gone ->
          "let go %s of %s"
              .formatted(Arrays.toString(gone.counts()), Arrays.toString(gone.positions()));
      case LogRecord.Acknowledged acknowledged ->
          "acknowledged %s%s%s"
              .formatted(
                  name(acknowledged.queue()),
                  of(" done", acknowledged.done()),
                  of(" received", acknowledged.received()));
      case LogRecord.Dropped dropped ->
          "dropped %s %s%s"
              .formatted(name(dropped.queue()), dropped.reason(), of("", dropped.sequences()));
      case LogRecord.Released released ->
          "released %s %s"
              .formatted(name(released.session()), Arrays.toString(released.packetIds()));
      case LogRecord.SentMark mark ->
          "may be sent %s before %d".formatted(name(mark.queue()), mark.until());
      case LogRecord.SharedOpened opened -> "shared opened " + opened.filter();
      case LogRecord.SharedEnded ended -> "shared ended " + name(ended.queue());
      case LogRecord.SharedAssigned assigned ->
          "assigned %s %s -> %s"
              .formatted(
                  name(assigned.sharedQueue()),
                  Arrays.toString(assigned.sequences()),
                  name(assigned.queue()));
      case LogRecord.SharedReturned returned ->
          "returned %s %s by %s"
              .formatted(
                  name(returned.sharedQueue()),
                  Arrays.toString(returned.sharedSequences()),
                  name(returned.queue()));
      case LogRecord.Restarted restarted -> "restarted";
      case LogRecord.SessionPart part -> "part session " + part.clientId();
      case LogRecord.SharedQueuePart part -> "part shared " + part.filter();
      case LogRecord.RetainedPart part -> "part retained " + part.topic();
      case LogRecord.WillPart part -> "part will " + part.clientId();
      case LogRecord.WantedPart part -> "part wanted";
      case LogRecord.CountersPart part -> "part counters";
    };
  }

  private static String of(String what, long[] sequences) {
    return sequences.length == 0 ? "" : what + " " + Arrays.toString(sequences);
  }

  private String of(LogRecord.Published message) {
    StringJoiner targets = new StringJoiner(", ");
    switch (message.targets()) {
      case Targets.None none -> targets.add("nobody");
      case Targets.One one -> targets.add(name(one.queue()));
      case Targets.AsRetained copy -> targets.add(name(copy.queue()) + " as retained");
      case Targets.Set set -> {
        state
            .router()
            .numbered(set.number())
            .forEach((option, queues, count) -> {
              for (int i = 0; i < count; i++) {
                targets.add(name(queues[i]));
              }
            });
      }
    }
    return "message %s qos=%d%s%s%s -> %s"
            .formatted(
                message.topic(),
                message.qos().level(),
                message.retain() ? " retain" : "",
                message.source().map(source -> " id=" + source.packetId()).orElse(""),
                message.willOf().map(client -> " will of " + client).orElse(""),
                targets)
        + Arrays.stream(message.full())
            .mapToObj(queue -> ", not " + name(queue))
            .collect(Collectors.joining());
  }
}
