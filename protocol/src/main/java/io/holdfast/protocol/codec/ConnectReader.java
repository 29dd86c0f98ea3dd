package io.holdfast.protocol.codec;

import static io.holdfast.protocol.codec.MalformedException.malformed;
import static io.holdfast.protocol.codec.MalformedException.protocolError;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Will;
import java.util.Optional;

/// Reads CONNECT (MQTT 5.0 section 3.1; 3.1.1 section 3.1).
final class ConnectReader {
  private static final int RESERVED = 0x01;
  private static final int CLEAN_START = 0x02;
  private static final int WILL = 0x04;
  private static final int WILL_RETAIN = 0x20;
  private static final int PASSWORD = 0x40;
  private static final int USERNAME = 0x80;

  /// The high bit of the protocol level, by which Mosquitto's bridges say what they are.
  private static final int BRIDGE = 0x80;

  private final PacketReader in;
  private final ProtocolVersion version;
  private final boolean bridge;

  /// Reads as far as the protocol level, which says how to read the rest.
  ConnectReader(PacketReader in) throws MalformedException, UnsupportedVersionException {
    String name = in.text("protocol name");
    int level = in.u8("protocol level");
    Optional<ProtocolVersion> asked = version(name, level & ~BRIDGE);
    this.bridge = (level & BRIDGE) != 0;
    if (asked.isEmpty() || (bridge && asked.get().isV5())) {
      throw new UnsupportedVersionException(
          new Decoded.UnsupportedVersion(name, level, clientIdOf(in, level & ~BRIDGE)));
    }
    this.in = in;
    this.version = asked.get();
  }

  /// Leaves the reading of a CONNECT of a version nobody here speaks.
  static final class UnsupportedVersionException extends Exception {
    private final transient Decoded.UnsupportedVersion decoded;

    UnsupportedVersionException(Decoded.UnsupportedVersion decoded) {
      super("unsupported version", null, false, false);
      this.decoded = decoded;
    }

    Decoded.UnsupportedVersion decoded() {
      return decoded;
    }
  }

  ProtocolVersion version() {
    return version;
  }

  /// Reads the rest.
  Connect read() throws MalformedException {
    int flags = in.u8("connect flags");
    int willQoS = flags >>> 3 & 3;
    checkFlags(flags, willQoS);
    int keepAliveSeconds = in.u16("keep alive");
    Properties properties =
        version.isV5() ? Properties.read(in, Properties.IN_CONNECT, false) : Properties.NONE;
    if (properties.authenticationData.isPresent() && properties.authenticationMethod.isEmpty()) {
      throw protocolError("authentication data without an authentication method");
    }
    String clientId = in.text("client identifier");
    Optional<Will> will = Optional.empty();
    if ((flags & WILL) != 0) {
      will = Optional.of(will(QoS.of(willQoS), (flags & WILL_RETAIN) != 0));
    }
    Optional<String> username =
        follows(flags, USERNAME) ? Optional.of(in.text("user name")) : Optional.empty();
    Optional<Bytes> password =
        follows(flags, PASSWORD) ? Optional.of(in.binary("password")) : Optional.empty();
    return new Connect(
        version,
        bridge,
        clientId,
        (flags & CLEAN_START) != 0,
        keepAliveSeconds,
        will,
        username,
        password,
        properties.sessionExpirySeconds,
        properties.receiveMaximum,
        properties.maximumPacketSize,
        properties.topicAliasMaximum,
        properties.requestResponseInformation,
        properties.requestProblemInformation,
        properties.userProperties(),
        properties.authenticationMethod,
        properties.authenticationData);
  }

  private static Optional<ProtocolVersion> version(String name, int level) {
    if (name.equals("MQIsdp") && level == 3) {
      return Optional.of(ProtocolVersion.V3_1);
    }
    if (!name.equals("MQTT")) {
      return Optional.empty();
    }
    return switch (level) {
      case 4 -> Optional.of(ProtocolVersion.V3_1_1);
      case 5 -> Optional.of(ProtocolVersion.V5);
      default -> Optional.empty();
    };
  }

  /// The client identifier, where the rest is laid out as in the nearest version: for the
  /// operator's log only.
  private static Optional<String> clientIdOf(PacketReader in, int level) {
    try {
      in.u8("connect flags");
      in.u16("keep alive");
      if (level >= ProtocolVersion.V5.level()) {
        in.take(in.varint("property length"), "properties");
      }
      return Optional.of(in.text("client identifier"));
    } catch (MalformedException notLaidOutSo) {
      return Optional.empty();
    }
  }

  /// What 3.1 disregards without a will, later versions refuse.
  private void checkFlags(int flags, int willQoS) throws MalformedException {
    boolean hasWill = (flags & WILL) != 0;
    boolean isV31 = version == ProtocolVersion.V3_1;
    if ((flags & RESERVED) != 0 && !isV31) {
      throw malformed("connect flags: the reserved bit is set");
    }
    if (!hasWill && !isV31 && (willQoS != 0 || (flags & WILL_RETAIN) != 0)) {
      throw malformed("connect flags: will QoS or will retain without a will");
    }
    if (hasWill && willQoS == 3) {
      throw malformed("connect flags: will QoS 3");
    }
    if (!version.isV5() && (flags & PASSWORD) != 0 && (flags & USERNAME) == 0) {
      throw malformed("connect flags: a password without a user name");
    }
  }

  /// Whether a user name or a password follows. At 3.1 its flag may be set and the field missing,
  /// for the sake of clients of the first MQTT 3 (3.1, section 3.1).
  private boolean follows(int flags, int flag) {
    return (flags & flag) != 0 && !(version == ProtocolVersion.V3_1 && in.isAtEnd());
  }

  private Will will(QoS qos, boolean retain) throws MalformedException {
    Properties properties =
        version.isV5() ? Properties.read(in, Properties.IN_WILL, true) : Properties.NONE;
    Bytes topic = in.nonEmptyTopicName("will topic");
    Bytes payload = in.binary("will payload");
    return new Will(
        topic,
        payload,
        qos,
        retain,
        properties.willDelaySeconds,
        properties.messageExpirySeconds,
        properties.passedOn);
  }
}
