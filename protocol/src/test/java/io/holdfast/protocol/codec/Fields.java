package io.holdfast.protocol.codec;

import io.holdfast.protocol.Bytes;
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
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.packet.UserProperty;
import io.holdfast.protocol.packet.Will;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A packet as named fields in no codec's own order, to be compared with another codec's: text by
/// field name, properties by identifier (`p26` is a list), absent fields left out.
final class Fields {
  private final TreeMap<String, String> fields = new TreeMap<>();

  Fields put(String name, Object value) {
    fields.put(name, value.toString());
    return this;
  }

  Fields put(String name, byte[] value) {
    return put(name, HexFormat.of().formatHex(value));
  }

  Fields put(String name, Bytes value) {
    return put(name, value.toArray());
  }

  /// Adds to a list.
  Fields add(String name, Object value) {
    fields.merge(name, value.toString(), (before, more) -> before + " | " + more);
    return this;
  }

  Fields user(String prefix, String key, String value) {
    return add(prefix + "p26", key + "=" + value);
  }

  Fields property(String prefix, int identifier, Object value) {
    return put(prefix + "p%02x".formatted(identifier), value);
  }

  @Override
  public String toString() {
    return fields.toString();
  }

  static Fields of(Packet packet) {
    Fields fields = new Fields();
    switch (packet) {
      case Connect connect -> fields.connect(connect);
      case ConnAck ack -> {
        fields.put("type", "CONNACK").put("present", ack.sessionPresent());
        fields.put("reason", ack.reasonCode().code());
        ack.properties().forEach(fields::connAckProperty);
      }
      case Publish publish -> fields.publish(publish);
      case PubAck ack -> fields.answer("PUBACK", ack.packetId(), ack.reasonCode(), ack);
      case PubRec ack -> fields.answer("PUBREC", ack.packetId(), ack.reasonCode(), ack);
      case PubRel ack -> fields.answer("PUBREL", ack.packetId(), ack.reasonCode(), ack);
      case PubComp ack -> fields.answer("PUBCOMP", ack.packetId(), ack.reasonCode(), ack);
      case Subscribe subscribe -> fields.subscribe(subscribe);
      case SubAck ack -> {
        fields.put("type", "SUBACK").put("id", ack.packetId());
        fields.codes(ack.reasonCodes()).extras(ack.reasonString(), ack.userProperties());
      }
      case Unsubscribe unsubscribe -> {
        fields.put("type", "UNSUBSCRIBE").put("id", unsubscribe.packetId());
        unsubscribe.filters().forEach(filter -> fields.add("filters", filter));
        fields.extras(Optional.empty(), unsubscribe.userProperties());
      }
      case UnsubAck ack -> {
        fields.put("type", "UNSUBACK").put("id", ack.packetId());
        fields.codes(ack.reasonCodes()).extras(ack.reasonString(), ack.userProperties());
      }
      case PingReq ping -> fields.put("type", "PINGREQ");
      case PingResp ping -> fields.put("type", "PINGRESP");
      case Disconnect disconnect -> {
        fields.put("type", "DISCONNECT").put("reason", disconnect.reasonCode().code());
        fields.number(0x11, disconnect.sessionExpirySeconds(), -1);
        disconnect.serverReference().ifPresent(to -> fields.property("", 0x1C, to));
        fields.extras(disconnect.reasonString(), disconnect.userProperties());
      }
      case Auth auth -> {
        fields.put("type", "AUTH").put("reason", auth.reasonCode().code());
        fields.authentication(auth.authenticationMethod(), auth.authenticationData());
        fields.extras(auth.reasonString(), auth.userProperties());
      }
    }
    return fields;
  }

  private void connect(Connect connect) {
    put("type", "CONNECT").put("version", connect.version()).put("client", connect.clientId());
    put("clean", connect.cleanStart()).put("keepAlive", connect.keepAliveSeconds());
    connect.username().ifPresent(name -> put("username", name));
    connect.password().ifPresent(password -> put("password", password));
    number(0x11, connect.sessionExpirySeconds(), -1);
    number(0x21, connect.receiveMaximum(), 65535);
    number(0x27, connect.maximumPacketSize(), -1);
    number(0x22, connect.topicAliasMaximum(), 0);
    number(0x19, connect.requestResponseInformation() ? 1 : 0, 0);
    number(0x17, connect.requestProblemInformation() ? 1 : 0, 1);
    authentication(connect.authenticationMethod(), connect.authenticationData());
    extras(Optional.empty(), connect.userProperties());
    if (connect.will().isPresent()) {
      Will will = connect.will().get();
      put("will.topic", will.topic()).put("will.payload", will.payload());
      put("will.qos", will.qos().level()).put("will.retain", will.retain());
      if (will.delaySeconds() != 0) {
        property("will.", 0x18, will.delaySeconds());
      }
      if (will.messageExpirySeconds() >= 0) {
        property("will.", 0x02, will.messageExpirySeconds());
      }
      passedOn("will.", will.passedOn());
    }
  }

