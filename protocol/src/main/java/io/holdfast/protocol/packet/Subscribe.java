package io.holdfast.protocol.packet;

import java.util.List;

/// SUBSCRIBE (MQTT 5.0 section 3.8).
///
/// @param subscriptionIdentifier 0 where absent
/// @param filters at least one, in the order of the packet
public record Subscribe(
    int packetId,
    int subscriptionIdentifier,
    List<UserProperty> userProperties,
    List<Requested> filters)
    implements Packet {

  /// One filter with its options. The filter is a well-formed UTF-8 string; whether it is a valid
  /// topic filter is answered in SUBACK, filter by filter.
  public record Requested(
      String filter,
      QoS maximumQoS,
      boolean noLocal,
      boolean retainAsPublished,
      RetainHandling retainHandling) {}

  /// What a new subscription gets of the retained messages; the ordinal is the number on the wire.
  public enum RetainHandling {
    SEND,
    SEND_IF_NEW,
    DO_NOT_SEND
  }
}
