package io.holdfast.core;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Auth;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.packet.Will;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The packets that a scenario's commands stand for.
final class PacketCommands {
  private PacketCommands() {}

  static Packet packet(Command command) {
    return switch (command.verb()) {
      case "connect" -> connect(command);
      case "publish" -> publish(command);
      case "subscribe" -> subscribe(command);
      case "unsubscribe" -> new Unsubscribe(command.number("id", 1), List.of(), filters(command));
      case "puback" -> new PubAck(id(command), reason(command), Optional.empty(), List.of());
      case "pubrec" -> new PubRec(id(command), reason(command), Optional.empty(), List.of());
      case "pubrel" -> new PubRel(id(command), reason(command), Optional.empty(), List.of());
      case "pubcomp" -> new PubComp(id(command), reason(command), Optional.empty(), List.of());
      case "ping" -> new PingReq();
      case "auth" ->
          new Auth(
              ReasonCode.REAUTHENTICATE,
              Optional.of("SCRAM"),
              Optional.empty(),
              Optional.empty(),
              List.of());
      case "disconnect" ->
          new Disconnect(
              reason(command),
              command.number("expiry", -1L),
              Optional.empty(),
              List.of(),
              Optional.empty());
      default -> throw new IllegalArgumentException("no such command: " + command);
    };
  }

  private static int id(Command command) {
    return Integer.parseInt(command.word(1));
  }

  private static ReasonCode reason(Command command) {
    return command.option("reason").map(ReasonCode::valueOf).orElse(ReasonCode.SUCCESS);
  }

  private static Connect connect(Command command) {
    ProtocolVersion version =
        switch (command.number("v", 5)) {
          case 3 -> ProtocolVersion.V3_1;
          case 4 -> ProtocolVersion.V3_1_1;
          default -> ProtocolVersion.V5;
        };
    return new Connect(
        version,
        command.has("bridge"),
        command.option("as").orElse(command.word(0)),
        command.has("clean"),
        command.number("keepalive", 0),
        command.option("will").map(topic -> will(topic, command)),
        command.option("user"),
        command.option("password").map(Bytes::utf8),
        command.number("expiry", -1L),
        command.number("receive", 65535),
        command.number("max-packet", -1L),
        command.number("aliases", 0),
        false,
        !command.has("no-problems"),
        List.of(),
        command.option("auth"),
        Optional.empty());
  }

  private static Will will(String topic, Command command) {
    return new Will(
        Bytes.utf8(topic),
        payload(command.option("will-payload").orElse("gone")),
        QoS.of(command.number("will-qos", 0)),
        command.has("will-retain"),
        command.number("will-delay", 0L),
        command.number("will-expiry", -1L),
        passedOn(command, "will-"));
  }

  private static Publish publish(Command command) {
    String topic = command.word(1);
    String payload = command.words().getLast();
    return new Publish(
        command.has("dup"),
        QoS.of(command.number("qos", 0)),
        command.has("retain"),
        command.number("id", 0),
        topic.equals("-") ? Bytes.EMPTY : Bytes.utf8(repeated(topic)),
        command.number("alias", 0),
        command.number("expiry", -1L),
        SubscriptionIdentifiers.NONE,
        passedOn(command, ""),
        payload(payload));
  }

  /// `size:300` is so many bytes.
  private static Bytes payload(String text) {
    return text.startsWith("size:")
        ? Bytes.utf8("x".repeat(Integer.parseInt(text.substring("size:".length()))))
        : Bytes.utf8(text);
  }

  /// `a/*3` is `a/a/a/`.
  private static String repeated(String text) {
    int star = text.indexOf('*');
    return star < 0
        ? text
        : text.substring(0, star).repeat(Integer.parseInt(text.substring(star + 1)));
  }

  private static Bytes passedOn(Command command, String prefix) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String word : command.words()) {
      int equals = word.indexOf('=');
      if (equals < 0 || !word.startsWith(prefix)) {
        continue;
      }
      String value = word.substring(equals + 1);
      switch (word.substring(prefix.length(), Math.max(prefix.length(), equals))) {
        case "format" -> {
          out.write(0x01);
          out.write(Integer.parseInt(value));
        }
        case "type" -> put(0x03, value, out);
        case "response" -> put(0x08, value, out);
        case "correlation" -> put(0x09, HexFormat.of().parseHex(value), out);
        case "user" -> {
          put(0x26, value.substring(0, value.indexOf(':')), out);
          put(value.substring(value.indexOf(':') + 1).getBytes(StandardCharsets.UTF_8), out);
        }
        default -> {}
      }
    }
    return Bytes.own(out.toByteArray());
  }

  private static void put(int identifier, String value, ByteArrayOutputStream out) {
    put(identifier, value.getBytes(StandardCharsets.UTF_8), out);
  }

  private static void put(int identifier, byte[] value, ByteArrayOutputStream out) {
    out.write(identifier);
    put(value, out);
  }

  private static void put(byte[] value, ByteArrayOutputStream out) {
    out.write(value.length >> 8);
    out.write(value.length);
    out.writeBytes(value);
  }

  /// Options behind a filter are that filter's.
  private static Subscribe subscribe(Command command) {
    List<Requested> filters = new ArrayList<>();
    for (String word : command.words().subList(1, command.words().size())) {
      if (word.startsWith("id=") || word.startsWith("sid=")) {
        continue;
      }
      Requested changed = filters.isEmpty() ? null : changed(filters.getLast(), word);
      if (changed != null) {
        filters.set(filters.size() - 1, changed);
      } else {
        filters.add(
            new Requested(repeated(word), QoS.AT_MOST_ONCE, false, false, RetainHandling.SEND));
      }
    }
    return new Subscribe(command.number("id", 1), command.number("sid", 0), List.of(), filters);
  }

  private static @org.jspecify.annotations.Nullable Requested changed(
      Requested last, String option) {
    return switch (option) {
      case "qos=0", "qos=1", "qos=2" ->
          new Requested(
              last.filter(),
              QoS.of(option.charAt(4) - '0'),
              last.noLocal(),
              last.retainAsPublished(),
              last.retainHandling());
      case "no-local" ->
          new Requested(
              last.filter(),
              last.maximumQoS(),
              true,
              last.retainAsPublished(),
              last.retainHandling());
      case "as-published" ->
          new Requested(
              last.filter(), last.maximumQoS(), last.noLocal(), true, last.retainHandling());
      case "if-new" ->
          new Requested(
              last.filter(),
              last.maximumQoS(),
              last.noLocal(),
              last.retainAsPublished(),
              RetainHandling.SEND_IF_NEW);
      case "no-retained" ->
          new Requested(
              last.filter(),
              last.maximumQoS(),
              last.noLocal(),
              last.retainAsPublished(),
              RetainHandling.DO_NOT_SEND);
      default -> null;
    };
  }

  private static List<String> filters(Command command) {
    return command.words().stream().skip(1).filter(word -> !word.startsWith("id=")).toList();
  }
}