  private void publish(Publish publish) {
    put("type", "PUBLISH").put("topic", publish.topic()).put("payload", publish.payload());
    put("dup", publish.dup()).put("retain", publish.retain()).put("qos", publish.qos().level());
    if (publish.packetId() != 0) {
      put("id", publish.packetId());
    }
    number(0x23, publish.topicAlias(), 0);
    number(0x02, publish.messageExpirySeconds(), -1);
    for (int i = 0; i < publish.subscriptionIdentifiers().count(); i++) {
      add("p0b", publish.subscriptionIdentifiers().at(i));
    }
    passedOn("", publish.passedOn());
  }

  private void passedOn(String prefix, Bytes encoded) {
    ByteBuffer in = encoded.asBuffer();
    while (in.hasRemaining()) {
      int identifier = in.get();
      switch (identifier) {
        case 0x01 -> property(prefix, identifier, in.get());
        case 0x09 -> put(prefix + "p09", field(in));
        case 0x26 -> user(prefix, text(in), text(in));
        default -> property(prefix, identifier, text(in));
      }
    }
  }

  private static byte[] field(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort() & 0xFFFF];
    in.get(bytes);
    return bytes;
  }

  private static String text(ByteBuffer in) {
    return Bytes.own(field(in)).toUtf8();
  }

  private void subscribe(Subscribe subscribe) {
    put("type", "SUBSCRIBE").put("id", subscribe.packetId());
    number(0x0B, subscribe.subscriptionIdentifier(), 0);
    extras(Optional.empty(), subscribe.userProperties());
    for (Subscribe.Requested one : subscribe.filters()) {
      requested(
          one.filter(),
          one.maximumQoS().level(),
          one.noLocal(),
          one.retainAsPublished(),
          one.retainHandling());
    }
  }

  void requested(
      String filter, int qos, boolean noLocal, boolean asPublished, RetainHandling handling) {
    add("filters", "%s qos=%d %s %s %s".formatted(filter, qos, noLocal, asPublished, handling));
  }

  private void connAckProperty(Property property) {
    switch (property) {
      case Property.SessionExpiryInterval p -> property("", 0x11, p.seconds());
      case Property.ReceiveMaximum p -> property("", 0x21, p.value());
      case Property.MaximumQoS p -> property("", 0x24, p.value().level());
      case Property.RetainAvailable p -> property("", 0x25, p.value() ? 1 : 0);
      case Property.MaximumPacketSize p -> property("", 0x27, p.bytes());
      case Property.AssignedClientIdentifier p -> property("", 0x12, p.clientId());
      case Property.TopicAliasMaximum p -> property("", 0x22, p.value());
      case Property.ReasonString p -> property("", 0x1F, p.text());
      case Property.User p -> user("", p.property().name(), p.property().value());
      case Property.WildcardSubscriptionAvailable p -> property("", 0x28, p.value() ? 1 : 0);
      case Property.SubscriptionIdentifiersAvailable p -> property("", 0x29, p.value() ? 1 : 0);
      case Property.SharedSubscriptionAvailable p -> property("", 0x2A, p.value() ? 1 : 0);
      case Property.ServerKeepAlive p -> property("", 0x13, p.seconds());
      case Property.ResponseInformation p -> property("", 0x1A, p.text());
      case Property.ServerReference p -> property("", 0x1C, p.text());
    }
  }

  private void answer(String type, int packetId, ReasonCode reasonCode, Packet ack) {
    put("type", type).put("id", packetId).put("reason", reasonCode.code());
    switch (ack) {
      case PubAck a -> extras(a.reasonString(), a.userProperties());
      case PubRec a -> extras(a.reasonString(), a.userProperties());
      case PubRel a -> extras(a.reasonString(), a.userProperties());
      case PubComp a -> extras(a.reasonString(), a.userProperties());
      default -> throw new IllegalArgumentException(ack.toString());
    }
  }

  private void authentication(Optional<String> method, Optional<Bytes> data) {
    method.ifPresent(text -> property("", 0x15, text));
    data.ifPresent(bytes -> put("p16", bytes));
  }

  private Fields codes(List<ReasonCode> codes) {
    List<Integer> numbers = new ArrayList<>();
    codes.forEach(code -> numbers.add(code.code()));
    return put("reasons", numbers);
  }

  private void extras(Optional<String> reason, List<UserProperty> users) {
    reason.ifPresent(text -> property("", 0x1F, text));
    users.forEach(user -> user("", user.name(), user.value()));
  }

  private void number(int identifier, long value, long absent) {
    if (value != absent) {
      property("", identifier, value);
    }
  }
}
