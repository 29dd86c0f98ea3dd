package io.holdfast.simulator.checker;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import java.util.HashMap;
import java.util.Map;

/// A message, and what became of it as far as its publisher saw.
///
/// Moments are ticks of the ledger, which grow with every event; 0 for never.
public final class Message {
  private final int number;
  private final String publisher;
  private final String topic;
  private final QoS qos;
  private final boolean retain;
  private final long expirySeconds;
  private final Bytes passedOn;
  private final Bytes payload;
  private final boolean will;

  /// What messages that are to keep their order have in common, and its place among them.
  final int line;

  final int numberInLine;

  /// When it was first handed to the broker, and when the broker took the duty for it.
  long firstSent;

  long accepted;

  /// How often it was handed to the broker, at most.
  int transmissions;

  long firstSentNanos;

  /// It was sent again, and a refusal for want of space or room may have got lost with the
  /// connection.
  boolean mayHaveBeenRefused;

  /// The latest that the broker's time can have been when it was first sent.
  long firstSentMillis;

  /// How often the broker had died when it was first sent.
  int crashesBefore;

  /// The broker said no, or has to: it must not reach anybody.
  boolean forbidden;

  /// A member of a shared subscription said that it cannot handle it, which discards it.
  boolean refusedByMember;

  /// When a later retained message on its topic was accepted.
  long superseded;

  /// How many messages had come out of each queue when it was first sent.
  final Map<SessionView, Integer> cameOutBefore = new HashMap<>(0);

  /// How many may have entered each queue before it, of those that cannot enter behind it.
  final Map<SessionView, Integer> enteredBefore = new HashMap<>(0);

  /// How many may have entered each queue when one came out that stood behind it.
  final Map<SessionView, Integer> enteredUntil = new HashMap<>(0);

  Message(
      int number,
      Draft draft,
      String publisher,
      Bytes payload,
      boolean will,
      int line,
      int numberInLine) {
    this.number = number;
    this.publisher = publisher;
    this.topic = draft.topic();
    this.qos = draft.qos();
    this.retain = draft.retain();
    this.expirySeconds = draft.expirySeconds();
    this.passedOn = draft.passedOn();
    this.payload = payload;
    this.will = will;
    this.line = line;
    this.numberInLine = numberInLine;
  }

  /// A message that is not numbered yet.
  ///
  /// @param expirySeconds -1 where it does not expire
  /// @param padding how many bytes its payload has beyond its number; -1 for an empty payload
  public record Draft(
      String topic, QoS qos, boolean retain, long expirySeconds, Bytes passedOn, int padding) {}

  /// No two messages have the same.
  public int number() {
    return number;
  }

  public String publisher() {
    return publisher;
  }

  public String topic() {
    return topic;
  }

  public QoS qos() {
    return qos;
  }

  public boolean retain() {
    return retain;
  }

  public long expirySeconds() {
    return expirySeconds;
  }

  public Bytes passedOn() {
    return passedOn;
  }

  public Bytes payload() {
    return payload;
  }

  boolean isWill() {
    return will;
  }

  boolean isShared() {
    return topic.startsWith("s/");
  }

  @Override
  public String toString() {
    return "message %d of %s on %s at QoS %d%s%s (sent from tick %d on, %d times, accepted at %d)"
        .formatted(
            number,
            publisher,
            topic,
            qos.level(),
            retain ? ", retained" : "",
            will ? ", a will" : "",
            firstSent,
            transmissions,
            accepted);
  }
}
