package io.holdfast.core;

import io.holdfast.core.queue.Entry;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.MessageTag;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.log.Found;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.packet.QoS;
import java.util.Arrays;
import java.util.Optional;

/// Makes entries of what the log's index finds: the same that `Entries` made when the messages
/// came.
final class FoundEntries {
  private final Journal journal;
  private final RecordView view = new RecordView();

  FoundEntries(Journal journal) {
    this.journal = journal;
  }

  /// The keys of the messages that queue `number` wants, or an earlier owner of the number wanted.
  int[] keysOf(int number) {
    int[] sets = journal.state().router().setsWith(number);
    int[] keys = Arrays.copyOf(sets, sets.length + 1);
    for (int i = 0; i < sets.length; i++) {
      keys[i] = Journal.keyOfSet(sets[i]);
    }
    keys[sets.length] = Journal.keyOfQueue(number);
    Arrays.sort(keys);
    return keys;
  }

  /// Entries, in the order of their messages.
  ///
  /// @param goesOnFrom no other of the queue lies before this position
  /// @param isAll false where there are more that cannot be taken yet
  record Taken(long[] entries, long goesOnFrom, boolean isAll) {
    /// No other of the queue lies before this position but the first `count`.
    long goesOnFrom(int count) {
      return count < entries.length ? Entry.position(entries[count]) : goesOnFrom;
    }
  }

  /// The entries of queue `number`, up to the first message that is not settled, or not at hand
  /// though it has to be read, or lies at or behind `until`, but no more than `max`.
  Taken take(int number, Found found, long until, long max) {
    long[] entries = new long[found.count()];
    int count = 0;
    for (int i = 0; i < found.count(); i++) {
      long position = found.positions()[i];
      if (position >= until || count >= max) {
        return new Taken(Arrays.copyOf(entries, count), Math.min(position, until), true);
      }
      MessageTag tag = new MessageTag(found.tags()[i]);
      if (position >= journal.log().settled()
          || (tag.hasFull() && !journal.log().read(position, view))) {
        return new Taken(Arrays.copyOf(entries, count), position, false);
      }
      Optional<Option> option = option(number, found.keys()[i], tag);
      if (option.isPresent() && !(tag.hasFull() && wasFull(number))) {
        QoS qos = QoS.lower(tag.qos(), option.get().granted());
        if (Entries.wantsEntry(qos, tag.queuesQoS0())) {
          boolean retain = tag.isRetained() && option.get().retainAsPublished();
          entries[count++] = Entry.of(position, qos, retain);
        }
      }
    }
    return new Taken(Arrays.copyOf(entries, count), Math.min(found.until(), until), true);
  }

  private Optional<Option> option(int number, int key, MessageTag tag) {
    return key == Journal.keyOfQueue(number)
        ? Optional.of(tag.ofOnlyTarget())
        : journal.state().router().numbered(key >> 1).optionOf(number);
  }

  /// Whether the message that was read last found the queue full.
  private boolean wasFull(int number) {
    return RecordCodec.decode(view) instanceof Published published
        && Arrays.binarySearch(published.full(), number) >= 0;
  }
}
