package io.holdfast.log;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The segments that are kept, by position and by number.
final class Segments {
  private final TreeMap<Long, Segment> byPosition = new TreeMap<>();
  private final TreeMap<Integer, Segment> byNumber = new TreeMap<>();
  private Segment newest;
  private Segment lastFound;
  private long lastFoundEnd;

  Segments(Segment newest) {
    this.newest = newest;
    this.lastFound = newest;
    this.lastFoundEnd = newest.first();
    add(newest);
  }

  /// Segments come in the order of their positions, but for old ones, which recovery adds.
  void add(Segment segment) {
    byPosition.put(segment.first(), segment);
    byNumber.put(segment.number(), segment);
    if (segment.number() > newest.number()) {
      newest = segment;
    }
    lastFoundEnd = lastFound.first();
  }

  Segment newest() {
    return newest;
  }

  Segment oldest() {
    return byNumber.firstEntry().getValue();
  }

  Segment of(long position) {
    if (position >= newest.first()) {
      return newest;
    }
    if (position >= lastFound.first() && position < lastFoundEnd) {
      return lastFound;
    }
    Map.Entry<Long, Segment> entry = byPosition.floorEntry(position);
    Invariant.check(entry != null, "a position is asked for while its segment is kept");
    lastFound = entry == null ? newest : entry.getValue();
    lastFoundEnd = endOf(lastFound);
    return lastFound;
  }

  /// The first position of the next segment kept; the end of time for the newest.
  long endOf(Segment segment) {
    Map.Entry<Integer, Segment> next = byNumber.higherEntry(segment.number());
    return next == null ? Long.MAX_VALUE : next.getValue().first();
  }

  /// The same for a segment that may be gone.
  long endOf(int number) {
    Map.Entry<Integer, Segment> next = byNumber.higherEntry(number);
    return next == null ? Long.MAX_VALUE : next.getValue().first();
  }

  /// Those that hold positions from `position` on, in their order.
  List<Segment> from(long position) {
    Map.Entry<Long, Segment> first = byPosition.floorEntry(position);
    return List.copyOf(
        byPosition.tailMap(first == null ? position : first.getKey(), true).values());
  }

  /// Whether it begins a run, and the segment before it, which that run cut, is kept.
  boolean tellsWhereTheOneBeforeWasCut(int number) {
    Segment segment = byNumber.get(number);
    Map.Entry<Integer, Segment> before = byNumber.lowerEntry(number);
    return segment != null
        && before != null
        && before.getValue().run() != segment.run()
        && before.getValue().end() == segment.cutAt();
  }

  Segment remove(int number) {
    Segment segment = byNumber.remove(number);
    if (segment == null || segment == newest) {
      throw new IllegalStateException(
          "broken invariant: only sealed segments that are kept are discarded, not " + number);
    }
    byPosition.remove(segment.first());
    lastFound = newest;
    lastFoundEnd = newest.first();
    return segment;
  }

  boolean holds(int number) {
    return byNumber.containsKey(number);
  }

  Collection<Segment> all() {
    return byNumber.values();
  }
}
