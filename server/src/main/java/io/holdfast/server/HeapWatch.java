package io.holdfast.server;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Optional;
import java.util.function.Supplier;

/// Looks whether what is alive fills Java's heap nearly (promise P10), by what was left after the
/// last collection of the old generation: before that nothing is known, and nothing has to be.
///
/// While it is nearly full, a collection is asked for once a minute, or nobody would see that there
/// is room again.
final class HeapWatch {
  private static final double FULL_FROM = 0.85;
  private static final double FULL_UNTIL = 0.8;
  private static final long COLLECTED_NANOS = 60_000_000_000L;

  private final Supplier<Optional<MemoryUsage>> afterCollection;
  private final Runnable collect;
  private boolean isFull;
  private long fullSinceNanos;

  /// @param afterCollection what the last collection left; absent where that is not known
  HeapWatch(Supplier<Optional<MemoryUsage>> afterCollection, Runnable collect) {
    this.afterCollection = afterCollection;
    this.collect = collect;
  }

  /// Of the heap that this runs in.
  static HeapWatch ofThisProcess() {
    // Only the old generation can say when it is used too much.
    Optional<MemoryPoolMXBean> old =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
            .filter(MemoryPoolMXBean::isCollectionUsageThresholdSupported)
            .findFirst();
    return new HeapWatch(
        () -> old.map(MemoryPoolMXBean::getCollectionUsage).filter(usage -> usage.getMax() > 0),
        System::gc);
  }

  boolean isFull(long nowNanos) {
    double fullness =
        afterCollection.get().map(usage -> (double) usage.getUsed() / usage.getMax()).orElse(0.0);
    boolean wasFull = isFull;
    isFull = fullness >= (wasFull ? FULL_UNTIL : FULL_FROM);
    if (!isFull) {
      return false;
    }
    if (!wasFull) {
      fullSinceNanos = nowNanos;
    } else if (nowNanos - fullSinceNanos >= COLLECTED_NANOS) {
      fullSinceNanos = nowNanos;
      collect.run();
    }
    return true;
  }
}
