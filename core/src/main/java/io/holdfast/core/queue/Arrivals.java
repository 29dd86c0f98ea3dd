package io.holdfast.core.queue;

import org.jspecify.annotations.Nullable;

/// How many messages came for each queue while a message changed nothing there but its backlog, and
/// where each backlog begins. By queue number, in arrays, so that a message for a hundred thousand
/// absent sessions goes through memory in order, and looks at none of them.
public final class Arrivals {
  private static final int PAGE_BITS = 10;
  private static final int PAGE = 1 << PAGE_BITS;

  /// Records from this position on need nothing more than what is here.
  private static final int OPEN_FROM = 0;

  private static final int COUNT = 1;
  private static final int BACKLOG_FROM = 2;
  private static final int FIELDS = 3;

  private static final long CLOSED = Long.MAX_VALUE;

  private final ByNumber<long[]> pages = new ByNumber<>();

  /// The page that was asked for last: numbers come in their order.
  private long @Nullable [] page;

  private int pageNumber = -1;

  /// The message at `position` comes for queue `number`. False where there is more to do, or the
  /// record does not count for that queue.
  public boolean add(int number, long position) {
    long[] there = page(number);
    if (there == null) {
      return false;
    }
    int at = place(number);
    if (position < there[at + OPEN_FROM]) {
      return false;
    }
    there[at + COUNT]++;
    if (there[at + BACKLOG_FROM] == 0) {
      there[at + BACKLOG_FROM] = position;
    }
    return true;
  }

  /// How many came, since the queue was made or recovered.
  long count(int number) {
    long[] there = page(number);
    return there == null ? 0 : there[place(number) + COUNT];
  }

  /// The queue's backlog lies at or behind this position; 0 where there is none.
  long backlogFrom(int number) {
    long[] there = page(number);
    return there == null ? 0 : there[place(number) + BACKLOG_FROM];
  }

  void backlogFrom(int number, long position) {
    made(number)[place(number) + BACKLOG_FROM] = position;
  }

  /// From `position` on a message for the queue changes nothing but its backlog.
  void open(int number, long position) {
    made(number)[place(number) + OPEN_FROM] = position;
  }

  /// A message for the queue is for itself to take.
  void close(int number) {
    long[] there = page(number);
    if (there != null) {
      there[place(number) + OPEN_FROM] = CLOSED;
    }
  }

  /// The number has a new queue, or none any more.
  public void clear(int number) {
    long[] there = page(number);
    if (there != null) {
      int at = place(number);
      there[at + OPEN_FROM] = CLOSED;
      there[at + COUNT] = 0;
      there[at + BACKLOG_FROM] = 0;
    }
  }

  private static int place(int number) {
    return (number & (PAGE - 1)) * FIELDS;
  }

  private long @Nullable [] page(int number) {
    int wanted = number >>> PAGE_BITS;
    if (wanted != pageNumber) {
      page = pages.get(wanted);
      pageNumber = wanted;
    }
    return page;
  }

  private long[] made(int number) {
    long[] there = page(number);
    if (there == null) {
      there = new long[PAGE * FIELDS];
      for (int at = OPEN_FROM; at < there.length; at += FIELDS) {
        there[at] = CLOSED;
      }
      pages.put(number >>> PAGE_BITS, there);
      page = there;
    }
    return there;
  }
}
