package io.holdfast.protocol.codec;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.UserProperty;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/// User properties as they stand in a packet that was read: checked, and made into strings only
/// where somebody looks at them. A peer may send a million in one packet, before anybody knows who
/// it is.
final class ReadUserProperties extends AbstractList<UserProperty> {
  private static final int IDENTIFIER_BYTES = 1;
  private static final int LENGTH_BYTES = 2;

  private final Bytes encoded;
  private final int count;

  /// @param encoded `count` user properties and nothing else, each with its identifier
  ReadUserProperties(Bytes encoded, int count) {
    this.encoded = encoded;
    this.count = count;
  }

  @Override
  public int size() {
    return count;
  }

  /// Walks there: who wants them all iterates.
  @Override
  public UserProperty get(int index) {
    Objects.checkIndex(index, count);
    int from = 0;
    for (int i = 0; i < index; i++) {
      from = behind(from);
    }
    return at(from);
  }

  @Override
  public Iterator<UserProperty> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < encoded.length();
      }

      @Override
      public UserProperty next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        UserProperty property = at(next);
        next = behind(next);
        return property;
      }
    };
  }

  private UserProperty at(int from) {
    int name = from + IDENTIFIER_BYTES;
    return new UserProperty(text(name), text(name + LENGTH_BYTES + length(name)));
  }

  private int behind(int from) {
    int value = from + IDENTIFIER_BYTES + LENGTH_BYTES + length(from + IDENTIFIER_BYTES);
    return value + LENGTH_BYTES + length(value);
  }

  private String text(int from) {
    return encoded.slice(from + LENGTH_BYTES, length(from)).toUtf8();
  }

  private int length(int from) {
    return (encoded.at(from) & 0xFF) << 8 | (encoded.at(from + 1) & 0xFF);
  }
}
