package io.holdfast.protocol.codec;

import io.holdfast.protocol.packet.Auth;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
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
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.packet.UserProperty;
import io.holdfast.protocol.packet.Will;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// Writes the fields of every packet but PUBLISH. Answers without properties, of which there is one
/// to each message, go straight into the output; the others are gathered first.
final class PacketFields {
  private final FieldWriter out = new FieldWriter();
  private final ProtocolVersion version;

  private PacketFields(ProtocolVersion version) {
    this.version = version;
  }

  static long bodyLength(Packet packet, ProtocolVersion version) {
    return switch (packet) {
      case PubAck ack when isBare(ack.reasonString(), ack.userProperties(), version) ->
          bareLength(ack.reasonCode(), version);
      case PubRec ack when isBare(ack.reasonString(), ack.userProperties(), version) ->
          bareLength(ack.reasonCode(), version);
      case PubRel ack when isBare(ack.reasonString(), ack.userProperties(), version) ->
          bareLength(ack.reasonCode(), version);
      case PubComp ack when isBare(ack.reasonString(), ack.userProperties(), version) ->
          bareLength(ack.reasonCode(), version);
      case PingReq ping -> 0;
      case PingResp ping -> 0;
      default -> body(packet, version).length;
    };
  }

  static void encode(Packet packet, ProtocolVersion version, ByteBuffer output) {
    switch (packet) {
      case PubAck ack when isBare(ack.reasonString(), ack.userProperties(), version) ->
          putBare(first(ack), ack.packetId(), ack.reasonCode(), version, output);
      case PubRec ack when isBare(ack.reasonString(), ack.userProperties(), version) ->
          putBare(first(ack), ack.packetId(), ack.reasonCode(), version, output);
      case PubRel ack when isBare(ack.reasonString(), ack.userProperties(), version) ->
          putBare(first(ack), ack.packetId(), ack.reasonCode(), version, output);
      case PubComp ack when isBare(ack.reasonString(), ack.userProperties(), version) ->
          putBare(first(ack), ack.packetId(), ack.reasonCode(), version, output);
      default -> {
        byte[] body = body(packet, version);
        output.put((byte) first(packet));
        PacketEncoder.putVarint(body.length, output);
        output.put(body);
      }
    }
  }

  /// Whether an answer is a packet identifier and a reason code at most.
  private static boolean isBare(
      Optional<String> reasonString, List<UserProperty> userProperties, ProtocolVersion version) {
    return !version.isV5() || (reasonString.isEmpty() && userProperties.isEmpty());
  }

  private static int bareLength(ReasonCode reasonCode, ProtocolVersion version) {
    return version.isV5() && reasonCode != ReasonCode.SUCCESS ? 3 : 2;
  }

  private static void putBare(
      int first, int packetId, ReasonCode reasonCode, ProtocolVersion version, ByteBuffer output) {
    int length = bareLength(reasonCode, version);
    output.put((byte) first);
    output.put((byte) length);
    output.putShort((short) packetId);
    if (length == 3) {
      output.put((byte) reasonCode.code());
    }
  }

  private static int first(Packet packet) {
    return switch (packet) {
      case Connect connect -> PacketBody.CONNECT << 4;
      case ConnAck connAck -> PacketBody.CONNACK << 4;
      case Publish publish -> throw new IllegalArgumentException("PUBLISH has its own encoder");
      case PubAck ack -> PacketBody.PUBACK << 4;
      case PubRec ack -> PacketBody.PUBREC << 4;
      case PubRel ack -> PacketBody.PUBREL << 4 | 2;
      case PubComp ack -> PacketBody.PUBCOMP << 4;
      case Subscribe subscribe -> PacketBody.SUBSCRIBE << 4 | 2;
      case SubAck subAck -> PacketBody.SUBACK << 4;
      case Unsubscribe unsubscribe -> PacketBody.UNSUBSCRIBE << 4 | 2;
      case UnsubAck unsubAck -> PacketBody.UNSUBACK << 4;
      case PingReq ping -> PacketBody.PINGREQ << 4;
      case PingResp ping -> PacketBody.PINGRESP << 4;
      case Disconnect disconnect -> PacketBody.DISCONNECT << 4;
      case Auth auth -> PacketBody.AUTH << 4;
    };
  }

  private static byte[] body(Packet packet, ProtocolVersion version) {
    PacketFields fields = new PacketFields(version);
    fields.write(packet);
    return fields.out.toByteArray();
  }

