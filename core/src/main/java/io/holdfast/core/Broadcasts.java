package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.protocol.Bytes;
import java.util.ArrayDeque;
import java.util.List;

/// Messages that more consumers want than one turn serves. Each turn they go to some of those, one
/// message after the other, so that nothing else waits long.
///
/// What comes on the topic of one that is under way goes behind it. They lie in memory: where they
/// are too many, the oldest goes to all the rest at once.
final class Broadcasts {
  private final WantedSegments wanted;
  private final Counters counters;
  private final int countMax;
  private final int bytesMax;
  private final ArrayDeque<Broadcast> underWay = new ArrayDeque<>();
  private long bytes;

  Broadcasts(WantedSegments wanted, Counters counters, Limits limits) {
    this.wanted = wanted;
    this.counters = counters;
    this.countMax = limits.broadcastsMax();
    this.bytesMax = limits.broadcastBytesMax();
  }

  boolean isEmpty() {
    return underWay.isEmpty();
  }

  boolean isUnderWay(Bytes topic) {
    for (Broadcast broadcast : underWay) {
      if (broadcast.message().topic().equals(topic)) {
        return true;
      }
    }
    return false;
  }

  /// From 0 to 1, where there is no room for another.
  double fullness() {
    return Math.max((double) underWay.size() / countMax, (double) bytes / bytesMax);
  }

  /// The last of them has to have room.
  void add(Broadcast broadcast) {
    underWay.addLast(broadcast);
    bytes += broadcast.bytes();
    if (broadcast.position() != 0) {
      wanted.pin(broadcast.position());
    }
  }

  /// Makes room for one of so many bytes.
  void makeRoom(int more, Broadcast.Hand hand) {
    while (!underWay.isEmpty() && (underWay.size() >= countMax || bytes + more > bytesMax)) {
      finish(underWay.removeFirst(), hand);
    }
  }

  /// What is under way on `topic` goes to all the rest, before something that cannot wait.
  void finish(Bytes topic, Broadcast.Hand hand) {
    if (isUnderWay(topic)) {
      for (Broadcast broadcast : List.copyOf(underWay)) {
        if (broadcast.message().topic().equals(topic)) {
          underWay.remove(broadcast);
          finish(broadcast, hand);
        }
      }
    }
  }

  private void finish(Broadcast broadcast, Broadcast.Hand hand) {
    broadcast.handOn(Integer.MAX_VALUE, hand);
    done(broadcast);
  }

  private void done(Broadcast broadcast) {
    bytes -= broadcast.bytes();
    if (broadcast.position() != 0) {
      wanted.unpin(broadcast.position());
    }
  }

  /// Some steps: one for each queue that is looked at. Gives how many.
  int goOn(int max, Broadcast.Hand hand) {
    int steps = 0;
    while (steps < max && !underWay.isEmpty()) {
      Broadcast first = underWay.getFirst();
      steps += first.handOn(max - steps, hand);
      if (first.isDone()) {
        underWay.removeFirst();
        done(first);
      }
    }
    return steps;
  }

  /// A transient session ends with its connection: what is on its way to it comes to nobody.
  void left(Client client) {
    int missed = 0;
    for (Broadcast broadcast : underWay) {
      if (client.number <= broadcast.clientsUntil()
          && broadcast.isAhead(client.session().queueNumber())) {
        missed++;
      }
    }
    if (missed > 0) {
      counters.dropped(client.session().clientId(), Event.Reason.SESSION_ENDED, missed);
    }
  }
}
