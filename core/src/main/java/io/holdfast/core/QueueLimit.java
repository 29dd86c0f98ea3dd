package io.holdfast.core;

import io.holdfast.protocol.topic.TopicFilter;
import java.util.List;
import java.util.Optional;

/// What a queue may hold, and what becomes of a message that finds one full.
///
/// @param messagesMaximum not sent yet, in one queue; 0 for no limit (`max_queued_messages`)
/// @param rules the first that matches is followed (`queue_full`)
public record QueueLimit(long messagesMaximum, List<Rule> rules) {
  public static final QueueLimit NONE = of(0);

  public QueueLimit {
    rules = List.copyOf(rules);
  }

  /// As Mosquitto does it: what is newer than the limit is dropped.
  public static QueueLimit of(long messagesMaximum) {
    return new QueueLimit(messagesMaximum, List.of());
  }

  /// What is done where a queue is full.
  public enum Policy {
    /// The publisher is refused, and no queue takes the message (promise P6).
    REJECT,
    /// The full queue does not take the message, which is counted; the others do.
    DROP_NEWEST,
    /// The full queue takes it, and the oldest message that was never sent leaves it, counted.
    DROP_OLDEST
  }

  /// Which messages are meant.
  public sealed interface Scope {
    /// All.
    record Everything() implements Scope {}

    /// Those for the queue of a client, or of a shared subscription (`$share/NAME/FILTER`).
    ///
    /// @param pattern `*` stands for any characters, `?` for one
    record Owner(String pattern) implements Scope {}

    /// Those on a topic.
    record Topic(TopicFilter filter) implements Scope {}
  }

  public record Rule(Policy policy, Scope scope) {
    boolean isFor(String owner, String topic) {
      return switch (scope) {
        case Scope.Everything all -> true;
        case Scope.Owner named -> matches(named.pattern(), owner);
        case Scope.Topic on -> on.filter().matches(topic);
      };
    }
  }

  /// @param owner the client's identifier, or the shared subscription as it was subscribed to
  public Policy policy(String owner, String topic) {
    Optional<Rule> first = rules.stream().filter(rule -> rule.isFor(owner, topic)).findFirst();
    return first.map(Rule::policy).orElse(Policy.DROP_NEWEST);
  }

  public boolean mayReject() {
    return mayDo(Policy.REJECT);
  }

  public boolean mayDropOldest() {
    return mayDo(Policy.DROP_OLDEST);
  }

  private boolean mayDo(Policy policy) {
    return messagesMaximum > 0 && rules.stream().anyMatch(rule -> rule.policy == policy);
  }

  /// Goes back to the last `*` where something does not fit.
  private static boolean matches(String pattern, String name) {
    int at = 0;
    int star = -1;
    int starredTo = 0;
    for (int i = 0; i < name.length(); ) {
      if (at < pattern.length() && pattern.charAt(at) == '*') {
        star = at++;
        starredTo = i;
      } else if (at < pattern.length()
          && (pattern.charAt(at) == '?' || pattern.charAt(at) == name.charAt(i))) {
        at++;
        i++;
      } else if (star >= 0) {
        at = star + 1;
        i = ++starredTo;
      } else {
        return false;
      }
    }
    return pattern.substring(at).chars().allMatch(character -> character == '*');
  }
}
