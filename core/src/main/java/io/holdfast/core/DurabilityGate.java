package io.holdfast.core;

import io.holdfast.protocol.packet.Packet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Holds back what may be said only once the log is durable up to a position.
///
/// First in, first out. An answer leaves when everything before its position is synced; behind it
/// go those to the same connection that wait for nothing but their turn. The ring lies in arrays:
/// an answer to each message waits here, and an object for each would cost.
final class DurabilityGate {
  /// Told what may be said now, in order.
  interface Out {
    void released(ClientConnection to, Packet answer);
  }

  private long[] untils = new long[1024];
  private @Nullable ClientConnection[] to = new @Nullable ClientConnection[1024];
  private @Nullable Packet[] answers = new @Nullable Packet[1024];
  private @Nullable Behind[] behind = new @Nullable Behind[1024];
  private int first;
  private int count;

  /// How many have left: the number of the first.
  private long left;

  /// What goes out right behind an answer.
  private record Behind(List<Packet> answers) {}

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
    connection.lastHeld(left + count);
    count++;
  }

  /// Whether something is held for `connection`.
  boolean holdsFor(ClientConnection connection) {
    return connection.lastHeld() >= left;
  }

  /// Holds `answer` as long as what is held for the same connection already.
  void holdBehind(ClientConnection connection, Packet answer) {
    Invariant.check(holdsFor(connection), "who waits for an earlier answer finds it here");
    int index = (first + (int) (connection.lastHeld() - left)) & (untils.length - 1);
    Behind others = behind[index];
    if (others == null) {
      others = new Behind(new ArrayList<>(4));
      behind[index] = others;
    }
    others.answers.add(answer);
  }

  void durableUpTo(long durable, Out out) {
    while (count > 0 && untils[first] <= durable) {
      ClientConnection connection = to[first];
      Packet answer = answers[first];
      Behind others = behind[first];
      to[first] = null;
      answers[first] = null;
      behind[first] = null;
      first = (first + 1) & (untils.length - 1);
      count--;
      left++;
      if (connection != null && answer != null) {
        out.released(connection, answer);
        if (others != null) {
          others.answers.forEach(other -> out.released(connection, other));
        }
      }
    }
  }

  private void grow() {
    int capacity = untils.length;
    long[] oldUntils = untils;
    @Nullable ClientConnection[] oldTo = to;
    @Nullable Packet[] oldAnswers = answers;
    @Nullable Behind[] oldBehind = behind;
    untils = Arrays.copyOf(oldUntils, capacity * 2);
    to = Arrays.copyOf(oldTo, capacity * 2);
    answers = Arrays.copyOf(oldAnswers, capacity * 2);
    behind = Arrays.copyOf(oldBehind, capacity * 2);
    for (int i = 0; i < capacity; i++) {
      int from = (first + i) & (capacity - 1);
      untils[i] = oldUntils[from];
      to[i] = oldTo[from];
      answers[i] = oldAnswers[from];
      behind[i] = oldBehind[from];
    }
    first = 0;
  }
}
