package io.holdfast.simulator.workload;

import io.holdfast.protocol.packet.ProtocolVersion;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/// Bytes that no client may send.
enum Trick {
  NOT_CONNECT_FIRST("c000"),
  CONNECT_TWICE(""),
  QOS_3("360700017400016162"),
  RESERVED_FLAGS("800a000100057468696e6700"),
  LENGTH_OF_FIVE_BYTES("30ffffffff7f"),
  WILDCARD_IN_TOPIC("30050003742f23"),
  NO_PACKET_ID("3206000174000061"),
  TOPIC_NOT_UTF_8("30040002c328"),
  SUBSCRIBE_TO_NOTHING("82020001"),
  EMPTY_TOPIC("30020000"),
  CONNACK_FROM_A_CLIENT("20020000"),
  PINGRESP_FROM_A_CLIENT("d000"),
  PUBREL_WITHOUT_ITS_FLAG("60020001"),
  TOO_MANY_AT_ONCE("");

  private final String hex;

  Trick(String hex) {
    this.hex = hex;
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  static Trick draw(RandomGenerator random) {
    List<Trick> all = List.of(values());
    return all.get(random.nextInt(all.size()));
  }

  /// Whether it breaks the protocol at that version.
  boolean breaks(ProtocolVersion version) {
    return this != TOO_MANY_AT_ONCE || version.isV5();
  }
}
