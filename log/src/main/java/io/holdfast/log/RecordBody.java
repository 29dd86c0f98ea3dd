package io.holdfast.log;

import java.nio.ByteBuffer;

/// The bytes of a record that is to be appended.
public interface RecordBody {
  /// Their exact number.
  int length();

  /// Writes exactly `length()` bytes at `target`'s position, and moves it.
  void writeTo(ByteBuffer target);
}
