package io.holdfast.simulator.checker;

import io.holdfast.simulator.workload.Reached;
import io.holdfast.simulator.workload.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Retained messages: who subscribes gets the one accepted last, or a later one; what was replaced
/// or cleared does not come back.
///
/// Each topic has one publisher, which uses one QoS for it, so that its versions have an order.
public final class RetainedCheck {
  private final World world;
  private final Map<String, List<Message>> versions = new LinkedHashMap<>();

  RetainedCheck(World world) {
    this.world = world;
  }

  void newVersion(Message message) {
    versions.computeIfAbsent(message.topic(), unused -> new ArrayList<>()).add(message);
  }

  int topics() {
    return versions.size();
  }

  /// On how many of them something was ever retained that `interest` matches.
  int topicsThatMatch(Interest interest) {
    int count = 0;
    for (String topic : versions.keySet()) {
      count += interest.matches(topic) ? 1 : 0;
    }
    return count;
  }

  /// All that was published before it on its topic is superseded.
  void accepted(Message message) {
    List<Message> known = versions.getOrDefault(message.topic(), List.of());
    for (int i = known.size() - 1; i >= 0; i--) {
      Message earlier = known.get(i);
      if (earlier.number() >= message.number()) {
        continue;
      }
      if (earlier.superseded != 0) {
        return;
      }
      earlier.superseded = message.accepted;
      if (earlier.crashesBefore < message.crashesBefore) {
        world.reached(Reached.RETAINED_REPLACED_ACROSS_CRASH);
      }
    }
  }

  /// What was superseded before a session asked for it first must not come to that; but what was
  /// refused, and sent again because nobody heard that, may have superseded later ones.
  void arrived(Arrival arrival) {
    Message message = arrival.message();
    if (!arrival.asRetained()) {
      return;
    }
    world.reached(Reached.RETAINED_RECEIVED);
    if (message.superseded == 0 || message.mayHaveBeenRefused) {
      return;
    }
    for (Interest interest : arrival.session().interests()) {
      if (interest.asked <= message.superseded && interest.matches(message.topic())) {
        return;
      }
    }
    throw world.violation(
        "retained",
        "%s got, though it was superseded at tick %d, before the subscription: %s"
            .formatted(arrival.client(), message.superseded, message));
  }

  /// Whether somebody who subscribes when nothing is under way has got all there has to be of the
  /// topics below `prefix`.
  ///
  /// @param received the numbers of the messages that came
  public boolean isAllIn(String prefix, Set<Integer> received) {
    return firstMissing(prefix, received).isEmpty();
  }

  /// The same, and that it is so.
  public void checkAll(String prefix, String reader, Set<Integer> received) {
    Optional<String> missing = firstMissing(prefix, received);
    if (missing.isPresent()) {
      throw world.violation(
          "retained",
          "%s found nothing on %s, where there were %s"
              .formatted(reader, missing.get(), versions.get(missing.get())));
    }
  }

  private Optional<String> firstMissing(String prefix, Set<Integer> received) {
    return versions.entrySet().stream()
        .filter(topic -> topic.getKey().startsWith(prefix))
        .filter(topic -> isMissing(topic.getValue(), received))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private boolean isMissing(List<Message> all, Set<Integer> received) {
    boolean mayBeNone = true;
    for (Message message : all) {
      if (received.contains(message.number())) {
        return false;
      }
      if (message.accepted != 0) {
        mayBeNone = false;
      }
      if (message.firstSent != 0 && (message.payload().isEmpty() || mayHaveExpired(message))) {
        mayBeNone = true;
      }
    }
    return !mayBeNone;
  }

  private boolean mayHaveExpired(Message message) {
    return message.expirySeconds() >= 0
        && message.firstSent != 0
        && world.latestMillis() - message.firstSentMillis >= message.expirySeconds() * 1000;
  }
}