  private void write(Packet packet) {
    switch (packet) {
      case Connect connect -> write(connect);
      case ConnAck connAck -> write(connAck);
      case Publish publish -> throw new IllegalArgumentException("PUBLISH has its own encoder");
      case PubAck ack ->
          answer(ack.packetId(), ack.reasonCode(), ack.reasonString(), ack.userProperties());
      case PubRec ack ->
          answer(ack.packetId(), ack.reasonCode(), ack.reasonString(), ack.userProperties());
      case PubRel ack ->
          answer(ack.packetId(), ack.reasonCode(), ack.reasonString(), ack.userProperties());
      case PubComp ack ->
          answer(ack.packetId(), ack.reasonCode(), ack.reasonString(), ack.userProperties());
      case Subscribe subscribe -> write(subscribe);
      case SubAck subAck -> {
        out.u16(subAck.packetId());
        if (version.isV5()) {
          answerProperties(subAck.reasonString(), subAck.userProperties());
        }
        for (ReasonCode reasonCode : subAck.reasonCodes()) {
          out.u8(version.isV5() || !reasonCode.isFailure() ? reasonCode.code() : 0x80);
        }
      }
      case Unsubscribe unsubscribe -> {
        out.u16(unsubscribe.packetId());
        if (version.isV5()) {
          out.properties(p -> p.users(unsubscribe.userProperties()));
        }
        unsubscribe.filters().forEach(out::text);
      }
      case UnsubAck unsubAck -> {
        out.u16(unsubAck.packetId());
        if (version.isV5()) {
          answerProperties(unsubAck.reasonString(), unsubAck.userProperties());
          unsubAck.reasonCodes().forEach(reasonCode -> out.u8(reasonCode.code()));
        }
      }
      case PingReq ping -> {}
      case PingResp ping -> {}
      case Disconnect disconnect -> write(disconnect);
      case Auth auth -> write(auth);
    }
  }

  private void write(Connect connect) {
    out.text(version == ProtocolVersion.V3_1 ? "MQIsdp" : "MQTT");
    out.u8(version.level() | (connect.bridge() ? 0x80 : 0));
    Optional<Will> will = connect.will();
    out.u8(
        (connect.username().isPresent() ? 0x80 : 0)
            | (connect.password().isPresent() ? 0x40 : 0)
            | will.map(w -> (w.retain() ? 0x20 : 0) | w.qos().level() << 3 | 0x04).orElse(0)
            | (connect.cleanStart() ? 0x02 : 0));
    out.u16(connect.keepAliveSeconds());
    if (version.isV5()) {
      out.properties(p -> connectProperties(p, connect));
    }
    out.text(connect.clientId());
    if (will.isPresent()) {
      Will w = will.get();
      if (version.isV5()) {
        out.properties(p -> willProperties(p, w));
      }
      out.bytes(w.topic());
      out.bytes(w.payload());
    }
    connect.username().ifPresent(out::text);
    connect.password().ifPresent(out::bytes);
  }

  private static void connectProperties(FieldWriter p, Connect connect) {
    if (connect.sessionExpirySeconds() >= 0) {
      p.u32(Properties.SESSION_EXPIRY_INTERVAL, connect.sessionExpirySeconds());
    }
    if (connect.receiveMaximum() != 65535) {
      p.u16(Properties.RECEIVE_MAXIMUM, connect.receiveMaximum());
    }
    if (connect.maximumPacketSize() >= 0) {
      p.u32(Properties.MAXIMUM_PACKET_SIZE, connect.maximumPacketSize());
    }
    if (connect.topicAliasMaximum() != 0) {
      p.u16(Properties.TOPIC_ALIAS_MAXIMUM, connect.topicAliasMaximum());
    }
    if (connect.requestResponseInformation()) {
      p.flag(Properties.REQUEST_RESPONSE_INFORMATION, true);
    }
    if (!connect.requestProblemInformation()) {
      p.flag(Properties.REQUEST_PROBLEM_INFORMATION, false);
    }
    p.users(connect.userProperties());
    connect.authenticationMethod().ifPresent(m -> p.text(Properties.AUTHENTICATION_METHOD, m));
    connect.authenticationData().ifPresent(d -> p.bytes(Properties.AUTHENTICATION_DATA, d));
  }

  private static void willProperties(FieldWriter p, Will will) {
    if (will.delaySeconds() > 0) {
      p.u32(Properties.WILL_DELAY_INTERVAL, will.delaySeconds());
    }
    if (will.messageExpirySeconds() >= 0) {
      p.u32(Properties.MESSAGE_EXPIRY_INTERVAL, will.messageExpirySeconds());
    }
    p.raw(will.passedOn());
  }

  private void write(ConnAck connAck) {
    out.u8(
        connAck.sessionPresent()
                && !connAck.reasonCode().isFailure()
                && version != ProtocolVersion.V3_1
            ? 1
            : 0);
    if (!version.isV5()) {
      out.u8(ReasonCodes.returnCode(connAck.reasonCode()));
      return;
    }
    out.u8(connAck.reasonCode().code());
    out.properties(p -> connAck.properties().forEach(property -> write(p, property)));
  }

