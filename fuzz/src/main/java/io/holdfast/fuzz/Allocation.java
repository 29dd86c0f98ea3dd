package io.holdfast.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/// Holds a piece of work to the memory that it may take. Counts what this thread allocates on the
/// heap, whether it was let go since or not.
final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final long before = THREADS.getCurrentThreadAllocatedBytes();

  /// Throws where more than `bytesMax` were allocated since this was made.
  void check(long bytesMax, String by) {
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (bytes > bytesMax) {
      throw new AssertionError("%s took %d bytes, and may take %d".formatted(by, bytes, bytesMax));
    }
  }
}
