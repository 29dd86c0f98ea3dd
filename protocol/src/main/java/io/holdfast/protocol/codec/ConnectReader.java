package io.holdfast.protocol.codec;

import static io.holdfast.protocol.codec.MalformedException.malformed;
import static io.holdfast.protocol.codec.MalformedException.protocolError;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
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

  private ConnectReader() {}

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

  static Connect read(PacketReader in) throws MalformedException, UnsupportedVersionException {
    String name = in.text("protocol name");
    int level = in.u8("protocol level");
    ProtocolVersion version = version(name, level & ~BRIDGE);
    boolean bridge = (level & BRIDGE) != 0;
    if (version == null || (bridge && version == ProtocolVersion.V5)) {
      throw new UnsupportedVersionException(
          new Decoded.UnsupportedVersion(name, level, clientIdOf(in, level)));
    }
    int flags = in.u8("connect flags");
    if ((flags & RESERVED) != 0 && version != ProtocolVersion.V3_1) {
      throw malformed("connect flags: the reserved bit is set");
    }
    int willQoS = flags >>> 3 & 3;
    checkFlags(flags, willQoS, version);
    int keepAliveSeconds = in.u16("keep alive");
    Properties properties =
        version.isV5() ? Properties.read(in, Properties.IN_CONNECT, false) : Properties.NONE;
    if (properties.authenticationData.isPresent() && properties.authenticationMethod.isEmpty()) {
      throw protocolError("authentication data without an authentication method");
    }
    String clientId = in.text("client identifier");
    Optional<Will> will = Optional.empty();
    if ((flags & WILL) != 0) {
      will = Optional.of(will(in, version, QoS.of(willQoS), (flags & WILL_RETAIN) != 0));
    }
    Optional<String> username =
        (flags & USERNAME) != 0 ? Optional.of(in.text("user name")) : Optional.empty();
    Optional<Bytes> password =
        (flags & PASSWORD) != 0 ? Optional.of(in.binary("password")) : Optional.empty();
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
        properties.userProperties,
        properties.authenticationMethod,
        properties.authenticationData);
  }

  private static @org.jspecify.annotations.Nullable ProtocolVersion version(
      String name, int level) {
    if (name.equals("MQIsdp") && level == 3) {
      return ProtocolVersion.V3_1;
    }
    if (name.equals("MQTT") && level == 4) {
      return ProtocolVersion.V3_1_1;
    }
    return name.equals("MQTT") && level == 5 ? ProtocolVersion.V5 : null;
  }

  /// The client identifier, where the rest is laid out as in 3.1.1: for the operator's log only.
  private static Optional<String> clientIdOf(PacketReader in, int level) {
    if (level > 4 && level < BRIDGE) {
      return Optional.empty();
    }
    try {
      in.u8("connect flags");
      in.u16("keep alive");
      return Optional.of(in.text("client identifier"));
    } catch (MalformedException notLaidOutSo) {
      return Optional.empty();
    }
  }

  private static void checkFlags(int flags, int willQoS, ProtocolVersion version)
      throws MalformedException {
    if ((flags & WILL) == 0 && (willQoS != 0 || (flags & WILL_RETAIN) != 0)) {
      throw malformed("connect flags: will QoS or will retain without a will");
    }
    if (willQoS == 3) {
      throw malformed("connect flags: will QoS 3");
    }
    if (!version.isV5() && (flags & PASSWORD) != 0 && (flags & USERNAME) == 0) {
      throw malformed("connect flags: a password without a user name");
    }
  }

  private static Will will(PacketReader in, ProtocolVersion version, QoS qos, boolean retain)
      throws MalformedException {
    Properties properties =
        version.isV5() ? Properties.read(in, Properties.IN_WILL, true) : Properties.NONE;
    Bytes topic = in.topicName("will topic");
    if (topic.isEmpty()) {
      throw new MalformedException(ReasonCode.TOPIC_NAME_INVALID, "will topic: empty");
    }
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
