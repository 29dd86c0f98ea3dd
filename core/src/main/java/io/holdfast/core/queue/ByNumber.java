package io.holdfast.core.queue;

import org.jspecify.annotations.Nullable;

/// Things by small numbers, such as those of queues.
///
/// They lie in pages of pages, which are made where there is something, so that no number that a
/// record holds takes memory for the numbers below it.
public final class ByNumber<T> {
  private static final int PAGE_BITS = 10;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int BOOK_BITS = 2 * PAGE_BITS;

  private final @Nullable Book[] books = new @Nullable Book[1 << (Integer.SIZE - 1 - BOOK_BITS)];

  @SuppressWarnings("unchecked") // Only `put` brings anything there.
  public @Nullable T get(int number) {
    Page page = page(number);
    return page == null ? null : (T) page.things[number & (PAGE - 1)];
  }

  /// @param number not negative
  public void put(int number, T thing) {
    Book book = books[number >>> BOOK_BITS];
    if (book == null) {
      book = new Book();
      books[number >>> BOOK_BITS] = book;
    }
    Page page = book.pages[(number >>> PAGE_BITS) & (PAGE - 1)];
    if (page == null) {
      page = new Page();
      book.pages[(number >>> PAGE_BITS) & (PAGE - 1)] = page;
    }
    page.things[number & (PAGE - 1)] = thing;
  }

  /// Takes `thing` away from `number`. False where something else has that, or nothing.
  @SuppressWarnings("ReferenceEquality") // This very thing is meant.
  public boolean remove(int number, T thing) {
    Page page = page(number);
    if (page == null || page.things[number & (PAGE - 1)] != thing) {
      return false;
    }
    page.things[number & (PAGE - 1)] = null;
    return true;
  }

  private @Nullable Page page(int number) {
    Book book = number < 0 ? null : books[number >>> BOOK_BITS];
    return book == null ? null : book.pages[(number >>> PAGE_BITS) & (PAGE - 1)];
  }

  private static final class Book {
    final @Nullable Page[] pages = new @Nullable Page[PAGE];
  }

  private static final class Page {
    final @Nullable Object[] things = new @Nullable Object[PAGE];
  }
}
