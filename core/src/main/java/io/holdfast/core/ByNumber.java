package io.holdfast.core;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Things by small numbers, such as those of queues.
///
/// They lie in pages, which are made where there is something, so that no number that a record
/// holds takes memory for all the numbers below it.
final class ByNumber<T> {
  private static final int PAGE_BITS = 10;
  private static final int PAGE = 1 << PAGE_BITS;

  private @Nullable Page[] pages = new @Nullable Page[1];

  @SuppressWarnings("unchecked") // Only `put` brings anything there.
  @Nullable T get(int number) {
    Page page = page(number);
    return page == null ? null : (T) page.things[number & PAGE - 1];
  }

  /// @param number not negative
  void put(int number, T thing) {
    int index = number >>> PAGE_BITS;
    if (index >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
    }
    Page page = pages[index];
    if (page == null) {
      page = new Page();
      pages[index] = page;
    }
    page.things[number & PAGE - 1] = thing;
  }

  /// Takes `thing` away from `number`. False where something else has that, or nothing.
  @SuppressWarnings("ReferenceEquality") // This very thing is meant.
  boolean remove(int number, T thing) {
    Page page = page(number);
    if (page == null || page.things[number & PAGE - 1] != thing) {
      return false;
    }
    page.things[number & PAGE - 1] = null;
    return true;
  }

  private @Nullable Page page(int number) {
    int index = number >>> PAGE_BITS;
    return index < pages.length ? pages[index] : null;
  }

  private static final class Page {
    final @Nullable Object[] things = new @Nullable Object[PAGE];
  }
}
