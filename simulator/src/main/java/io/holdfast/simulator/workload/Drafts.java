package io.holdfast.simulator.workload;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.simulator.checker.Message.Draft;
import java.util.List;
import java.util.random.RandomGenerator;

/// Draws what a client publishes and what it subscribes to.
///
/// - `t/` for messages, and `s/` for those of shared subscriptions;
/// - `r/NAME/` for retained messages, of one client and at one QoS each, so that they have an
///   order;
/// - `o/NAME` for what a client publishes for its own sake: a retained message makes a record;
/// - `w/NAME` for wills.
final class Drafts {
  private static final Bytes USER_PROPERTY =
      Bytes.of((byte) 0x26, (byte) 0, (byte) 1, (byte) 'k', (byte) 0, (byte) 1, (byte) 'v');
  private static final Bytes CONTENT_TYPE = Bytes.of((byte) 0x03, (byte) 0, (byte) 1, (byte) 'c');
  private static final List<RetainHandling> HANDLINGS = List.of(RetainHandling.values());
  private static final long A_DAY = 86_400;

  private final Nature nature;
  private final RandomGenerator random;
  private final int paddingMax;

  /// What most messages have at most.
  private final int paddingMostly;

  /// Of a message that the broker refuses; 0 where it takes any.
  private final int tooMuchPadding;

  Drafts(Nature nature, BrokerSettings settings, RandomGenerator random) {
    this.nature = nature;
    this.random = random;
    this.paddingMax =
        settings.messageSizeMaximum() == 0
            ? 3000
            : Math.min(3000, settings.messageSizeMaximum() - 10);
    this.paddingMostly = random.nextInt(4) == 0 ? paddingMax : 300;
    this.tooMuchPadding = nature.isV5() ? settings.messageSizeMaximum() : 0;
  }

  Draft message() {
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 6 -> plain("s/" + random.nextInt(2));
      case 3, 4 -> retained(random.nextInt(5) == 0 ? -1 : padding());
      case 5 -> own();
      default -> plain("t/" + random.nextInt(4));
    };
  }

  private Draft plain(String topic) {
    int padding = tooMuchPadding > 0 && random.nextInt(40) == 0 ? tooMuchPadding : padding();
    return new Draft(topic, QoS.of(random.nextInt(3)), false, expiry(), passedOn(), padding);
  }

  private Draft retained(int padding) {
    String topic = "r/" + nature.name() + "/" + random.nextInt(2);
    return new Draft(topic, nature.retainsWith(), true, expiry(), Bytes.EMPTY, padding);
  }

  /// What makes a record in any case.
  Draft own() {
    return new Draft("o/" + nature.name(), QoS.AT_LEAST_ONCE, true, -1, Bytes.EMPTY, 0);
  }

  Draft will() {
    return new Draft(
        "w/" + nature.name(),
        QoS.of(random.nextInt(3)),
        false,
        -1,
        Bytes.EMPTY,
        random.nextInt(30));
  }

  private long expiry() {
    if (!nature.isV5() || random.nextInt(6) > 0) {
      return -1;
    }
    return random.nextInt(4) == 0 ? A_DAY : 1 + random.nextInt(4);
  }

  private Bytes passedOn() {
    return nature.isV5() && random.nextInt(6) == 0
        ? random.nextBoolean() ? USER_PROPERTY : CONTENT_TYPE
        : Bytes.EMPTY;
  }

  private int padding() {
    return random.nextInt(random.nextInt(8) == 0 ? paddingMax : paddingMostly);
  }

  Requested subscription() {
    return switch (random.nextInt(12)) {
      case 0, 1 -> request(nature.group(), nature.groupQoS(), false);
      case 2, 3 -> request(random.nextBoolean() ? "r/#" : "r/+/0", qos(), false);
      case 4 -> request(random.nextBoolean() ? "w/#" : "w/+", qos(), false);
      case 5 -> request("t/" + random.nextInt(4), qos(), nature.noLocal());
      case 6 -> request("no/#/filter", qos(), false);
      default -> request(random.nextBoolean() ? "t/+" : "t/#", qos(), nature.noLocal());
    };
  }

  /// To what was published a moment ago, and may not be durable yet.
  Requested subscriptionTo(String topic) {
    return request(topic, qos(), false);
  }

  private Requested request(String filter, QoS qos, boolean noLocal) {
    boolean isV5 = nature.isV5();
    return new Requested(
        filter,
        qos,
        noLocal,
        isV5 && random.nextInt(3) == 0,
        isV5 ? HANDLINGS.get(random.nextInt(3)) : RetainHandling.SEND);
  }

  private QoS qos() {
    return nature.subscribesAtMostOnce() ? QoS.AT_MOST_ONCE : QoS.of(1 + random.nextInt(2));
  }
}
