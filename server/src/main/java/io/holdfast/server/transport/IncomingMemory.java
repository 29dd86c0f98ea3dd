package io.holdfast.server.transport;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Bounds the memory in packets that have not come whole yet.
///
/// Each may hold a share of what is free, so that a few large ones leave room for many small ones,
/// whatever they announce. One that has reached its share is not read from and waits. So that
/// somebody always gets on, the first that waits is _preferred_: it may hold its whole packet, on
/// top of everything else, but has to be quick about it. If it is not, it is refused.
final class IncomingMemory {
  /// A packet may always hold this much.
  private static final int HELD_ALWAYS = 1 << 10;

  private static final int SHARE = 4;
  private static final long PATIENCE_NANOS = 5_000_000_000L;
  private static final long NANOS_PER_BYTE = 4_000;
  private static final long STALLED_NANOS = 2_000_000_000L;

  private final long bytesMax;
  private final ArrayDeque<Incoming> waiting = new ArrayDeque<>();
  private @Nullable Incoming preferred;
  private long preferredUntilNanos;
  private int preferredCame;
  private long preferredCameNanos;
  private long held;

  IncomingMemory(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// The memory of `who` changes by `bytes`.
  void change(Incoming who, int bytes) {
    if (who != preferred) {
      held += bytes;
    }
  }

  /// What a packet may hold now, in bytes.
  int share() {
    return Math.clamp((bytesMax - held) / SHARE, HELD_ALWAYS, Integer.MAX_VALUE);
  }

  boolean isPreferred(Incoming who) {
    return who == preferred;
  }

  /// `who` has reached its share, and is not read from until `Incoming.mayGoOn`.
  void await(Incoming who) {
    waiting.addLast(who);
  }

  /// The packet of `who` came whole, or its connection is gone. Its memory was given back before.
  void over(Incoming who) {
    if (who == preferred) {
      preferred = null;
    }
    if (who.waits()) {
      waiting.remove(who);
    }
  }

  /// Lets those go on that may, oldest first.
  void turnEnded(long nowNanos) {
    while (!waiting.isEmpty()) {
      Incoming first = waiting.getFirst();
      if (first.held() <= share() / 2) {
        waiting.removeFirst();
        first.mayGoOn();
      } else if (preferred == null) {
        waiting.removeFirst();
        held -= first.held();
        preferred = first;
        preferredUntilNanos = nowNanos + PATIENCE_NANOS + first.packetBytes() * NANOS_PER_BYTE;
        preferredCame = 0;
        first.mayGoOn();
      } else {
        return;
      }
    }
  }

  /// Refuses a preferred one that keeps others waiting for too long, or does not send at all.
  void tick(long nowNanos) {
    Incoming slow = preferred;
    if (slow == null) {
      return;
    }
    if (slow.came() != preferredCame) {
      preferredCame = slow.came();
      preferredCameNanos = nowNanos;
    }
    boolean late = nowNanos - preferredUntilNanos > 0;
    boolean stalled = nowNanos - preferredCameNanos > STALLED_NANOS;
    if (!waiting.isEmpty() && (late || stalled)) {
      slow.refuseForMemory();
    }
  }
}
