package io.holdfast.core;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Auth;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a server sends, as one line of a scenario.
final class PacketText {
  private PacketText() {}

  static String of(Packet packet) {
    return switch (packet) {
      case ConnAck ack ->
          "CONNACK present=%d %s"
              .formatted(ack.sessionPresent() ? 1 : 0, ack.reasonCode())
              .concat(ack.properties().stream().map(PacketText::of).collect(Collectors.joining()));
      case Publish publish -> of(publish);
      case PubAck ack -> answer("PUBACK", ack.packetId(), ack.reasonCode(), ack.reasonString());
      case PubRec ack -> answer("PUBREC", ack.packetId(), ack.reasonCode(), ack.reasonString());
      case PubRel ack -> answer("PUBREL", ack.packetId(), ack.reasonCode(), ack.reasonString());
      case PubComp ack -> answer("PUBCOMP", ack.packetId(), ack.reasonCode(), ack.reasonString());
      case SubAck ack -> "SUBACK id=%d %s".formatted(ack.packetId(), of(ack.reasonCodes()));
      case UnsubAck ack ->
          "UNSUBACK id=%d %s".formatted(ack.packetId(), of(ack.reasonCodes())).strip();
      case PingResp ping -> "PINGRESP";
      case Disconnect disconnect ->
          "DISCONNECT " + disconnect.reasonCode() + reason(disconnect.reasonString());
      case Auth auth -> "AUTH " + auth.reasonCode();
      case Connect ignored -> throw new IllegalArgumentException("a server sends no CONNECT");
      case Subscribe ignored -> throw new IllegalArgumentException("a server sends no SUBSCRIBE");
      case Unsubscribe ignored ->
          throw new IllegalArgumentException("a server sends no UNSUBSCRIBE");
      case PingReq ignored -> throw new IllegalArgumentException("a server sends no PINGREQ");
    };
  }

  private static String of(List<ReasonCode> codes) {
    return codes.stream().map(ReasonCode::name).collect(Collectors.joining(" "));
  }

  private static String answer(
      String name, int packetId, ReasonCode code, Optional<String> reason) {
    return "%s id=%d%s%s"
        .formatted(name, packetId, code == ReasonCode.SUCCESS ? "" : " " + code, reason(reason));
  }

  private static String reason(Optional<String> reason) {
    return reason.map(text -> " '" + text + "'").orElse("");
  }

  private static String of(ConnAck.Property property) {
    return switch (property) {
      case ConnAck.Property.SessionExpiryInterval p -> " expiry=" + p.seconds();
      case ConnAck.Property.ReceiveMaximum p -> " receive=" + p.value();
      case ConnAck.Property.MaximumQoS p -> " maximum-qos=" + p.value().level();
      case ConnAck.Property.RetainAvailable p -> " retain=" + p.value();
      case ConnAck.Property.MaximumPacketSize p -> " max-packet=" + p.bytes();
      case ConnAck.Property.AssignedClientIdentifier p -> " assigned=" + p.clientId();
      case ConnAck.Property.TopicAliasMaximum p -> " aliases=" + p.value();
      case ConnAck.Property.ReasonString p -> " '" + p.text() + "'";
      case ConnAck.Property.User p -> " " + p.property();
      case ConnAck.Property.WildcardSubscriptionAvailable p -> " wildcards=" + p.value();
      case ConnAck.Property.SubscriptionIdentifiersAvailable p -> " identifiers=" + p.value();
      case ConnAck.Property.SharedSubscriptionAvailable p -> " shared=" + p.value();
      case ConnAck.Property.ServerKeepAlive p -> " keepalive=" + p.seconds();
      case ConnAck.Property.ResponseInformation p -> " response=" + p.text();
      case ConnAck.Property.ServerReference p -> " reference=" + p.text();
    };
  }

  private static String of(Publish publish) {
    StringBuilder text = new StringBuilder("PUBLISH ");
    text.append(publish.topic().isEmpty() ? "-" : publish.topic().toUtf8());
    text.append(" qos=").append(publish.qos().level());
    if (publish.packetId() != 0) {
      text.append(" id=").append(publish.packetId());
    }
    if (publish.dup()) {
      text.append(" dup");
    }
    if (publish.retain()) {
      text.append(" retain");
    }
    if (publish.topicAlias() != 0) {
      text.append(" alias=").append(publish.topicAlias());
    }
    if (publish.messageExpirySeconds() >= 0) {
      text.append(" expiry=").append(publish.messageExpirySeconds());
    }
    for (int i = 0; i < publish.subscriptionIdentifiers().count(); i++) {
      text.append(" sid=").append(publish.subscriptionIdentifiers().at(i));
    }
    properties(publish.passedOn(), text);
    return text.append(' ').append(payload(publish.payload())).toString();
  }

  /// Payloads of more than 40 bytes stand as their length.
  static String payload(Bytes payload) {
    return payload.length() > 40
        ? "<" + payload.length() + " bytes>"
        : "\"" + payload.toUtf8() + "\"";
  }

  private static void properties(Bytes passedOn, StringBuilder text) {
    ByteBuffer in = passedOn.asBuffer();
    while (in.hasRemaining()) {
      int identifier = in.get();
      switch (identifier) {
        case 0x01 -> text.append(" format=").append(in.get());
        case 0x03 -> text.append(" type=").append(text(in));
        case 0x08 -> text.append(" response=").append(text(in));
        case 0x09 -> text.append(" correlation=").append(HexFormat.of().formatHex(bytes(in)));
        case 0x26 -> text.append(" user=").append(text(in)).append(':').append(text(in));
        default -> throw new IllegalArgumentException("property " + identifier);
      }
    }
  }

  private static String text(ByteBuffer in) {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort() & 0xFFFF];
    in.get(bytes);
    return bytes;
  }
}
