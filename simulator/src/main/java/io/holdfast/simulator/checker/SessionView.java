package io.holdfast.simulator.checker;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One session of a client as that saw it, from the CONNACK that began it on.
final class SessionView {
  /// The place of what has none among all that came.
  static final int UNORDERED = -1;

  private final String client;
  private final boolean durable;
  final long began;
  private final List<Interest> interests = new ArrayList<>();
  private byte[] arrivals = new byte[64];

  /// Of QoS 1 messages, what came last under each packet identifier, as long as its acknowledgement
  /// may be forgotten.
  final Map<Integer, Held> last = new HashMap<>();

  /// Numbers of messages that came because they are retained, or may have.
  final Set<Integer> cameAsRetained = new HashSet<>();

  /// The QoS 2 packet identifiers that the client holds open.
  final Map<Integer, Held> open = new HashMap<>();

  /// How many times more than it was sent a message may come, since the client lost its memory of
  /// it.
  final Map<Integer, Integer> mayRepeat = new HashMap<>();

  /// By packet identifier, what the client refused, with its place.
  private final Map<Integer, Held> refused = new HashMap<>();

  /// By line and QoS, the newest message that came.
  final Map<Integer, Integer> newest = new HashMap<>();

  /// Messages that came at all, be it as retained ones.
  final BitSet seen = new BitSet();

  /// Messages that came at QoS 1 or 2: they were entries of the session's queue.
  final BitSet entries = new BitSet();

  /// Messages that found the queue full, or may have.
  final BitSet droppable = new BitSet();

  /// How many messages may have entered the queue, and how many came out.
  int mayHaveEntered;

  int cameOut;

  /// Whether retained messages may have been brought to it by a cursor, and others waited behind.
  boolean mayHaveHadCursor;

  /// When the client ended it, or saw that it was ended.
  long ended;

  /// Counts the connections that it was on.
  int connections;

  /// How many messages came for the first time, and the place among them of what came again last on
  /// this connection.
  private int held;

  int cameAgainLast;

  /// The smallest of the packet sizes that its client allowed; very large where none.
  long packetBytesLeast = Long.MAX_VALUE;

  SessionView(String client, boolean durable, long began) {
    this.client = client;
    this.durable = durable;
    this.began = began;
  }

  /// A message that came.
  ///
  /// @param connection the last that it came on
  /// @param order its place among all that came to the session for the first time
  record Held(Message message, int connection, int order) {}

  String client() {
    return client;
  }

  boolean isDurable() {
    return durable;
  }

  List<Interest> interests() {
    return interests;
  }

  /// The subscription to `filter` that has not been given up, or may not have been.
  Optional<Interest> current(String filter) {
    for (int i = interests.size() - 1; i >= 0; i--) {
      Interest interest = interests.get(i);
      if (interest.filter().equals(filter) && interest.givenUp == 0) {
        return Optional.of(interest);
      }
    }
    return Optional.empty();
  }

  /// Whether any of its subscriptions, of now or earlier, matches.
  boolean matches(String topic) {
    for (Interest interest : interests) {
      if (interest.matches(topic)) {
        return true;
      }
    }
    return false;
  }

  int arrivals(Message message) {
    return message.number() < arrivals.length ? arrivals[message.number()] : 0;
  }

  /// Counts one more, and gives how many there are now.
  int arrived(Message message) {
    int number = message.number();
    if (number >= arrivals.length) {
      arrivals = Arrays.copyOf(arrivals, Math.max(number + 1, arrivals.length * 2));
    }
    if (arrivals[number] < Byte.MAX_VALUE) {
      arrivals[number]++;
    }
    return arrivals[number];
  }

  /// The client ended the exchange under `packetId` by saying no. Should the broker forget that,
  /// the message comes again as a new one, in its old place.
  void refused(int packetId, Held held) {
    mayRepeat.merge(held.message().number(), 1, Integer::sum);
    refused.put(packetId, held);
  }

  /// The place of `message`, which comes, under `packetId`, as a new one.
  int newOrder(Message message, int packetId, boolean dup) {
    Held old = refused.remove(packetId);
    if (old != null && old.message() == message) {
      return old.order();
    }
    return dup ? UNORDERED : ++held;
  }

  @Override
  public String toString() {
    return "the session of %s that began at tick %d".formatted(client, began);
  }
}
