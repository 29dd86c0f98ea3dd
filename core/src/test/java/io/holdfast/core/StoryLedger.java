package io.holdfast.core;

import io.holdfast.protocol.packet.QoS;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What everybody was told and got, and whether the promises hold that follow from it:
///
/// - P1: what was acknowledged reaches everybody whose subscription was acknowledged before.
/// - P4: a QoS 2 message reaches nobody twice, nor two members of a shared subscription.
/// - P5: the messages of one publisher on one topic at one QoS come in their order.
final class StoryLedger {
  private final Map<String, StoryMessage> messages = new LinkedHashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();

  /// By receiver and message.
  private final Map<String, Integer> received = new HashMap<>();

  private final Map<String, Integer> receivedByGroup = new HashMap<>();

  /// By receiver and line, the number of the newest message.
  private final Map<String, Integer> newest = new HashMap<>();

  private final Map<String, StoryMessage> lastRetained = new LinkedHashMap<>();
  private boolean groupHasTransientMembers;
  private long now;

  /// A moment later than all before.
  long tick() {
    return ++now;
  }

  void groupHasTransientMembers() {
    groupHasTransientMembers = true;
  }

  /// @param lasts whether the publisher repeats it until it is accepted, whatever happens
  StoryMessage newMessage(String publisher, String topic, QoS qos, boolean retain, boolean lasts) {
    int number = numbers.merge(publisher + " " + topic + " " + qos, 1, Integer::sum);
    StoryMessage message = new StoryMessage(publisher, topic, qos, number, retain);
    messages.put(message.text(), message);
    if (retain && lasts) {
      lastRetained.put(topic, message);
    }
    return message;
  }

  void sent(StoryMessage message) {
    long at = tick();
    if (message.firstSent == 0) {
      message.firstSent = at;
    }
    message.lastSent = at;
    message.transmissions++;
  }

  void accepted(StoryMessage message) {
    if (message.accepted == 0) {
      message.accepted = tick();
    }
  }

  /// A client takes a message in. At QoS 2 it has done its part to take each once.
  ///
  /// @param receiver names the client, and its session where that is transient
  void received(String receiver, String text, QoS qos, boolean dup) {
    StoryMessage message = messages.get(text);
    if (message == null) {
      throw new IllegalStateException(receiver + " got what nobody sent: " + text);
    }
    int before = received.merge(receiver + " < " + text, 1, Integer::sum) - 1;
    boolean isShared = message.topic.startsWith("s/");
    int others = isShared ? receivedByGroup.merge(text, 1, Integer::sum) - 1 : 0;
    // Whose session may end unheard of, since the CONNACK that said so got lost, takes an old
    // exchange for a new one: MQTT has no remedy.
    if (receiver.startsWith("passing") || message.publisher.startsWith("passing")) {
      return;
    }
    if (isShared) {
      if (qos == QoS.EXACTLY_ONCE && others > 0 && !groupHasTransientMembers) {
        throw new IllegalStateException("exactly once in the group, but again: " + message);
      }
      return;
    }
    if (qos == QoS.EXACTLY_ONCE && before > 0) {
      throw new IllegalStateException("exactly once, but again to " + receiver + ": " + message);
    }
    if (qos == QoS.AT_LEAST_ONCE && before > 0 && !dup && message.transmissions == 1) {
      throw new IllegalStateException("again without DUP to " + receiver + ": " + message);
    }
    int last = newest.getOrDefault(receiver + " < " + message.line(), 0);
    // At QoS 1 what is sent again is a new message, for who was not there before too.
    boolean keepsOrder = message.qos != QoS.AT_LEAST_ONCE || message.transmissions == 1;
    if (before == 0 && message.number < last && keepsOrder) {
      throw new IllegalStateException(
          "in order, but after number " + last + " to " + receiver + ": " + message);
    }
    newest.merge(receiver + " < " + message.line(), message.number, Math::max);
  }

  /// What a subscription brings of retained messages comes before what was published since. At QoS
  /// 0 what is new waits for nothing.
  ///
  /// @param since when the receiver was told that its last subscription is made
  void receivedRetained(String receiver, String text, QoS qos, boolean dup, long since) {
    StoryMessage message = messages.get(text);
    if (message == null) {
      throw new IllegalStateException(receiver + " got what nobody sent: " + text);
    }
    int last = newest.getOrDefault(receiver + " < " + message.line(), 0);
    StoryMessage before = messages.get(message.line() + " " + last);
    if (qos != QoS.AT_MOST_ONCE
        && !dup
        && before != null
        && before.number > message.number
        && before.firstSent > since) {
      throw new IllegalStateException(
          "retained, but to " + receiver + " after " + before + ": " + message);
    }
  }

  void checkAtTheEnd(List<StoryClient> clients) {
    for (StoryMessage message : messages.values()) {
      if (message.accepted == 0 || message.qos == QoS.AT_MOST_ONCE) {
        continue;
      }
      for (StoryClient client : clients) {
        if (client.mustHave(message)
            && !received.containsKey(client.receiver() + " < " + message.text())) {
          throw new IllegalStateException("lost for " + client.name() + ": " + message);
        }
      }
      boolean groupMustHave = clients.stream().anyMatch(client -> client.mustShare(message));
      boolean mayEndWithMember = message.qos == QoS.EXACTLY_ONCE && groupHasTransientMembers;
      if (groupMustHave && !mayEndWithMember && !receivedByGroup.containsKey(message.text())) {
        throw new IllegalStateException("lost for the group: " + message);
      }
    }
  }

  /// What is retained must be what was published last, if that was accepted.
  void checkRetained(Map<String, String> retained) {
    lastRetained.forEach((topic, last) -> {
      if (last.accepted > 0 && !last.text().equals(retained.get(topic))) {
        throw new IllegalStateException(
            "retained should be " + last + ", but is " + retained.get(topic));
      }
    });
  }
}
