package io.holdfast.protocol.codec;

import static io.holdfast.protocol.codec.MalformedException.malformed;
import static io.holdfast.protocol.codec.MalformedException.protocolError;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.PacketDecoder.Role;
import io.holdfast.protocol.packet.Auth;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.topic.SharedFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads every packet but CONNECT (MQTT 5.0 section 3).
final class PacketBody {
  static final int CONNECT = 1;
  static final int CONNACK = 2;
  static final int PUBLISH = 3;
  static final int PUBACK = 4;
  static final int PUBREC = 5;
  static final int PUBREL = 6;
  static final int PUBCOMP = 7;
  static final int SUBSCRIBE = 8;
  static final int SUBACK = 9;
  static final int UNSUBSCRIBE = 10;
  static final int UNSUBACK = 11;
  static final int PINGREQ = 12;
  static final int PINGRESP = 13;
  static final int DISCONNECT = 14;
  static final int AUTH = 15;

  private static final int DUP = 0x08;
  private static final int QOS = 0x06;

  private PacketBody() {}

  static Packet read(int first, PacketReader in, ProtocolVersion version, Role role)
      throws MalformedException {
    int type = first >>> 4;
    int flags = first & 0x0F;
    if (type == PUBLISH) {
      return publish(flags, in, version, role);
    }
    checkFlags(type, flags, version);
    checkRole(type, version, role);
    return switch (type) {
      case CONNACK -> connAck(in, version);
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> answer(type, in, version);
      case SUBSCRIBE -> subscribe(in, version);
      case SUBACK -> subAck(in, version);
      case UNSUBSCRIBE -> unsubscribe(in, version);
      case UNSUBACK -> unsubAck(in, version);
      case PINGREQ -> new PingReq();
      case PINGRESP -> new PingResp();
      case DISCONNECT -> disconnect(in, version, role);
      case AUTH -> auth(in);
      default -> throw malformed("packet type " + type + " is reserved");
    };
  }

  /// Flags are fixed [MQTT-2.1.3-1]. At 3.1 what is not used is not looked at: DUP and RETAIN in
  /// what is sent at QoS 1, all four bits in the rest (3.1, section 3).
  private static void checkFlags(int type, int flags, ProtocolVersion version)
      throws MalformedException {
    boolean acknowledged = type == PUBREL || type == SUBSCRIBE || type == UNSUBSCRIBE;
    int asked = flags;
    if (version == ProtocolVersion.V3_1 && type != 0 && type != AUTH) {
      asked &= acknowledged ? QOS : 0;
    }
    if (asked != (acknowledged ? 0x02 : 0)) {
      throw malformed("packet type %d: flags %X are reserved".formatted(type, flags));
    }
  }

  private static void checkRole(int type, ProtocolVersion version, Role role)
      throws MalformedException {
    boolean fits =
        switch (type) {
          case CONNACK, SUBACK, UNSUBACK, PINGRESP -> role == Role.SERVER;
          case SUBSCRIBE, UNSUBSCRIBE, PINGREQ -> role == Role.CLIENT;
          case DISCONNECT -> role == Role.CLIENT || version.isV5();
          case AUTH -> version.isV5();
          case PUBACK, PUBREC, PUBREL, PUBCOMP -> true;
          default -> false;
        };
    if (!fits) {
      throw type == 0 || (type == AUTH && !version.isV5())
          ? malformed("packet type " + type + " is reserved")
          : protocolError("packet type " + type + " does not come from this side");
    }
  }

  private static Publish publish(int flags, PacketReader in, ProtocolVersion version, Role role)
      throws MalformedException {
    int level = flags >>> 1 & 3;
    boolean dup = (flags & DUP) != 0;
    if (level == 3) {
      throw malformed("PUBLISH: QoS 3");
    }
    if (dup && level == 0 && version != ProtocolVersion.V3_1) {
      throw malformed("PUBLISH: DUP at QoS 0");
    }
    Bytes topic = in.topicName("topic name");
    int packetId = level == 0 ? 0 : packetId(in);
    Properties properties = Properties.NONE;
    if (version.isV5()) {
      properties =
          Properties.read(
              in,
              role == Role.CLIENT
                  ? Properties.IN_PUBLISH_TO_SERVER
                  : Properties.IN_PUBLISH_TO_CLIENT,
              true);
    }
    if (topic.isEmpty() && properties.topicAlias == 0) {
      throw version.isV5()
          ? protocolError("PUBLISH: neither a topic nor a topic alias")
          : malformed("PUBLISH: an empty topic");
    }
    return new Publish(
        dup,
        QoS.of(level),
        (flags & 1) != 0,
        packetId,
        topic,
        properties.topicAlias,
        properties.messageExpirySeconds,
        properties.subscriptionIdentifiers,
        properties.passedOn,
        in.rest());
  }

