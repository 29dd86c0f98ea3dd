package io.holdfast.core;

import io.holdfast.protocol.packet.Packet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Holds back what may be said only once the log is durable up to a position.
///
/// First in, first out. An answer leaves when everything before its position is synced. The ring
/// lies in arrays: an answer to each message waits here, and an object for each would cost.
final class DurabilityGate {
  /// Told what may be said now, in order.
  interface Out {
    void released(ClientConnection to, Packet answer);
  }

  private long[] untils = new long[1024];
  private @Nullable ClientConnection[] to = new @Nullable ClientConnection[1024];
  private @Nullable Packet[] answers = new @Nullable Packet[1024];
  private int first;
  private int count;

  /// Holds `answer` until everything before `until` is durable.
  void hold(long until, ClientConnection connection, Packet answer) {
    int capacity = untils.length;
    if (count == capacity) {
      grow();
      capacity = untils.length;
    }
    Invariant.check(
        count == 0 || untils[(first + count - 1) & (capacity - 1)] <= until, "first in, first out");
    int index = (first + count) & (capacity - 1);
    untils[index] = until;
    to[index] = connection;
    answers[index] = answer;
    count++;
    connection.heldUntil(until);
  }

  /// Holds `answer` as long as what is held already.
  void holdBehind(ClientConnection connection, Packet answer) {
    Invariant.check(count > 0, "who waits for an earlier answer finds it here");
    hold(untils[(first + count - 1) & (untils.length - 1)], connection, answer);
  }

  void durableUpTo(long durable, Out out) {
    while (count > 0 && untils[first] <= durable) {
      ClientConnection connection = to[first];
      Packet answer = answers[first];
      to[first] = null;
      answers[first] = null;
      first = (first + 1) & (untils.length - 1);
      count--;
      if (connection != null && answer != null) {
        out.released(connection, answer);
      }
    }
  }

  int count() {
    return count;
  }

  private void grow() {
    int capacity = untils.length;
    long[] oldUntils = untils;
    @Nullable ClientConnection[] oldTo = to;
    @Nullable Packet[] oldAnswers = answers;
    untils = Arrays.copyOf(oldUntils, capacity * 2);
    to = Arrays.copyOf(oldTo, capacity * 2);
    answers = Arrays.copyOf(oldAnswers, capacity * 2);
    for (int i = 0; i < capacity; i++) {
      int from = (first + i) & (capacity - 1);
      untils[i] = oldUntils[from];
      to[i] = oldTo[from];
      answers[i] = oldAnswers[from];
    }
    first = 0;
  }
}
