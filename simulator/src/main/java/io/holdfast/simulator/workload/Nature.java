package io.holdfast.simulator.workload;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import java.util.random.RandomGenerator;

/// What a client is like, for as long as its seed runs.
///
/// @param keepAliveSeconds 0 for none
/// @param receiveMaximum and `packetBytesMax`, `topicAliasMaximum`: what its CONNECT says at 5.0;
///   `packetBytesMax` is -1 for no limit
/// @param granularity how long it waits between two things that it does, in nanoseconds at most
/// @param patience how long it waits for an answer when nothing comes at all, in nanoseconds
/// @param wildness how often, in a thousand, it does something rude: breaks off, vanishes, is slow
/// @param publishes how often, in a hundred, it publishes rather than something else
/// @param group the filter of the shared subscription that it may be a member of
/// @param groupQoS the same for all members, so that a message keeps its QoS when it moves
record Nature(
    String name,
    Lasting lasting,
    ProtocolVersion version,
    int keepAliveSeconds,
    int receiveMaximum,
    long packetBytesMax,
    int topicAliasMaximum,
    boolean subscribesAtMostOnce,
    boolean noLocal,
    QoS retainsWith,
    boolean hasWill,
    boolean forgets,
    long granularity,
    long patience,
    int wildness,
    int publishes,
    String group,
    QoS groupQoS) {
  private static final long MILLIS = 1_000_000;

  /// How long the sessions of a client last.
  enum Lasting {
    FOR_EVER,
    /// Some seconds without a connection.
    PASSING,
    /// As long as the connection.
    TRANSIENT
  }

  static Nature draw(
      String name, Lasting lasting, BrokerSettings settings, QoS groupQoS, RandomGenerator random) {
    ProtocolVersion version = version(lasting, settings, random);
    boolean isV5 = version.isV5();
    return new Nature(
        name,
        lasting,
        version,
        keepAlive(version, settings, random),
        isV5 && random.nextInt(2) == 0 ? 1 + random.nextInt(6) : 65535,
        isV5 && random.nextInt(4) == 0 ? 300 + random.nextInt(300) : -1,
        isV5 ? random.nextInt(4) : 0,
        random.nextInt(6) == 0,
        isV5 && random.nextInt(4) == 0,
        QoS.of(random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(2)),
        random.nextInt(2) == 0,
        random.nextInt(3) == 0,
        MILLIS * (random.nextInt(4) == 0 ? 400 : 10 + random.nextInt(90)),
        (2 + random.nextInt(10)) * 1000L * MILLIS,
        random.nextInt(40),
        10 + random.nextInt(50),
        random.nextBoolean() ? "$share/g/s/#" : "$share/h/s/+",
        groupQoS);
  }

  /// At 3.1 a client is not told whether its session was there, so it must not be one that may end.
  private static ProtocolVersion version(
      Lasting lasting, BrokerSettings settings, RandomGenerator random) {
    if (lasting == Lasting.PASSING) {
      return ProtocolVersion.V5;
    }
    boolean mayEnd = lasting == Lasting.FOR_EVER && settings.sessionExpirySecondsMaximum() >= 0;
    return switch (random.nextInt(5)) {
      case 0 -> mayEnd ? ProtocolVersion.V3_1_1 : ProtocolVersion.V3_1;
      case 1, 2 -> ProtocolVersion.V3_1_1;
      default -> ProtocolVersion.V5;
    };
  }

  /// Before 5.0 a longer keep alive than the operator allows is refused.
  private static int keepAlive(
      ProtocolVersion version, BrokerSettings settings, RandomGenerator random) {
    int chosen = random.nextInt(3) == 0 ? 0 : 2 + random.nextInt(20);
    int maximum = settings.keepAliveSecondsMaximum();
    boolean isLimited = !version.isV5() && maximum > 0 && maximum < 65535;
    return isLimited && (chosen == 0 || chosen > maximum) ? maximum : chosen;
  }

  boolean isV5() {
    return version.isV5();
  }
}
