package io.holdfast.protocol.wire;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.packet.Auth;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.ConnAck.Property;
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
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.packet.UserProperty;
import io.holdfast.protocol.packet.Will;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// A packet as a line of text: its name, what identifies it, then what differs from the default, in
/// a fixed order.
public final class PacketText {
  private static final int SHOWN_MAX = 64;

  private final StringBuilder text = new StringBuilder();

  private PacketText() {}

  /// What the decoder said, without the words meant for people.
  public static String of(Decoded decoded) {
    return switch (decoded) {
      case Decoded.Complete complete -> of(complete.packet());
      case Decoded.Incomplete incomplete -> "incomplete " + incomplete.packetBytes();
      case Decoded.Malformed malformed -> "malformed " + hex(malformed.reasonCode());
      case Decoded.UnsupportedVersion version ->
          "unsupported %s %d%s"
              .formatted(
                  quoted(version.protocolName()),
                  version.level(),
                  version.clientId().map(id -> " client=" + quoted(id)).orElse(""));
    };
  }

  public static String of(Packet packet) {
    PacketText out = new PacketText();
    switch (packet) {
      case Connect connect -> out.connect(connect);
      case ConnAck connAck -> {
        out.text.append("CONNACK").append(connAck.sessionPresent() ? " session-present" : "");
        out.reason(connAck.reasonCode());
        connAck.properties().forEach(out::property);
      }
      case Publish publish -> out.publish(publish);
      case PubAck ack ->
          out.answer("PUBACK", ack.packetId(), ack.reasonCode())
              .extras(ack.reasonString(), ack.userProperties());
      case PubRec ack ->
          out.answer("PUBREC", ack.packetId(), ack.reasonCode())
              .extras(ack.reasonString(), ack.userProperties());
      case PubRel ack ->
          out.answer("PUBREL", ack.packetId(), ack.reasonCode())
              .extras(ack.reasonString(), ack.userProperties());
      case PubComp ack ->
          out.answer("PUBCOMP", ack.packetId(), ack.reasonCode())
              .extras(ack.reasonString(), ack.userProperties());
      case Subscribe subscribe -> out.subscribe(subscribe);
      case SubAck ack -> {
        out.text.append("SUBACK ").append(ack.packetId());
        out.reasons(ack.reasonCodes()).extras(ack.reasonString(), ack.userProperties());
      }
      case Unsubscribe unsubscribe -> {
        out.text.append("UNSUBSCRIBE ").append(unsubscribe.packetId());
        out.users(unsubscribe.userProperties());
        unsubscribe.filters().forEach(filter -> out.text.append(' ').append(quoted(filter)));
      }
      case UnsubAck ack -> {
        out.text.append("UNSUBACK ").append(ack.packetId());
        out.reasons(ack.reasonCodes()).extras(ack.reasonString(), ack.userProperties());
      }
      case PingReq ping -> out.text.append("PINGREQ");
      case PingResp ping -> out.text.append("PINGRESP");
      case Disconnect disconnect -> {
        out.text.append("DISCONNECT");
        out.reason(disconnect.reasonCode());
        out.number("expiry", disconnect.sessionExpirySeconds(), -1);
        disconnect.serverReference().ifPresent(to -> out.value("reference", quoted(to)));
        out.extras(disconnect.reasonString(), disconnect.userProperties());
      }
      case Auth auth -> {
        out.text.append("AUTH");
        out.reason(auth.reasonCode());
        auth.authenticationMethod().ifPresent(method -> out.value("method", quoted(method)));
        auth.authenticationData().ifPresent(data -> out.value("data", quoted(data)));
        out.extras(auth.reasonString(), auth.userProperties());
      }
    }
    return out.text.toString();
  }

  private void connect(Connect connect) {
    text.append("CONNECT ").append(quoted(connect.clientId()));
    flag("bridge", connect.bridge());
    flag("clean", connect.cleanStart());
    number("keep-alive", connect.keepAliveSeconds(), 0);
    number("expiry", connect.sessionExpirySeconds(), -1);
    number("receive-maximum", connect.receiveMaximum(), 65535);
    number("maximum-packet-size", connect.maximumPacketSize(), -1);
    number("topic-alias-maximum", connect.topicAliasMaximum(), 0);
    flag("request-response", connect.requestResponseInformation());
    flag("no-problem-information", !connect.requestProblemInformation());
    users(connect.userProperties());
    connect.authenticationMethod().ifPresent(method -> value("method", quoted(method)));
    connect.authenticationData().ifPresent(data -> value("data", quoted(data)));
    connect.will().ifPresent(this::will);
    connect.username().ifPresent(name -> value("username", quoted(name)));
    connect.password().ifPresent(password -> value("password", quoted(password)));
  }

  private void will(Will will) {
    text.append(" will(").append(quoted(will.topic()));
    qos(will.qos());
    flag("retain", will.retain());
    number("delay", will.delaySeconds(), 0);
    number("expiry", will.messageExpirySeconds(), -1);
    passedOn(will.passedOn());
    text.append(' ').append(quoted(will.payload())).append(')');
  }

