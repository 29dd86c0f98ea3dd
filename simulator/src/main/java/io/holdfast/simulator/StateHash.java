package io.holdfast.simulator;

import io.holdfast.core.StateSink;
import io.holdfast.protocol.Bytes;
import java.util.function.LongUnaryOperator;

/// Durable state as one number: the sum over its things, each hashed field by field, so that the
/// order of things does not count.
final class StateHash implements StateSink {
  private final LongUnaryOperator origins;
  private long sum;
  private long thing;

  /// @param origins where a record lay first that lies at a position now
  StateHash(LongUnaryOperator origins) {
    this.origins = origins;
  }

  /// The number of what was told since the last call.
  long take() {
    long whole = sum + thing;
    sum = 0;
    thing = 0;
    return whole;
  }

  @Override
  public void thing(String kind, String name) {
    sum += thing;
    thing = kind.hashCode();
    mix(name.hashCode());
  }

  @Override
  public void number(String field, long value) {
    mix(value);
  }

  @Override
  public void position(String field, long position) {
    mix(origins.applyAsLong(position));
  }

  @Override
  public void text(String field, String value) {
    mix(value.hashCode());
  }

  @Override
  public void bytes(String field, Bytes value) {
    mix(value.hashCode());
  }

  private void mix(long value) {
    long mixed = (thing ^ value) * 0x9E3779B97F4A7C15L;
    thing = mixed ^ (mixed >>> 29);
  }
}
