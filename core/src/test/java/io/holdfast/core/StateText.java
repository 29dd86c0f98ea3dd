package io.holdfast.core;

import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.Bytes;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/// Durable state as text, as `StateTelling` tells it: two states that a restart could not tell
/// apart give the same.
final class StateText implements StateSink {
  private final TreeMap<String, StringBuilder> things = new TreeMap<>();
  private final LongUnaryOperator origins;
  private StringBuilder thing = new StringBuilder();

  private StateText(LongUnaryOperator origins) {
    this.origins = origins;
  }

  private static String of(DurableState state) {
    StateText text = new StateText(LongUnaryOperator.identity());
    new StateTelling(state, text).tell();
    return text.whole();
  }

  /// The state of `broker`.
  ///
  /// @param origins where what lies at a position lay before recovery wrote it anew
  static String of(Broker broker, LongUnaryOperator origins) {
    StateText text = new StateText(origins);
    broker.tellState(text);
    return text.whole();
  }

  private String whole() {
    StringBuilder whole = new StringBuilder();
    things.forEach((name, fields) -> whole.append(name).append(fields).append('\n'));
    return whole.toString();
  }

  /// Throws where a restart would not bring back the state of `live`, as `from` tells it.
  static void check(DurableState live, DurableState replayed, String from) {
    AccountText.checkLaw(live);
    AccountText.checkLaw(replayed);
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

  @Override
  public void thing(String kind, String name) {
    thing = new StringBuilder();
    things.put(kind + " " + name, thing);
  }

  @Override
  public void number(String field, long value) {
    add(field, value);
  }

  @Override
  public void position(String field, long position) {
    add(field, origins.applyAsLong(position));
  }

  @Override
  public void text(String field, String value) {
    add(field, value);
  }

  @Override
  public void bytes(String field, Bytes value) {
    add(field, RecordFields.quoted(value.toArray()));
  }

  private void add(String field, Object value) {
    thing.append("\n  ").append(field).append(' ').append(value);
  }
}
