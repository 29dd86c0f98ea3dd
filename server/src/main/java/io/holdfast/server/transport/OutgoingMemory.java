package io.holdfast.server.transport;

/// Bounds the memory in packets that the operating system has not taken yet.
///
/// Each connection may have a share of what is free, so that many who do not read leave room for
/// those who do.
final class OutgoingMemory {
  private static final int SHARE = 4;

  /// Of answers alone, a connection that does not read may have this much more than of deliveries:
  /// enough for one to every packet identifier there is, so that a client that writes all before it
  /// reads gets through.
  private static final int ANSWERS_MAX = 1 << 20;

  private static final int ANSWERS_ALWAYS = 8 << 10;

  private static final int EXHAUSTED_SHARE = 4 << 10;

  private final long bytesMax;
  private final int perConnectionMax;
  private long held;

  OutgoingMemory(TransportLimits limits) {
    this.bytesMax = limits.outgoingBytesMax();
    this.perConnectionMax = limits.outgoingPerConnectionMax();
  }

  void change(long bytes) {
    held += bytes;
  }

  /// A connection takes deliveries while it has less than this waiting.
  long share() {
    return Math.min(perConnectionMax, (bytesMax - held) / SHARE);
  }

  /// A connection is read from while it has no more than this waiting.
  long answersShare() {
    return Math.clamp((bytesMax - held) / SHARE, ANSWERS_ALWAYS, ANSWERS_MAX + perConnectionMax);
  }

  /// So little is left that nobody gets on.
  boolean isExhausted() {
    return share() < EXHAUSTED_SHARE;
  }
}
