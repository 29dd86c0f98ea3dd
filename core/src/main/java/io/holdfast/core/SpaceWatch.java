package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import io.holdfast.log.Space;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Warns once a minute while the log's space runs out, and says which queues hold most of it.
final class SpaceWatch {
  private static final double WARNS_FROM = 0.8;
  private static final int INTERVAL_MILLIS = 60_000;
  private static final int NAMED_MAX = 3;

  private final Journal journal;
  private final Effects effects;
  private long nextMillis;
  private String warning = "";

  SpaceWatch(Journal journal, Effects effects) {
    this.journal = journal;
    this.effects = effects;
  }

  /// What was last warned of, empty where there is nothing to warn of. Changes once a minute.
  String warning() {
    return warning;
  }

  /// The time has moved.
  void time() {
    if (journal.nowMillis() < nextMillis) {
      return;
    }
    Space space = journal.log().space();
    boolean isShort = space.fullness() >= WARNS_FROM;
    warning = isShort ? text(space) : "";
    if (isShort) {
      nextMillis = journal.nowMillis() + INTERVAL_MILLIS;
      effects.observe(new Event.Warning(warning));
    }
  }

  private record Holder(String name, long waiting, String since) {
    @Override
    public String toString() {
      return "'%s' (%d messages%s)".formatted(name, waiting, since);
    }
  }

  private String text(Space space) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "the log has taken %d of %d MiB (%d %%)",
                space.usedBytes() >> 20,
                (space.usedBytes() + space.freeBytes()) >> 20,
                (int) (space.fullness() * 100)));
    List<Holder> holders = holders();
    if (!holders.isEmpty()) {
      text.append("; most wait for ")
          .append(holders.stream().map(Holder::toString).collect(Collectors.joining(", ")))
          .append("; to give up what waits for a client: mosquitto_sub -i CLIENT -t '#' -E");
    }
    return text.toString();
  }

  private List<Holder> holders() {
    List<Holder> all = new ArrayList<>();
    for (Session session : journal.state().sessions().values()) {
      add(all, session.queue(), session.clientId(), since(session));
    }
    for (SharedSubscription shared : journal.state().shared().all()) {
      add(all, shared.queue(), shared.text(), "");
    }
    return all;
  }

  /// Keeps the few that hold most, largest first.
  private static void add(List<Holder> all, Queue queue, String name, String since) {
    if (queue.waiting() == 0) {
      return;
    }
    all.add(new Holder(name, queue.waiting(), since));
    all.sort(Comparator.comparingLong(Holder::waiting).reversed());
    if (all.size() > NAMED_MAX) {
      all.removeLast();
    }
  }

  private static String since(Session session) {
    if (session.isConnected()) {
      return "";
    }
    Instant since = Instant.ofEpochMilli(session.awaySinceMillis());
    return ", away since " + since.truncatedTo(ChronoUnit.SECONDS);
  }
}
