package io.holdfast.protocol.codec;

import static io.holdfast.protocol.codec.MalformedException.malformed;
import static io.holdfast.protocol.codec.MalformedException.protocolError;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.holdfast.protocol.packet.UserProperty;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The properties of one packet as they were read (MQTT 5.0 section 2.2.2): each only where it
/// belongs, each but user properties and subscription identifiers at most once.
final class Properties {
  static final int PAYLOAD_FORMAT_INDICATOR = 0x01;
  static final int MESSAGE_EXPIRY_INTERVAL = 0x02;
  static final int CONTENT_TYPE = 0x03;
  static final int RESPONSE_TOPIC = 0x08;
  static final int CORRELATION_DATA = 0x09;
  static final int SUBSCRIPTION_IDENTIFIER = 0x0B;
  static final int SESSION_EXPIRY_INTERVAL = 0x11;
  static final int ASSIGNED_CLIENT_IDENTIFIER = 0x12;
  static final int SERVER_KEEP_ALIVE = 0x13;
  static final int AUTHENTICATION_METHOD = 0x15;
  static final int AUTHENTICATION_DATA = 0x16;
  static final int REQUEST_PROBLEM_INFORMATION = 0x17;
  static final int WILL_DELAY_INTERVAL = 0x18;
  static final int REQUEST_RESPONSE_INFORMATION = 0x19;
  static final int RESPONSE_INFORMATION = 0x1A;
  static final int SERVER_REFERENCE = 0x1C;
  static final int REASON_STRING = 0x1F;
  static final int RECEIVE_MAXIMUM = 0x21;
  static final int TOPIC_ALIAS_MAXIMUM = 0x22;
  static final int TOPIC_ALIAS = 0x23;
  static final int MAXIMUM_QOS = 0x24;
  static final int RETAIN_AVAILABLE = 0x25;
  static final int USER_PROPERTY = 0x26;
  static final int MAXIMUM_PACKET_SIZE = 0x27;
  static final int WILDCARD_SUBSCRIPTION_AVAILABLE = 0x28;
  static final int SUBSCRIPTION_IDENTIFIER_AVAILABLE = 0x29;
  static final int SHARED_SUBSCRIPTION_AVAILABLE = 0x2A;

  private static final long PASSED_ON =
      bits(PAYLOAD_FORMAT_INDICATOR, CONTENT_TYPE, RESPONSE_TOPIC, CORRELATION_DATA, USER_PROPERTY);

  /// Where each property may stand, as bits by identifier.
  static final long IN_PUBLISH_TO_SERVER = PASSED_ON | bits(MESSAGE_EXPIRY_INTERVAL, TOPIC_ALIAS);

  static final long IN_PUBLISH_TO_CLIENT = IN_PUBLISH_TO_SERVER | bits(SUBSCRIPTION_IDENTIFIER);
  static final long IN_WILL = PASSED_ON | bits(MESSAGE_EXPIRY_INTERVAL, WILL_DELAY_INTERVAL);
  static final long IN_CONNECT =
      bits(
          SESSION_EXPIRY_INTERVAL,
          AUTHENTICATION_METHOD,
          AUTHENTICATION_DATA,
          REQUEST_PROBLEM_INFORMATION,
          REQUEST_RESPONSE_INFORMATION,
          RECEIVE_MAXIMUM,
          TOPIC_ALIAS_MAXIMUM,
          USER_PROPERTY,
          MAXIMUM_PACKET_SIZE);
  static final long IN_CONNACK =
      bits(
          SESSION_EXPIRY_INTERVAL,
          ASSIGNED_CLIENT_IDENTIFIER,
          SERVER_KEEP_ALIVE,
          AUTHENTICATION_METHOD,
          AUTHENTICATION_DATA,
          RESPONSE_INFORMATION,
          SERVER_REFERENCE,
          REASON_STRING,
          RECEIVE_MAXIMUM,
          TOPIC_ALIAS_MAXIMUM,
          MAXIMUM_QOS,
          RETAIN_AVAILABLE,
          USER_PROPERTY,
          MAXIMUM_PACKET_SIZE,
          WILDCARD_SUBSCRIPTION_AVAILABLE,
          SUBSCRIPTION_IDENTIFIER_AVAILABLE,
          SHARED_SUBSCRIPTION_AVAILABLE);
  static final long IN_ANSWER = bits(REASON_STRING, USER_PROPERTY);
  static final long IN_SUBSCRIBE = bits(SUBSCRIPTION_IDENTIFIER, USER_PROPERTY);
  static final long IN_UNSUBSCRIBE = bits(USER_PROPERTY);
  static final long IN_DISCONNECT =
      bits(SESSION_EXPIRY_INTERVAL, SERVER_REFERENCE, REASON_STRING, USER_PROPERTY);
  static final long IN_AUTH =
      bits(AUTHENTICATION_METHOD, AUTHENTICATION_DATA, REASON_STRING, USER_PROPERTY);

