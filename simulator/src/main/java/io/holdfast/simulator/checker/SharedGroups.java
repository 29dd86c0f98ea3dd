package io.holdfast.simulator.checker;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The shared subscriptions, by filter, as their members saw them.
final class SharedGroups {
  private final Map<String, Group> groups = new LinkedHashMap<>();

  /// One shared subscription.
  static final class Group {
    private final Map<Integer, Integer> arrivals = new HashMap<>();
    private final Map<Integer, String> firstReceiver = new HashMap<>();

    /// Whether a member may have ended with messages that go to nobody else.
    boolean membersEnd;

    /// Whether a transient session was a member: what it is sent may be forgotten.
    boolean hasTransientMembers;

    /// The smallest packet size that any member allowed.
    long packetBytesLeast = Long.MAX_VALUE;

    int arrivals(Message message) {
      return arrivals.getOrDefault(message.number(), 0);
    }

    int arrived(Message message) {
      return arrivals.merge(message.number(), 1, Integer::sum);
    }

    /// The member that got it first, which is `client` if nobody had it.
    String firstReceiver(Message message, String client) {
      String first = firstReceiver.putIfAbsent(message.number(), client);
      return first == null ? client : first;
    }
  }

  Group group(String filter) {
    return groups.computeIfAbsent(filter, unused -> new Group());
  }

  @Nullable Group of(SessionView session, Message message) {
    for (Interest interest : session.interests()) {
      if (interest.isShared() && interest.matches(message.topic())) {
        return group(interest.filter());
      }
    }
    return null;
  }

  Map<String, Group> all() {
    return groups;
  }

  /// A session ends, with what it holds of its groups at QoS 2.
  void memberEnds(SessionView session) {
    for (Interest interest : session.interests()) {
      if (interest.isShared()) {
        group(interest.filter()).membersEnd = true;
      }
    }
  }
}
