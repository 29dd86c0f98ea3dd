package io.holdfast.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/// Holds a story to the memory that it may take. Counts what this thread allocates on the heap,
/// whether it was let go since or not.
final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {}

  interface Story {
    void tell() throws IOException;
  }

  /// Tells `story`, and throws where it takes more than `bytesMax` twice: Java's own loading of a
  /// class is counted the first time that it is needed.
  static void check(long bytesMax, Story story) throws IOException {
    if (taken(story) <= bytesMax) {
      return;
    }
    long bytes = taken(story);
    if (bytes > bytesMax) {
      throw new AssertionError("%d bytes are taken, and %d may be".formatted(bytes, bytesMax));
    }
  }

  private static long taken(Story story) throws IOException {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    story.tell();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
