package io.holdfast.protocol.codec;

import static io.holdfast.protocol.packet.ReasonCode.*;

import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.ReasonCode;
import java.util.EnumSet;
import java.util.Set;

/// Which reason codes each packet may have (MQTT 5.0 section 2.4), and the return codes that stood
/// for them before 5.0.
final class ReasonCodes {
  private static final Set<ReasonCode> PUBLISH_ANSWER =
      EnumSet.of(
          SUCCESS,
          NO_MATCHING_SUBSCRIBERS,
          UNSPECIFIED_ERROR,
          IMPLEMENTATION_SPECIFIC_ERROR,
          NOT_AUTHORIZED,
          TOPIC_NAME_INVALID,
          PACKET_IDENTIFIER_IN_USE,
          QUOTA_EXCEEDED,
          PAYLOAD_FORMAT_INVALID);
  private static final Set<ReasonCode> RELEASE_ANSWER =
      EnumSet.of(SUCCESS, PACKET_IDENTIFIER_NOT_FOUND);
  private static final Set<ReasonCode> SUBACK =
      EnumSet.of(
          SUCCESS,
          GRANTED_QOS_1,
          GRANTED_QOS_2,
          UNSPECIFIED_ERROR,
          IMPLEMENTATION_SPECIFIC_ERROR,
          NOT_AUTHORIZED,
          TOPIC_FILTER_INVALID,
          PACKET_IDENTIFIER_IN_USE,
          QUOTA_EXCEEDED,
          SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
          SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
          WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED);
  private static final Set<ReasonCode> SUBACK_BEFORE_5 =
      EnumSet.of(SUCCESS, GRANTED_QOS_1, GRANTED_QOS_2, UNSPECIFIED_ERROR);
  private static final Set<ReasonCode> UNSUBACK =
      EnumSet.of(
          SUCCESS,
          NO_SUBSCRIPTION_EXISTED,
          UNSPECIFIED_ERROR,
          IMPLEMENTATION_SPECIFIC_ERROR,
          NOT_AUTHORIZED,
          TOPIC_FILTER_INVALID,
          PACKET_IDENTIFIER_IN_USE);
  private static final Set<ReasonCode> AUTH =
      EnumSet.of(SUCCESS, CONTINUE_AUTHENTICATION, REAUTHENTICATE);
  private static final Set<ReasonCode> CONNACK =
      EnumSet.of(
          SUCCESS,
          UNSPECIFIED_ERROR,
          MALFORMED_PACKET,
          PROTOCOL_ERROR,
          IMPLEMENTATION_SPECIFIC_ERROR,
          UNSUPPORTED_PROTOCOL_VERSION,
          CLIENT_IDENTIFIER_NOT_VALID,
          BAD_USER_NAME_OR_PASSWORD,
          NOT_AUTHORIZED,
          SERVER_UNAVAILABLE,
          SERVER_BUSY,
          BANNED,
          BAD_AUTHENTICATION_METHOD,
          TOPIC_NAME_INVALID,
          PACKET_TOO_LARGE,
          QUOTA_EXCEEDED,
          PAYLOAD_FORMAT_INVALID,
          RETAIN_NOT_SUPPORTED,
          QOS_NOT_SUPPORTED,
          USE_ANOTHER_SERVER,
          SERVER_MOVED,
          CONNECTION_RATE_EXCEEDED);

  private static final Set<ReasonCode> DISCONNECT =
      EnumSet.of(
          SUCCESS,
          DISCONNECT_WITH_WILL,
          UNSPECIFIED_ERROR,
          MALFORMED_PACKET,
          PROTOCOL_ERROR,
          IMPLEMENTATION_SPECIFIC_ERROR,
          NOT_AUTHORIZED,
          SERVER_BUSY,
          SERVER_SHUTTING_DOWN,
          BAD_AUTHENTICATION_METHOD,
          KEEP_ALIVE_TIMEOUT,
          SESSION_TAKEN_OVER,
          TOPIC_FILTER_INVALID,
          TOPIC_NAME_INVALID,
          RECEIVE_MAXIMUM_EXCEEDED,
          TOPIC_ALIAS_INVALID,
          PACKET_TOO_LARGE,
          MESSAGE_RATE_TOO_HIGH,
          QUOTA_EXCEEDED,
          ADMINISTRATIVE_ACTION,
          PAYLOAD_FORMAT_INVALID,
          RETAIN_NOT_SUPPORTED,
          QOS_NOT_SUPPORTED,
          USE_ANOTHER_SERVER,
          SERVER_MOVED,
          SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
          CONNECTION_RATE_EXCEEDED,
          MAXIMUM_CONNECT_TIME,
          SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED,
          WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED);

  private static final ReasonCode[] BY_CODE = byCode();

  private ReasonCodes() {}

  private static ReasonCode[] byCode() {
    ReasonCode[] codes = new ReasonCode[256];
    java.util.Arrays.fill(codes, SUCCESS);
    for (ReasonCode reasonCode : ReasonCode.values()) {
      codes[reasonCode.code()] = reasonCode;
    }
    return codes;
  }

  private static ReasonCode of(int code, Set<ReasonCode> allowed, String packet)
      throws MalformedException {
    ReasonCode reasonCode = BY_CODE[code];
    if (reasonCode.code() != code || !allowed.contains(reasonCode)) {
      throw MalformedException.protocolError(
          "%s: reason code 0x%02X does not belong there".formatted(packet, code));
    }
    return reasonCode;
  }

  static ReasonCode answer(int type, int code) throws MalformedException {
    boolean ofPublish = type == PacketBody.PUBACK || type == PacketBody.PUBREC;
    return of(code, ofPublish ? PUBLISH_ANSWER : RELEASE_ANSWER, "acknowledgement");
  }

  static ReasonCode subAck(int code, ProtocolVersion version) throws MalformedException {
    return of(code, version.isV5() ? SUBACK : SUBACK_BEFORE_5, "SUBACK");
  }

  static ReasonCode unsubAck(int code) throws MalformedException {
    return of(code, UNSUBACK, "UNSUBACK");
  }

  static ReasonCode auth(int code) throws MalformedException {
    return of(code, AUTH, "AUTH");
  }

  static ReasonCode connAck(int code) throws MalformedException {
    return of(code, CONNACK, "CONNACK");
  }

  static ReasonCode disconnect(int code) throws MalformedException {
    return of(code, DISCONNECT, "DISCONNECT");
  }

  /// The return code of a CONNACK before 5.0 (3.1.1 section 3.2.2.3).
  static int returnCode(ReasonCode reasonCode) {
    return switch (reasonCode) {
      case SUCCESS -> 0;
      case UNSUPPORTED_PROTOCOL_VERSION -> 1;
      case CLIENT_IDENTIFIER_NOT_VALID -> 2;
      case SERVER_UNAVAILABLE, SERVER_BUSY, QUOTA_EXCEEDED, SERVER_SHUTTING_DOWN -> 3;
      case BAD_USER_NAME_OR_PASSWORD -> 4;
      default -> 5;
    };
  }

  static ReasonCode ofReturnCode(int code) throws MalformedException {
    return switch (code) {
      case 0 -> SUCCESS;
      case 1 -> UNSUPPORTED_PROTOCOL_VERSION;
      case 2 -> CLIENT_IDENTIFIER_NOT_VALID;
      case 3 -> SERVER_UNAVAILABLE;
      case 4 -> BAD_USER_NAME_OR_PASSWORD;
      case 5 -> NOT_AUTHORIZED;
      default -> throw MalformedException.malformed("CONNACK: return code " + code);
    };
  }
}
