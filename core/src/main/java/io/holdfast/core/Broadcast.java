package io.holdfast.core;

import io.holdfast.core.record.LogRecord.Group;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import java.util.Arrays;
import java.util.List;

/// One message on its way through the queues that want it, from the first of the first group to the
/// last of the last.
///
/// Numbers of queues may change hands meanwhile: it is for those who were there when it came.
final class Broadcast {
  private final Published message;
  private final long position;
  private final long clientsUntil;
  private final long queuesUntil;
  private final List<Group> groups;
  private int group;
  private int index;

  /// @param message owns its bytes
  /// @param position of its record, 0 where it has none
  /// @param clientsUntil the number of the newest client
  /// @param queuesUntil the log's end: shared queues made since lie behind it
  Broadcast(
      Published message, long position, long clientsUntil, long queuesUntil, List<Group> groups) {
    this.message = message;
    this.position = position;
    this.clientsUntil = clientsUntil;
    this.queuesUntil = queuesUntil;
    this.groups = groups;
  }

  interface Hand {
    void hand(Broadcast broadcast, int queue, Option option);
  }

  Published message() {
    return message;
  }

  long position() {
    return position;
  }

  long clientsUntil() {
    return clientsUntil;
  }

  long queuesUntil() {
    return queuesUntil;
  }

  int bytes() {
    return bytes(message);
  }

  static int bytes(Published message) {
    return message.topic().length() + message.passedOn().length() + message.payload().length();
  }

  boolean isDone() {
    return group == groups.size();
  }

  /// Hands it to the next `max` queues. Gives how many there were.
  int handOn(int max, Hand hand) {
    int handed = 0;
    while (handed < max && !isDone()) {
      Group now = groups.get(group);
      if (index < now.queues().length) {
        hand.hand(this, now.queues()[index++], now.option());
        handed++;
      } else {
        group++;
        index = 0;
      }
    }
    return handed;
  }

  /// Whether it has yet to come to `queue`.
  boolean isAhead(int queue) {
    for (int g = group; g < groups.size(); g++) {
      int at = Arrays.binarySearch(groups.get(g).queues(), queue);
      if (at >= (g == group ? index : 0)) {
        return true;
      }
    }
    return false;
  }
}