  private static final int[] NO_IDENTIFIERS = {};

  /// Those of a packet that has none; nobody writes into it.
  static final Properties NONE = new Properties();

  long sessionExpirySeconds = -1;
  long messageExpirySeconds = -1;
  long willDelaySeconds;
  int topicAlias;
  int receiveMaximum = 65535;
  long maximumPacketSize = -1;
  int topicAliasMaximum;
  boolean requestResponseInformation;
  boolean requestProblemInformation = true;
  int maximumQoS = 2;
  int serverKeepAlive = -1;
  Optional<String> reasonString = Optional.empty();
  Optional<String> serverReference = Optional.empty();
  Optional<String> responseInformation = Optional.empty();
  Optional<String> assignedClientIdentifier = Optional.empty();
  Optional<String> authenticationMethod = Optional.empty();
  Optional<Bytes> authenticationData = Optional.empty();
  SubscriptionIdentifiers subscriptionIdentifiers = SubscriptionIdentifiers.NONE;

  /// Of a message all that is passed on with it, else the user properties; in their encoded form.
  Bytes passedOn = Bytes.EMPTY;

  private int userPropertyCount;

  /// Flags of CONNACK by identifier; those absent are true.
  long switchedOff;

  /// The identifiers in the order in which they came, for CONNACK.
  List<Integer> order = List.of();

  /// Subscription identifiers as they are read.
  private int[] identifiers = NO_IDENTIFIERS;

  private int identifierCount;

  private static long bits(int... identifiers) {
    long bits = 0;
    for (int identifier : identifiers) {
      bits |= 1L << identifier;
    }
    return bits;
  }

  /// Reads the properties of a packet in which those of `allowed` may stand. Message properties and
  /// user properties are kept in their encoded form (`passedOn`): a view of the packet where they
  /// stand together, a copy where others stand between them.
  static Properties read(PacketReader packet, long allowed, boolean isMessage)
      throws MalformedException {
    int length = packet.varint("property length");
    if (length == 0) {
      return NONE;
    }
    if (length > packet.remaining()) {
      throw malformed("property length: longer than the packet");
    }
    Properties properties = isMessage && allowed != IN_WILL ? packet.ofPublish() : new Properties();
    properties.readAll(packet, packet.index() + length, allowed, isMessage);
    return properties;
  }

  /// Makes those of a PUBLISH ready for the next one.
  void clear() {
    messageExpirySeconds = -1;
    topicAlias = 0;
    subscriptionIdentifiers = SubscriptionIdentifiers.NONE;
    passedOn = Bytes.EMPTY;
    identifiers = NO_IDENTIFIERS;
    identifierCount = 0;
    userPropertyCount = 0;
  }

  /// The user properties of a packet that is no message, as they stand in it.
  List<UserProperty> userProperties() {
    return userPropertyCount == 0 ? List.of() : new ReadUserProperties(passedOn, userPropertyCount);
  }

  private void readAll(PacketReader packet, int end, long allowed, boolean isMessage)
      throws MalformedException {
    long kept = isMessage ? PASSED_ON : bits(USER_PROPERTY);
    long seen = 0;
    int runFrom = end;
    int runUntil = end;
    ByteArrayOutputStream earlierRuns = null;
    while (packet.index() < end) {
      int from = packet.index();
      int identifier = packet.varint("property identifier");
      if (identifier >= 64 || (allowed & 1L << identifier) == 0) {
        throw misplaced(identifier, allowed);
      }
      boolean repeatable =
          identifier == USER_PROPERTY
              || (identifier == SUBSCRIPTION_IDENTIFIER && allowed == IN_PUBLISH_TO_CLIENT);
      if (!repeatable && (seen & 1L << identifier) != 0) {
        throw protocolError("property 0x%02X stands twice".formatted(identifier));
      }
      seen |= 1L << identifier;
      readOne(packet, identifier);
      if (packet.index() > end) {
        throw malformed("a property goes past the property length");
      }
      if ((kept & 1L << identifier) != 0) {
        if (runUntil != from) {
          earlierRuns = append(earlierRuns, packet, runFrom, runUntil);
          runFrom = from;
        }
        runUntil = packet.index();
      }
      if (allowed == IN_CONNACK) {
        addToOrder(identifier);
      }
    }
    if (earlierRuns == null) {
      passedOn = packet.view(runFrom, runUntil);
    } else {
      append(earlierRuns, packet, runFrom, runUntil);
      passedOn = Bytes.own(earlierRuns.toByteArray());
    }
    if (identifierCount > 0) {
      subscriptionIdentifiers =
          SubscriptionIdentifiers.of(Arrays.copyOf(identifiers, identifierCount));
    }
  }

  /// Keeps a run of properties that are passed on, where another follows behind a gap.
  private static @Nullable ByteArrayOutputStream append(
      @Nullable ByteArrayOutputStream runs, PacketReader packet, int from, int until) {
    if (from == until) {
      return runs;
    }
    ByteArrayOutputStream out = runs == null ? new ByteArrayOutputStream() : runs;
    out.writeBytes(packet.view(from, until).toArray());
    return out;
  }

