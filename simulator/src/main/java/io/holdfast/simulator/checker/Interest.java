package io.holdfast.simulator.checker;

import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.topic.SharedFilter;
import io.holdfast.protocol.topic.TopicFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A subscription as its client saw it: from the first SUBSCRIBE for its filter until an UNSUBACK.
///
/// What lies between a question and its answer may be so or not. Therefore it tells what it covers
/// surely from what it may cover.
final class Interest {
  private final String filter;
  private final boolean shared;
  private final TopicFilter levels;
  private final List<Variant> variants = new ArrayList<>(1);
  private final Map<String, Boolean> matches = new HashMap<>();
  final long asked;

  /// The first SUBACK.
  long granted;

  /// The UNSUBSCRIBE.
  long givenUp;

  /// The UNSUBACK.
  long ended;

  Interest(String filter, long asked) {
    this.filter = filter;
    this.shared = SharedFilter.isShared(filter);
    this.levels =
        shared
            ? SharedFilter.parse(filter).orElseThrow().filter()
            : TopicFilter.parse(filter).orElseThrow();
    this.asked = asked;
  }

  /// The options of one SUBSCRIBE.
  static final class Variant {
    final Requested options;
    final int identifier;
    final long asked;

    /// When a later SUBSCRIBE was acknowledged.
    long replaced;

    Variant(Requested options, int identifier, long asked) {
      this.options = options;
      this.identifier = identifier;
      this.asked = asked;
    }

    private boolean mayApply(Message message, long now) {
      return asked < (message.accepted == 0 ? now : message.accepted)
          && (replaced == 0 || message.firstSent < replaced);
    }
  }

  String filter() {
    return filter;
  }

  boolean isShared() {
    return shared;
  }

  boolean matches(String topic) {
    Boolean known = matches.get(topic);
    if (known == null) {
      known = levels.matches(topic);
      matches.put(topic, known);
    }
    return known;
  }

  void askedFor(Requested options, int identifier, long tick) {
    variants.add(new Variant(options, identifier, tick));
  }

  /// Whether a SUBSCRIBE of that tick asked for it.
  boolean wasAsked(long tick) {
    for (Variant variant : variants) {
      if (variant.asked == tick) {
        return true;
      }
    }
    return false;
  }

  /// The SUBSCRIBE of tick `askedAt` was acknowledged.
  void granted(long askedAt, long tick) {
    if (granted == 0) {
      granted = tick;
    }
    for (Variant variant : variants) {
      if (variant.asked < askedAt && variant.replaced == 0) {
        variant.replaced = tick;
      }
    }
  }

  /// The SUBSCRIBE of tick `askedAt` was refused for lack of space, which means that there was no
  /// such subscription.
  void refused(long askedAt, long tick) {
    boolean isAskedAgain = variants.stream().anyMatch(variant -> variant.asked > askedAt);
    if (!isAskedAgain && ended == 0) {
      givenUp = givenUp == 0 ? tick : givenUp;
      ended = tick;
    }
  }

  /// Whether the broker had to know of it from before the message came until after it was accepted.
  boolean coversSurely(Message message, String client) {
    return granted != 0
        && granted < message.firstSent
        && (givenUp == 0 || (message.accepted != 0 && message.accepted < givenUp))
        && matches(message.topic())
        && !(message.publisher().equals(client) && anyNoLocal());
  }

  private boolean anyNoLocal() {
    for (Variant variant : variants) {
      if (variant.options.noLocal()) {
        return true;
      }
    }
    return false;
  }

  /// Whether the broker may have known of it at a moment when the message came.
  boolean mayCover(Message message, long now) {
    return asked < (message.accepted == 0 ? now : message.accepted)
        && (ended == 0 || message.firstSent < ended)
        && matches(message.topic());
  }

  QoS highestQoS(Message message, long now) {
    QoS highest = QoS.AT_MOST_ONCE;
    for (Variant variant : variants) {
      if (variant.mayApply(message, now)
          && variant.options.maximumQoS().level() > highest.level()) {
        highest = variant.options.maximumQoS();
      }
    }
    return highest;
  }

  QoS lowestQoS(Message message, long now) {
    QoS lowest = QoS.EXACTLY_ONCE;
    for (Variant variant : variants) {
      if (variant.mayApply(message, now)) {
        lowest = QoS.lower(lowest, variant.options.maximumQoS());
      }
    }
    return lowest;
  }

  boolean mayShowRetain(Message message, long now) {
    for (Variant variant : variants) {
      if (variant.options.retainHandling() != RetainHandling.DO_NOT_SEND
          || (variant.mayApply(message, now) && variant.options.retainAsPublished())) {
        return true;
      }
    }
    return false;
  }

  boolean mayHaveIdentifier(int identifier) {
    for (Variant variant : variants) {
      if (variant.identifier == identifier) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "%s (asked at tick %d, granted %d, given up %d, ended %d)"
        .formatted(filter, asked, granted, givenUp, ended);
  }
}
