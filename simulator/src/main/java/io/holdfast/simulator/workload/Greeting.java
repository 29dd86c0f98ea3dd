package io.holdfast.simulator.workload;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Will;
import io.holdfast.simulator.checker.Message;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Draws how a client introduces itself: whether it starts clean, how long its session lasts, what
/// its will is. Once healed it keeps what it has.
final class Greeting {
  private static final long FOR_EVER = 0xFFFF_FFFFL;

  private final Nature nature;
  private final RandomGenerator random;

  Greeting(Nature nature, RandomGenerator random) {
    this.nature = nature;
    this.random = random;
  }

  /// Whether it wants a new session.
  ///
  /// @param wasClean whether it did the last time
  boolean startsClean(boolean wasClean, boolean healed) {
    return switch (nature.lasting()) {
      case FOR_EVER, PASSING -> !healed && random.nextInt(wasClean ? 3 : 20) == 0;
      case TRANSIENT -> !nature.isV5() || random.nextBoolean();
    };
  }

  /// @param will the message that its will brings
  Connect connect(boolean clean, Optional<Message> will, boolean healed) {
    return new Connect(
        nature.version(),
        false,
        nature.name(),
        clean,
        nature.keepAliveSeconds(),
        will.map(this::asWill),
        Optional.empty(),
        Optional.empty(),
        nature.isV5() ? expirySeconds(clean, healed) : -1,
        nature.receiveMaximum(),
        nature.packetBytesMax(),
        nature.topicAliasMaximum(),
        false,
        true,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  private Will asWill(Message message) {
    return new Will(
        Bytes.utf8(message.topic()),
        message.payload(),
        message.qos(),
        message.retain(),
        nature.isV5() && random.nextBoolean() ? 1 + random.nextInt(4) : 0,
        -1,
        Bytes.EMPTY);
  }

  private long expirySeconds(boolean clean, boolean healed) {
    return switch (nature.lasting()) {
      case FOR_EVER -> !healed && random.nextInt(clean ? 2 : 20) == 0 ? 0 : FOR_EVER;
      case PASSING -> healed ? 100_000 : 1 + random.nextInt(8);
      case TRANSIENT -> 0;
    };
  }
}