  private void publish(Publish publish) {
    text.append("PUBLISH ").append(quoted(publish.topic()));
    qos(publish.qos());
    number("id", publish.packetId(), 0);
    flag("dup", publish.dup());
    flag("retain", publish.retain());
    number("alias", publish.topicAlias(), 0);
    number("expiry", publish.messageExpirySeconds(), -1);
    if (publish.subscriptionIdentifiers().count() > 0) {
      value("subscriptions", publish.subscriptionIdentifiers().toString().replace(" ", ""));
    }
    passedOn(publish.passedOn());
    text.append(' ').append(quoted(publish.payload()));
  }

  private void subscribe(Subscribe subscribe) {
    text.append("SUBSCRIBE ").append(subscribe.packetId());
    number("identifier", subscribe.subscriptionIdentifier(), 0);
    users(subscribe.userProperties());
    for (Subscribe.Requested requested : subscribe.filters()) {
      text.append(' ').append(quoted(requested.filter()));
      qos(requested.maximumQoS());
      flag("no-local", requested.noLocal());
      flag("as-published", requested.retainAsPublished());
      switch (requested.retainHandling()) {
        case SEND -> {}
        case SEND_IF_NEW -> value("retain-handling", 1);
        case DO_NOT_SEND -> value("retain-handling", 2);
      }
    }
  }

  private void property(Property property) {
    switch (property) {
      case Property.SessionExpiryInterval p -> value("expiry", p.seconds());
      case Property.ReceiveMaximum p -> value("receive-maximum", p.value());
      case Property.MaximumQoS p -> value("maximum-qos", p.value().level());
      case Property.RetainAvailable p -> value("retain-available", p.value());
      case Property.MaximumPacketSize p -> value("maximum-packet-size", p.bytes());
      case Property.AssignedClientIdentifier p -> value("assigned", quoted(p.clientId()));
      case Property.TopicAliasMaximum p -> value("topic-alias-maximum", p.value());
      case Property.ReasonString p -> value("reason", quoted(p.text()));
      case Property.User p -> users(List.of(p.property()));
      case Property.WildcardSubscriptionAvailable p -> value("wildcards", p.value());
      case Property.SubscriptionIdentifiersAvailable p -> value("identifiers", p.value());
      case Property.SharedSubscriptionAvailable p -> value("shared", p.value());
      case Property.ServerKeepAlive p -> value("keep-alive", p.seconds());
      case Property.ResponseInformation p -> value("response", quoted(p.text()));
      case Property.ServerReference p -> value("reference", quoted(p.text()));
    }
  }

  private PacketText answer(String name, int packetId, ReasonCode reasonCode) {
    text.append(name).append(' ').append(packetId);
    reason(reasonCode);
    return this;
  }

  private void extras(Optional<String> reasonString, List<UserProperty> userProperties) {
    reasonString.ifPresent(reason -> value("reason", quoted(reason)));
    users(userProperties);
  }

  private void reason(ReasonCode reasonCode) {
    if (reasonCode != ReasonCode.SUCCESS) {
      text.append(' ').append(hex(reasonCode));
    }
  }

  private PacketText reasons(List<ReasonCode> reasonCodes) {
    reasonCodes.forEach(reasonCode -> text.append(' ').append(hex(reasonCode)));
    return this;
  }

  private void users(List<UserProperty> userProperties) {
    for (UserProperty property : userProperties) {
      text.append(" user(")
          .append(quoted(property.name()))
          .append(',')
          .append(quoted(property.value()))
          .append(')');
    }
  }

  private void qos(QoS qos) {
    number("qos", qos.level(), 0);
  }

  private void passedOn(Bytes properties) {
    if (!properties.isEmpty()) {
      value("properties", HexFormat.of().formatHex(properties.toArray()));
    }
  }

  private void flag(String name, boolean value) {
    if (value) {
      text.append(' ').append(name);
    }
  }

  private void number(String name, long value, long absent) {
    if (value != absent) {
      value(name, value);
    }
  }

  private void value(String name, Object value) {
    text.append(' ').append(name).append('=').append(value);
  }

  private static String hex(ReasonCode reasonCode) {
    return "0x%02X".formatted(reasonCode.code());
  }

  /// Printable ASCII as it is, other bytes in hex, many bytes as their number.
  private static String quoted(Bytes bytes) {
    for (int i = 0; i < bytes.length(); i++) {
      if (bytes.at(i) < ' ' || bytes.at(i) > '~') {
        return bytes.length() > SHOWN_MAX
            ? "<" + bytes.length() + " bytes>"
            : "0x" + HexFormat.of().formatHex(bytes.toArray());
      }
    }
    return quoted(bytes.toUtf8());
  }

  private static String quoted(String value) {
    if (value.length() > SHOWN_MAX) {
      return "<" + value.length() + " chars>";
    }
    StringBuilder quoted = new StringBuilder("\"");
    value
        .codePoints()
        .forEach(c -> {
          if (c >= ' ' && c <= '~') {
            quoted.appendCodePoint(c);
          } else {
            quoted.append("\\u{%X}".formatted(c));
          }
        });
    return quoted.append('"').toString();
  }
}