  private void addToOrder(int identifier) {
    if (order.isEmpty()) {
      order = new ArrayList<>();
    }
    order.add(identifier);
  }

  /// An identifier that is not valid for the packet's type is malformed (section 2.2.2.2); one that
  /// is valid for the type, but not from this side, breaks another rule [MQTT-3.3.4-6].
  private static MalformedException misplaced(int identifier, long allowed) {
    return identifier == SUBSCRIPTION_IDENTIFIER && allowed == IN_PUBLISH_TO_SERVER
        ? protocolError("PUBLISH: a subscription identifier from a client")
        : malformed("property 0x%02X does not belong in this packet".formatted(identifier));
  }

  private void readOne(PacketReader packet, int identifier) throws MalformedException {
    switch (identifier) {
      case PAYLOAD_FORMAT_INDICATOR -> flag(packet, "payload format indicator");
      case MESSAGE_EXPIRY_INTERVAL -> messageExpirySeconds = packet.u32("message expiry interval");
      case CONTENT_TYPE -> packet.passUtf8("content type");
      case RESPONSE_TOPIC -> packet.nonEmptyTopicName("response topic");
      case CORRELATION_DATA -> packet.passBinary("correlation data");
      case SUBSCRIPTION_IDENTIFIER -> subscriptionIdentifier(packet);
      case SESSION_EXPIRY_INTERVAL -> sessionExpirySeconds = packet.u32("session expiry interval");
      case ASSIGNED_CLIENT_IDENTIFIER ->
          assignedClientIdentifier = Optional.of(packet.text("assigned client identifier"));
      case SERVER_KEEP_ALIVE -> serverKeepAlive = packet.u16("server keep alive");
      case AUTHENTICATION_METHOD ->
          authenticationMethod = Optional.of(packet.text("authentication method"));
      case AUTHENTICATION_DATA ->
          authenticationData = Optional.of(packet.binary("authentication data"));
      case REQUEST_PROBLEM_INFORMATION ->
          requestProblemInformation = flag(packet, "request problem information");
      case WILL_DELAY_INTERVAL -> willDelaySeconds = packet.u32("will delay interval");
      case REQUEST_RESPONSE_INFORMATION ->
          requestResponseInformation = flag(packet, "request response information");
      case RESPONSE_INFORMATION ->
          responseInformation = Optional.of(packet.text("response information"));
      case SERVER_REFERENCE -> serverReference = Optional.of(packet.text("server reference"));
      case REASON_STRING -> reasonString = Optional.of(packet.text("reason string"));
      case RECEIVE_MAXIMUM ->
          receiveMaximum = positive(packet.u16("receive maximum"), "receive maximum");
      case TOPIC_ALIAS_MAXIMUM -> topicAliasMaximum = packet.u16("topic alias maximum");
      case TOPIC_ALIAS -> {
        topicAlias = packet.u16("topic alias");
        if (topicAlias == 0) {
          throw new MalformedException(ReasonCode.TOPIC_ALIAS_INVALID, "topic alias 0");
        }
      }
      case MAXIMUM_QOS -> maximumQoS = flag(packet, "maximum QoS") ? 1 : 0;
      case USER_PROPERTY -> {
        packet.passUtf8("user property");
        packet.passUtf8("user property");
        userPropertyCount++;
      }
      case MAXIMUM_PACKET_SIZE -> {
        maximumPacketSize = packet.u32("maximum packet size");
        if (maximumPacketSize == 0) {
          throw protocolError("maximum packet size 0");
        }
      }
      case RETAIN_AVAILABLE,
          WILDCARD_SUBSCRIPTION_AVAILABLE,
          SUBSCRIPTION_IDENTIFIER_AVAILABLE,
          SHARED_SUBSCRIPTION_AVAILABLE -> {
        if (!flag(packet, "what is available")) {
          switchedOff |= 1L << identifier;
        }
      }
      default -> throw malformed("property 0x%02X is unknown".formatted(identifier));
    }
  }

  private void subscriptionIdentifier(PacketReader packet) throws MalformedException {
    int identifier = positive(packet.varint("subscription identifier"), "subscription identifier");
    if (identifierCount == identifiers.length) {
      identifiers = Arrays.copyOf(identifiers, Math.max(4, 2 * identifierCount));
    }
    identifiers[identifierCount++] = identifier;
  }

  private static boolean flag(PacketReader packet, String field) throws MalformedException {
    int value = packet.u8(field);
    if (value > 1) {
      throw protocolError(field + ": neither 0 nor 1");
    }
    return value == 1;
  }

  private static int positive(int value, String field) throws MalformedException {
    if (value == 0) {
      throw protocolError(field + ": 0");
    }
    return value;
  }
}
