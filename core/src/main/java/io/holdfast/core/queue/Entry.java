package io.holdfast.core.queue;

import io.holdfast.core.Invariant;
import io.holdfast.core.queue.Queue.State;
import io.holdfast.protocol.packet.QoS;

/// An entry of a queue in one `long`: the position of its message in the high 56 bits, flags in the
/// low 8. Part of the snapshot's format, but for what no record says.
public final class Entry {
  private static final int FLAG_BITS = 8;
  private static final int QOS = 0b11;
  private static final int STATE = 0b1100;
  private static final int STATE_SHIFT = 2;
  private static final int RETAIN = 0b1_0000;
  private static final int DETAILED = 0b10_0000;

  /// The consumer has answered, though no record says so yet. In no image.
  private static final int ANSWERED = 0b100_0000;

  /// Assigned to a transient member, which no record says. In no image.
  private static final int LENT = 0b1000_0000;

  private Entry() {}

  public static long of(long position, QoS qos, boolean retain) {
    return position << FLAG_BITS | qos.level() | (retain ? RETAIN : 0);
  }

  /// Of an entry that a snapshot holds.
  static void check(long entry) {
    Invariant.check((entry & QOS) <= 2, "a quality of service is 0 to 2");
  }

  public static long position(long entry) {
    return entry >>> FLAG_BITS;
  }

  public static QoS qos(long entry) {
    return QoS.of((int) entry & QOS);
  }

  public static boolean isRetained(long entry) {
    return (entry & RETAIN) != 0;
  }

  public static State state(long entry) {
    return State.of((int) (entry & STATE) >> STATE_SHIFT);
  }

  /// The same in another state, whatever was known of it without a record.
  static long in(State state, long entry) {
    long kept = entry & ~STATE & ~ANSWERED & ~LENT;
    return kept | ((long) state.bits() << STATE_SHIFT);
  }

  static boolean isDetailed(long entry) {
    return (entry & DETAILED) != 0;
  }

  static long detailed(long entry) {
    return entry | DETAILED;
  }

  static boolean isAnswered(long entry) {
    return (entry & ANSWERED) != 0;
  }

  static long answered(long entry) {
    return entry | ANSWERED;
  }

  static long lent(long entry) {
    return entry | LENT;
  }

  /// As far as records say it.
  static long recorded(long entry) {
    boolean lent = (entry & LENT) != 0;
    return entry & ~ANSWERED & ~LENT & (lent ? ~STATE : -1);
  }
}
