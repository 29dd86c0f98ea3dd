package io.holdfast.simulator;

import io.holdfast.core.StateSink;
import io.holdfast.protocol.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/// Durable state as lines of text, for who wants to see in which field two states differ.
final class StateLines implements StateSink {
  private final LongUnaryOperator origins;
  private final TreeMap<String, StringBuilder> things = new TreeMap<>();
  private StringBuilder thing = new StringBuilder();

  StateLines(LongUnaryOperator origins) {
    this.origins = origins;
  }

  /// One thing a line.
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    things.forEach((name, fields) -> lines.add(name + ":" + fields));
    return lines;
  }

  /// The lines of `before` that `after` lacks, and the other way round.
  static String difference(List<String> before, List<String> after) {
    StringBuilder text = new StringBuilder();
    before.stream().filter(line -> !after.contains(line)).forEach(line -> add(text, "was", line));
    after.stream().filter(line -> !before.contains(line)).forEach(line -> add(text, "is ", line));
    return text.toString();
  }

  private static void add(StringBuilder text, String what, String line) {
    text.append("\n  ").append(what).append(' ').append(line);
  }

  @Override
  public void thing(String kind, String name) {
    thing = new StringBuilder();
    things.put(kind + " " + name, thing);
  }

  @Override
  public void number(String field, long value) {
    add(field, Long.toString(value));
  }

  @Override
  public void position(String field, long position) {
    add(field, "@" + origins.applyAsLong(position));
  }

  @Override
  public void text(String field, String value) {
    add(field, value);
  }

  @Override
  public void bytes(String field, Bytes value) {
    add(field, value.toUtf8());
  }

  private void add(String field, String value) {
    thing.append(", ").append(field).append(' ').append(value);
  }
}
