package io.holdfast.protocol.codec;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.PacketDecoder.Role;
import io.holdfast.protocol.packet.Auth;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.ConnAck.Property;
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
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Subscribe.Requested;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.UnsubAck;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.protocol.packet.UserProperty;
import io.holdfast.protocol.packet.Will;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/// Draws valid packets of every kind from a seed: all that a version can say, and nothing it
/// cannot.
final class PacketGenerator {
  private static final List<ReasonCode> PUBLISH_ANSWERS =
      List.of(
          ReasonCode.SUCCESS,
          ReasonCode.NO_MATCHING_SUBSCRIBERS,
          ReasonCode.UNSPECIFIED_ERROR,
          ReasonCode.NOT_AUTHORIZED,
          ReasonCode.QUOTA_EXCEEDED);
  private static final List<ReasonCode> RELEASE_ANSWERS =
      List.of(ReasonCode.SUCCESS, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
  private static final List<ReasonCode> GRANTS =
      List.of(
          ReasonCode.SUCCESS,
          ReasonCode.GRANTED_QOS_1,
          ReasonCode.GRANTED_QOS_2,
          ReasonCode.UNSPECIFIED_ERROR);

  private final Random random;

  PacketGenerator(long seed) {
    this.random = new Random(seed);
  }

  /// Any packet that `role` sends at `version`.
  Packet next(ProtocolVersion version, Role role) {
    List<Supplier<Packet>> kinds = new ArrayList<>();
    kinds.add(() -> publish(version, role));
    kinds.add(() -> answer(version));
    if (role == Role.CLIENT) {
      kinds.add(() -> connect(version));
      kinds.add(() -> subscribe(version));
      kinds.add(() -> new Unsubscribe(id(), users(version), some(this::text)));
      kinds.add(PingReq::new);
      kinds.add(() -> disconnect(version, role));
    } else {
      kinds.add(() -> connAck(version));
      kinds.add(() -> subAck(version));
      kinds.add(() -> unsubAck(version));
      kinds.add(PingResp::new);
      if (version.isV5()) {
        kinds.add(() -> disconnect(version, role));
      }
    }
    if (version.isV5()) {
      kinds.add(this::auth);
    }
    return kinds.get(random.nextInt(kinds.size())).get();
  }

  Publish publish(ProtocolVersion version, Role role) {
    QoS qos = qos();
    boolean v5 = version.isV5();
    int alias = v5 && random.nextBoolean() ? 1 + random.nextInt(65535) : 0;
    int[] identifiers =
        v5 && role == Role.SERVER
            ? random.ints(random.nextInt(3), 1, 268_435_456).toArray()
            : none();
    return new Publish(
        qos != QoS.AT_MOST_ONCE && random.nextBoolean(),
        qos,
        random.nextBoolean(),
        qos == QoS.AT_MOST_ONCE ? 0 : id(),
        alias != 0 && random.nextBoolean() ? Bytes.EMPTY : Bytes.utf8(topic()),
        alias,
        v5 ? orAbsent(u32()) : -1,
        SubscriptionIdentifiers.of(identifiers),
        v5 ? passedOn() : Bytes.EMPTY,
        bytes(random.nextInt(20) == 0 ? 40_000 : 300));
  }

  private static int[] none() {
    return new int[0];
  }

  Connect connect(ProtocolVersion version) {
    boolean v5 = version.isV5();
    Optional<String> username = maybe(this::text);
    boolean mayHavePassword = v5 || username.isPresent();
    Optional<String> method = v5 ? maybe(this::text) : Optional.empty();
    return new Connect(
        version,
        !v5 && random.nextBoolean(),
        random.nextInt(4) == 0 ? "" : text(),
        random.nextBoolean(),
        random.nextInt(65536),
        maybe(() -> will(version)),
        username,
        mayHavePassword ? maybe(() -> bytes(100)) : Optional.empty(),
        v5 ? orAbsent(u32()) : -1,
        v5 ? 1 + random.nextInt(65535) : 65535,
        v5 ? orAbsent(1 + (u32() >>> 1)) : -1,
        v5 ? random.nextInt(65536) : 0,
        v5 && random.nextBoolean(),
        !v5 || random.nextBoolean(),
        users(version),
        method,
        method.isPresent() ? maybe(() -> bytes(50)) : Optional.empty());
  }

  private Will will(ProtocolVersion version) {
    boolean v5 = version.isV5();
    return new Will(
        Bytes.utf8(topic()),
        bytes(200),
        qos(),
        random.nextBoolean(),
        v5 && random.nextBoolean() ? u32() : 0,
        v5 ? orAbsent(u32()) : -1,
        v5 ? passedOn() : Bytes.EMPTY);
  }

  private Packet answer(ProtocolVersion version) {
    Optional<String> reason = version.isV5() ? maybe(this::text) : Optional.empty();
    List<UserProperty> users = users(version);
    boolean v5 = version.isV5();
    ReasonCode ofPublish = v5 ? any(PUBLISH_ANSWERS) : ReasonCode.SUCCESS;
    ReasonCode ofRelease = v5 ? any(RELEASE_ANSWERS) : ReasonCode.SUCCESS;
    return switch (random.nextInt(4)) {
      case 0 -> new PubAck(id(), ofPublish, reason, users);
      case 1 -> new PubRec(id(), ofPublish, reason, users);
      case 2 -> new PubRel(id(), ofRelease, reason, users);
      default -> new PubComp(id(), ofRelease, reason, users);
    };
  }

  private Subscribe subscribe(ProtocolVersion version) {
    int identifier = version.isV5() && random.nextBoolean() ? 1 + random.nextInt(268_435_455) : 0;
    return new Subscribe(id(), identifier, users(version), some(() -> requested(version)));
  }

  private Requested requested(ProtocolVersion version) {
    String filter = text();
    boolean shared = filter.length() < 100 && random.nextInt(5) == 0;
    filter = (shared ? "$share/g/" : "") + filter;
    if (!version.isV5()) {
      return new Requested(filter, qos(), false, false, RetainHandling.SEND);
    }
    return new Requested(
        filter,
        qos(),
        !shared && random.nextBoolean(),
        random.nextBoolean(),
        any(List.of(RetainHandling.values())));
  }

  private SubAck subAck(ProtocolVersion version) {
    return new SubAck(id(), some(() -> any(GRANTS)), reason(version), users(version));
  }

  private UnsubAck unsubAck(ProtocolVersion version) {
    List<ReasonCode> codes =
        version.isV5()
            ? some(() -> any(List.of(ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED)))
            : List.of();
    return new UnsubAck(id(), codes, reason(version), users(version));
  }

  private Disconnect disconnect(ProtocolVersion version, Role role) {
    if (!version.isV5()) {
      return new Disconnect(ReasonCode.SUCCESS);
    }
    boolean client = role == Role.CLIENT;
    return new Disconnect(
        any(
            List.of(
                ReasonCode.SUCCESS, ReasonCode.DISCONNECT_WITH_WILL, ReasonCode.QUOTA_EXCEEDED)),
        client ? orAbsent(u32()) : -1,
        reason(version),
        users(version),
        client ? Optional.empty() : maybe(this::text));
  }

  private Auth auth() {
    if (random.nextInt(4) == 0) {
      return new Auth(
          ReasonCode.SUCCESS, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }
    return new Auth(
        any(
            List.of(
                ReasonCode.SUCCESS, ReasonCode.CONTINUE_AUTHENTICATION, ReasonCode.REAUTHENTICATE)),
        Optional.of(text()),
        maybe(() -> bytes(60)),
        maybe(this::text),
        users(ProtocolVersion.V5));
  }

  private ConnAck connAck(ProtocolVersion version) {
    ReasonCode code =
        any(
            List.of(
                ReasonCode.SUCCESS,
                ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                ReasonCode.SERVER_UNAVAILABLE,
                ReasonCode.BAD_USER_NAME_OR_PASSWORD,
                ReasonCode.NOT_AUTHORIZED));
    boolean present = version != ProtocolVersion.V3_1 && !code.isFailure() && random.nextBoolean();
    List<Property> properties = new ArrayList<>();
    if (version.isV5()) {
      List<Property> all = new ArrayList<>(connAckProperties());
      Collections.shuffle(all, random);
      properties.addAll(all.subList(0, random.nextInt(all.size() + 1)));
    }
    return new ConnAck(present, code, properties);
  }

  private List<Property> connAckProperties() {
    return List.of(
        new Property.SessionExpiryInterval(u32()),
        new Property.ReceiveMaximum(1 + random.nextInt(65535)),
        new Property.MaximumQoS(QoS.of(random.nextInt(2))),
        new Property.RetainAvailable(random.nextBoolean()),
        new Property.MaximumPacketSize(1 + (u32() >>> 1)),
        new Property.AssignedClientIdentifier(text()),
        new Property.TopicAliasMaximum(random.nextInt(65536)),
        new Property.ReasonString(text()),
        new Property.User(new UserProperty(text(), text())),
        new Property.User(new UserProperty(text(), text())),
        new Property.WildcardSubscriptionAvailable(random.nextBoolean()),
        new Property.SubscriptionIdentifiersAvailable(random.nextBoolean()),
        new Property.SharedSubscriptionAvailable(random.nextBoolean()),
        new Property.ServerKeepAlive(random.nextInt(65536)),
        new Property.ResponseInformation(text()),
        new Property.ServerReference(text()));
  }

  /// Properties that a broker passes on, encoded, in any order.
  private Bytes passedOn() {
    List<byte[]> properties = new ArrayList<>();
    maybe(() -> new byte[] {Properties.PAYLOAD_FORMAT_INDICATOR, (byte) random.nextInt(2)})
        .ifPresent(properties::add);
    maybe(() -> field(Properties.CONTENT_TYPE, Bytes.utf8(text()))).ifPresent(properties::add);
    maybe(() -> field(Properties.RESPONSE_TOPIC, Bytes.utf8(topic()))).ifPresent(properties::add);
    maybe(() -> field(Properties.CORRELATION_DATA, bytes(40))).ifPresent(properties::add);
    for (UserProperty user : users(ProtocolVersion.V5)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(field(Properties.USER_PROPERTY, Bytes.utf8(user.name())));
      byte[] value = field(0, Bytes.utf8(user.value()));
      out.write(value, 1, value.length - 1);
      properties.add(out.toByteArray());
    }
    Collections.shuffle(properties, random);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    properties.forEach(all::writeBytes);
    return Bytes.own(all.toByteArray());
  }

  private static byte[] field(int identifier, Bytes value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(identifier);
    out.write(value.length() >>> 8);
    out.write(value.length());
    out.writeBytes(value.toArray());
    return out.toByteArray();
  }

  private Optional<String> reason(ProtocolVersion version) {
    return version.isV5() ? maybe(this::text) : Optional.empty();
  }

  private List<UserProperty> users(ProtocolVersion version) {
    List<UserProperty> users = new ArrayList<>();
    for (int i = version.isV5() ? random.nextInt(3) : 0; i > 0; i--) {
      users.add(new UserProperty(text(), text()));
    }
    return users;
  }

  /// Text of all planes, without U+0000 and surrogates; now and then as long as a string can be.
  private String text() {
    if (random.nextInt(300) == 0) {
      return "x".repeat(65535);
    }
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(24); i > 0; i--) {
      int c =
          switch (random.nextInt(8)) {
            case 0 -> 0x80 + random.nextInt(0x780);
            case 1 -> 0x800 + random.nextInt(0xD000);
            case 2 -> 0xE000 + random.nextInt(0x2000);
            case 3 -> 0x10000 + random.nextInt(0x100000);
            case 4 -> 1 + random.nextInt(0x7F);
            default -> 'a' + random.nextInt(26);
          };
      text.appendCodePoint(c);
    }
    return text.toString();
  }

  private String topic() {
    String text = text();
    return text.length() > 60_000 ? text : "t/" + text.replaceAll("[+#]", "/");
  }

  private Bytes bytes(int maximum) {
    byte[] bytes = new byte[random.nextInt(maximum)];
    random.nextBytes(bytes);
    return Bytes.own(bytes);
  }

  private QoS qos() {
    return QoS.of(random.nextInt(3));
  }

  private int id() {
    return 1 + random.nextInt(65535);
  }

  private long u32() {
    return random.nextInt() & 0xFFFFFFFFL;
  }

  private long orAbsent(long value) {
    return random.nextBoolean() ? value : -1;
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> List<T> some(Supplier<T> next) {
    List<T> values = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      values.add(next.get());
    }
    return values;
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }
}