  private static int packetId(PacketReader in) throws MalformedException {
    int packetId = in.u16("packet identifier");
    if (packetId == 0) {
      throw protocolError("packet identifier 0");
    }
    return packetId;
  }

  private static Packet answer(int type, PacketReader in, ProtocolVersion version)
      throws MalformedException {
    int packetId = packetId(in);
    ReasonCode reasonCode = ReasonCode.SUCCESS;
    Properties properties = Properties.NONE;
    if (version.isV5() && !in.isAtEnd()) {
      int code = in.u8("reason code");
      reasonCode = code == 0 ? ReasonCode.SUCCESS : ReasonCodes.answer(type, code);
      if (!in.isAtEnd()) {
        properties = Properties.read(in, Properties.IN_ANSWER, false);
      }
    }
    return switch (type) {
      case PUBACK ->
          new PubAck(packetId, reasonCode, properties.reasonString, properties.userProperties());
      case PUBREC ->
          new PubRec(packetId, reasonCode, properties.reasonString, properties.userProperties());
      case PUBREL ->
          new PubRel(packetId, reasonCode, properties.reasonString, properties.userProperties());
      default ->
          new PubComp(packetId, reasonCode, properties.reasonString, properties.userProperties());
    };
  }

  private static Subscribe subscribe(PacketReader in, ProtocolVersion version)
      throws MalformedException {
    int packetId = packetId(in);
    Properties properties =
        version.isV5() ? Properties.read(in, Properties.IN_SUBSCRIBE, false) : Properties.NONE;
    List<Requested> filters = new ArrayList<>(2);
    while (!in.isAtEnd()) {
      String filter = in.text("topic filter");
      filters.add(requested(filter, in.u8("subscription options"), version));
    }
    if (filters.isEmpty()) {
      throw protocolError("SUBSCRIBE: no topic filter");
    }
    int identifier =
        properties.subscriptionIdentifiers.count() == 0
            ? 0
            : properties.subscriptionIdentifiers.at(0);
    return new Subscribe(packetId, identifier, properties.userProperties(), filters);
  }

  private static Requested requested(String filter, int options, ProtocolVersion version)
      throws MalformedException {
    int level = options & 3;
    int reserved = version.isV5() ? options & 0xC0 : options & 0xFC;
    if (reserved != 0 && version != ProtocolVersion.V3_1) {
      throw malformed("subscription options: %02X are reserved".formatted(options));
    }
    if (level == 3) {
      throw version.isV5()
          ? protocolError("subscription options: QoS 3")
          : malformed("subscription options: QoS 3");
    }
    if (!version.isV5()) {
      return new Requested(filter, QoS.of(level), false, false, RetainHandling.SEND);
    }
    boolean noLocal = (options & 4) != 0;
    int handling = options >>> 4 & 3;
    if (handling == 3) {
      throw protocolError("subscription options: retain handling 3");
    }
    if (noLocal && SharedFilter.isShared(filter)) {
      throw protocolError("subscription options: no local on a shared subscription");
    }
    return new Requested(
        filter,
        QoS.of(level),
        noLocal,
        (options & 8) != 0,
        handling == 0
            ? RetainHandling.SEND
            : handling == 1 ? RetainHandling.SEND_IF_NEW : RetainHandling.DO_NOT_SEND);
  }

