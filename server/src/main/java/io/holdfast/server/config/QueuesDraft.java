package io.holdfast.server.config;

import io.holdfast.core.QueueLimit;
import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.List;

/// What was read so far about how much may wait, and what is done beyond.
final class QueuesDraft {
  private static final String ALLOWED =
      "reject, drop-newest or drop-oldest is allowed, alone or with `client PATTERN` or"
          + " `topic FILTER` behind it";

  private final List<Rule> rules = new ArrayList<>();
  private final List<ConfigurationLine> ruleLines = new ArrayList<>();
  private long messagesMaximum;

  void maxMessages(ConfigurationLine line) throws ConfigurationException {
    messagesMaximum = line.limit(Integer.MAX_VALUE);
  }

  void full(ConfigurationLine line) throws ConfigurationException {
    List<String> words = line.words();
    Policy policy =
        switch (words.get(0)) {
          case "reject" -> Policy.REJECT;
          case "drop-newest" -> Policy.DROP_NEWEST;
          case "drop-oldest" -> Policy.DROP_OLDEST;
          default -> throw line.error(ALLOWED + ".");
        };
    rules.add(new Rule(policy, scope(line, words.subList(1, words.size()))));
    ruleLines.add(line);
  }

  private static Scope scope(ConfigurationLine line, List<String> words)
      throws ConfigurationException {
    if (words.isEmpty()) {
      return new Scope.Everything();
    }
    if (words.size() == 2 && words.get(0).equals("client")) {
      return new Scope.Owner(words.get(1));
    }
    if (words.size() == 2 && words.get(0).equals("topic")) {
      return new Scope.Topic(
          TopicFilter.parse(words.get(1))
              .orElseThrow(() -> line.error(words.get(1) + " is no topic filter.")));
    }
    throw line.error(ALLOWED + ".");
  }

  QueueLimit finish(Remarks remarks) throws ConfigurationException {
    if (messagesMaximum == 0 && !ruleLines.isEmpty()) {
      throw ruleLines
          .get(0)
          .error("no queue is ever full while max_queued_messages is not set. Set it as well.");
    }
    QueueLimit limit = new QueueLimit(messagesMaximum, rules);
    if (messagesMaximum > 0) {
      remarks.say(
          "max_queued_messages %d: once a client has so many messages waiting, each newer one is"
                  .formatted(messagesMaximum)
              + " dropped for it, and counted, "
              + (rules.isEmpty()
                  ? "since no `queue_full` says otherwise."
                  : "unless a `queue_full` that says otherwise comes first for it.")
              + " Without this option nothing is.");
    }
    return limit;
  }
}