  private static void write(FieldWriter out, ConnAck.Property property) {
    switch (property) {
      case ConnAck.Property.SessionExpiryInterval p ->
          out.u32(Properties.SESSION_EXPIRY_INTERVAL, p.seconds());
      case ConnAck.Property.ReceiveMaximum p -> out.u16(Properties.RECEIVE_MAXIMUM, p.value());
      case ConnAck.Property.MaximumQoS p -> {
        out.u8(Properties.MAXIMUM_QOS);
        out.u8(p.value().level());
      }
      case ConnAck.Property.RetainAvailable p -> out.flag(Properties.RETAIN_AVAILABLE, p.value());
      case ConnAck.Property.MaximumPacketSize p ->
          out.u32(Properties.MAXIMUM_PACKET_SIZE, p.bytes());
      case ConnAck.Property.AssignedClientIdentifier p ->
          out.text(Properties.ASSIGNED_CLIENT_IDENTIFIER, p.clientId());
      case ConnAck.Property.TopicAliasMaximum p ->
          out.u16(Properties.TOPIC_ALIAS_MAXIMUM, p.value());
      case ConnAck.Property.ReasonString p -> out.text(Properties.REASON_STRING, p.text());
      case ConnAck.Property.User p -> out.users(List.of(p.property()));
      case ConnAck.Property.WildcardSubscriptionAvailable p ->
          out.flag(Properties.WILDCARD_SUBSCRIPTION_AVAILABLE, p.value());
      case ConnAck.Property.SubscriptionIdentifiersAvailable p ->
          out.flag(Properties.SUBSCRIPTION_IDENTIFIER_AVAILABLE, p.value());
      case ConnAck.Property.SharedSubscriptionAvailable p ->
          out.flag(Properties.SHARED_SUBSCRIPTION_AVAILABLE, p.value());
      case ConnAck.Property.ServerKeepAlive p -> out.u16(Properties.SERVER_KEEP_ALIVE, p.seconds());
      case ConnAck.Property.ResponseInformation p ->
          out.text(Properties.RESPONSE_INFORMATION, p.text());
      case ConnAck.Property.ServerReference p -> out.text(Properties.SERVER_REFERENCE, p.text());
    }
  }

  private void answer(
      int packetId,
      ReasonCode reasonCode,
      Optional<String> reasonString,
      List<UserProperty> userProperties) {
    out.u16(packetId);
    out.u8(reasonCode.code());
    answerProperties(reasonString, userProperties);
  }

  private void answerProperties(Optional<String> reasonString, List<UserProperty> userProperties) {
    out.properties(p -> {
      reasonString.ifPresent(reason -> p.text(Properties.REASON_STRING, reason));
      p.users(userProperties);
    });
  }

  private void write(Subscribe subscribe) {
    out.u16(subscribe.packetId());
    if (version.isV5()) {
      out.properties(p -> {
        if (subscribe.subscriptionIdentifier() != 0) {
          p.u8(Properties.SUBSCRIPTION_IDENTIFIER);
          p.varint(subscribe.subscriptionIdentifier());
        }
        p.users(subscribe.userProperties());
      });
    }
    for (Subscribe.Requested requested : subscribe.filters()) {
      out.text(requested.filter());
      out.u8(options(requested));
    }
  }

  private int options(Subscribe.Requested requested) {
    if (!version.isV5()) {
      return requested.maximumQoS().level();
    }
    int handling =
        switch (requested.retainHandling()) {
          case SEND -> 0;
          case SEND_IF_NEW -> 1;
          case DO_NOT_SEND -> 2;
        };
    return requested.maximumQoS().level()
        | (requested.noLocal() ? 4 : 0)
        | (requested.retainAsPublished() ? 8 : 0)
        | handling << 4;
  }

  private void write(Disconnect disconnect) {
    if (!version.isV5()) {
      return;
    }
    boolean noProperties =
        disconnect.sessionExpirySeconds() < 0
            && disconnect.reasonString().isEmpty()
            && disconnect.userProperties().isEmpty()
            && disconnect.serverReference().isEmpty();
    if (noProperties && disconnect.reasonCode() == ReasonCode.SUCCESS) {
      return;
    }
    out.u8(disconnect.reasonCode().code());
    if (noProperties) {
      return;
    }
    out.properties(p -> {
      if (disconnect.sessionExpirySeconds() >= 0) {
        p.u32(Properties.SESSION_EXPIRY_INTERVAL, disconnect.sessionExpirySeconds());
      }
      disconnect.reasonString().ifPresent(reason -> p.text(Properties.REASON_STRING, reason));
      p.users(disconnect.userProperties());
      disconnect.serverReference().ifPresent(to -> p.text(Properties.SERVER_REFERENCE, to));
    });
  }

  private void write(Auth auth) {
    boolean noProperties =
        auth.authenticationMethod().isEmpty()
            && auth.authenticationData().isEmpty()
            && auth.reasonString().isEmpty()
            && auth.userProperties().isEmpty();
    if (noProperties && auth.reasonCode() == ReasonCode.SUCCESS) {
      return;
    }
    out.u8(auth.reasonCode().code());
    out.properties(p -> {
      auth.authenticationMethod().ifPresent(m -> p.text(Properties.AUTHENTICATION_METHOD, m));
      auth.authenticationData().ifPresent(d -> p.bytes(Properties.AUTHENTICATION_DATA, d));
      auth.reasonString().ifPresent(reason -> p.text(Properties.REASON_STRING, reason));
      p.users(auth.userProperties());
    });
  }
}