  private static Unsubscribe unsubscribe(PacketReader in, ProtocolVersion version)
      throws MalformedException {
    int packetId = packetId(in);
    Properties properties =
        version.isV5() ? Properties.read(in, Properties.IN_UNSUBSCRIBE, false) : Properties.NONE;
    List<String> filters = new ArrayList<>(2);
    while (!in.isAtEnd()) {
      filters.add(in.text("topic filter"));
    }
    if (filters.isEmpty()) {
      throw protocolError("UNSUBSCRIBE: no topic filter");
    }
    return new Unsubscribe(packetId, properties.userProperties(), filters);
  }

  private static Disconnect disconnect(PacketReader in, ProtocolVersion version, Role role)
      throws MalformedException {
    if (!version.isV5() || in.isAtEnd()) {
      return new Disconnect(ReasonCode.SUCCESS);
    }
    ReasonCode reasonCode = ReasonCodes.disconnect(in.u8("reason code"));
    if (in.isAtEnd()) {
      return new Disconnect(reasonCode);
    }
    Properties properties = Properties.read(in, Properties.IN_DISCONNECT, false);
    boolean wrongSide =
        role == Role.CLIENT
            ? properties.serverReference.isPresent()
            : properties.sessionExpirySeconds >= 0;
    if (wrongSide) {
      throw protocolError("DISCONNECT: a property of the other side");
    }
    return new Disconnect(
        reasonCode,
        properties.sessionExpirySeconds,
        properties.reasonString,
        properties.userProperties(),
        properties.serverReference);
  }

  private static Auth auth(PacketReader in) throws MalformedException {
    if (in.isAtEnd()) {
      return new Auth(
          ReasonCode.SUCCESS, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }
    ReasonCode reasonCode = ReasonCodes.auth(in.u8("reason code"));
    Properties properties = Properties.read(in, Properties.IN_AUTH, false);
    if (properties.authenticationMethod.isEmpty()) {
      throw protocolError("AUTH: no authentication method");
    }
    return new Auth(
        reasonCode,
        properties.authenticationMethod,
        properties.authenticationData,
        properties.reasonString,
        properties.userProperties());
  }

  private static ConnAck connAck(PacketReader in, ProtocolVersion version)
      throws MalformedException {
    int flags = in.u8("acknowledge flags");
    if (flags > 1 && version != ProtocolVersion.V3_1) {
      throw malformed("CONNACK: reserved flags are set");
    }
    int code = in.u8("reason code");
    ReasonCode reasonCode =
        version.isV5() ? ReasonCodes.connAck(code) : ReasonCodes.ofReturnCode(code);
    if (flags == 1 && reasonCode.isFailure() && version != ProtocolVersion.V3_1) {
      throw protocolError("CONNACK: session present on a refusal");
    }
    List<ConnAck.Property> properties =
        version.isV5()
            ? ConnAckProperties.of(Properties.read(in, Properties.IN_CONNACK, false))
            : List.of();
    boolean sessionPresent = flags == 1 && version != ProtocolVersion.V3_1;
    return new ConnAck(sessionPresent, reasonCode, properties);
  }

  private static SubAck subAck(PacketReader in, ProtocolVersion version) throws MalformedException {
    int packetId = packetId(in);
    Properties properties =
        version.isV5() ? Properties.read(in, Properties.IN_ANSWER, false) : Properties.NONE;
    List<ReasonCode> reasonCodes = new ArrayList<>(2);
    while (!in.isAtEnd()) {
      reasonCodes.add(ReasonCodes.subAck(in.u8("reason code"), version));
    }
    if (reasonCodes.isEmpty()) {
      throw protocolError("SUBACK: no reason code");
    }
    return new SubAck(packetId, reasonCodes, properties.reasonString, properties.userProperties());
  }

  private static UnsubAck unsubAck(PacketReader in, ProtocolVersion version)
      throws MalformedException {
    int packetId = packetId(in);
    if (!version.isV5()) {
      return new UnsubAck(packetId, List.of());
    }
    Properties properties = Properties.read(in, Properties.IN_ANSWER, false);
    List<ReasonCode> reasonCodes = new ArrayList<>(2);
    while (!in.isAtEnd()) {
      reasonCodes.add(ReasonCodes.unsubAck(in.u8("reason code")));
    }
    if (reasonCodes.isEmpty()) {
      throw protocolError("UNSUBACK: no reason code");
    }
    return new UnsubAck(
        packetId, reasonCodes, properties.reasonString, properties.userProperties());
  }
}
