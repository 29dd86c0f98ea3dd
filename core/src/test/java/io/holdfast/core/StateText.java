package io.holdfast.core;

import io.holdfast.core.queue.DropCounters;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.Queue.State;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.routing.RetainedMessages.Found;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Durable state as text: two states that a restart could not tell apart give the same.
///
/// Left out is what no record says: transient sessions and what they hold, what was sent on the
/// present connections, and what was answered but not yet recorded.
final class StateText {
  private final DurableState state;
  private final StringBuilder text = new StringBuilder();

  private StateText(DurableState state) {
    this.state = state;
  }

  private static String of(DurableState state) {
    return new StateText(state).whole();
  }

  /// Throws where a restart would not bring back the state of `live`, as `from` tells it.
  static void check(DurableState live, DurableState replayed, String from) {
    String was = of(live);
    String is = of(replayed);
    if (!was.equals(is)) {
      throw new IllegalStateException(
          "state is what " + from + " say.\nlive:\n" + was + "replayed:\n" + is);
    }
    if (!sets(replayed).containsAll(sets(live))) {
      throw new IllegalStateException("all target sets are brought back by " + from);
    }
  }

  /// A set that no record names any more is forgotten, of which no record says anything.
  private static Set<String> sets(DurableState state) {
    Set<String> sets = new HashSet<>();
    state
        .router()
        .numberedSets()
        .forEach((number, set) -> {
          StringBuilder text = new StringBuilder().append(number);
          for (LogRecord.Group group : set.groups()) {
            text.append(' ').append(group.option()).append(Arrays.toString(group.queues()));
          }
          sets.add(text.toString());
        });
    return sets;
  }

  private String whole() {
    new TreeMap<>(state.sessions()).values().stream().filter(Session::isDurable).forEach(this::add);
    state.shared().all().stream()
        .sorted(Comparator.comparing(SharedSubscription::text))
        .forEach(this::add);
    new TreeMap<>(state.wills())
        .forEach((client, will) -> line("will of %s: %s due %d", client, text(will), due(will)));
    for (Optional<Found> next = state.retained().first();
        next.isPresent();
        next = state.retained().after(next.get().topic())) {
      line("retained %s: %s", next.get().topic(), next.get().retained());
    }
    line("next set %d", state.router().nextNumber());
    return text.toString();
  }

  private static String text(io.holdfast.core.session.StoredWill will) {
    return will.will().topic() + " " + will.will().payload();
  }

  private static long due(io.holdfast.core.session.StoredWill will) {
    return will.dueMillis();
  }

  @SuppressWarnings("AnnotateFormatMethod") // that annotation is a dependency of its own
  private void line(String format, Object... arguments) {
    text.append(format.formatted(arguments)).append('\n');
  }

  private void add(Session session) {
    line(
        "session %s: %s expiry %d %s",
        session.clientId(),
        session.version(),
        session.expirySeconds(),
        session.isConnected() ? "connected" : "away since " + session.awaySinceMillis());
    session.subscriptions().forEach(subscription -> line("  %s", subscription));
    new TreeMap<>(session.openReceived()).forEach((id, hash) -> line("  open %d %x", id, hash));
    add(session.queue());
  }

  private void add(SharedSubscription shared) {
    line("shared %s", shared.text());
    shared.members().keySet().stream()
        .filter(Session::isDurable)
        .map(Session::clientId)
        .sorted()
        .forEach(member -> line("  member %s", member));
    add(shared.queue());
  }

  /// As records say it, and as it will be read back from a snapshot.
  private void add(Queue live) {
    Queue queue = Queue.of(live.number(), live.countsFrom(), live.image());
    StringBuilder dropped = new StringBuilder();
    for (int counter = 0; counter < DropCounters.COUNT; counter++) {
      dropped.append(' ').append(queue.dropped(counter));
    }
    line(
        "  queue %d born %d, %d to %d, mark %d, %d waiting, dropped%s",
        queue.number(),
        queue.bornAt(),
        queue.head(),
        queue.tail(),
        queue.sentMark(),
        queue.waiting(),
        dropped);
    for (long sequence = queue.head(); sequence < queue.tail(); sequence++) {
      if (queue.state(sequence) == State.DONE) {
        line("    %d: done", sequence);
      } else {
        line(
            "    %d: %s at %d qos %d%s%s",
            sequence,
            queue.state(sequence),
            queue.position(sequence),
            queue.qos(sequence).level(),
            queue.isRetained(sequence) ? " retain" : "",
            queue.detail(sequence).map(detail -> " " + detail).orElse(""));
      }
    }
  }
}
