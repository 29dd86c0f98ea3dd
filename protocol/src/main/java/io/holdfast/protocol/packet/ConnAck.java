package io.holdfast.protocol.packet;

import java.util.List;
import java.util.Optional;

/// CONNACK (MQTT 5.0 section 3.2). Before 5.0 the encoder maps `reasonCode` to a return code (3.1.1
/// section 3.2.2.3) and leaves the rest out.
///
/// @param properties those the server sets, in the order in which they are sent
public record ConnAck(boolean sessionPresent, ReasonCode reasonCode, List<Property> properties)
    implements Packet {

  public static ConnAck refused(ReasonCode reasonCode, Optional<String> reasonString) {
    return new ConnAck(
        false,
        reasonCode,
        reasonString
            .<List<Property>>map(text -> List.of(new Property.ReasonString(text)))
            .orElse(List.of()));
  }

  /// A property of CONNACK (MQTT 5.0 section 3.2.2.3).
  public sealed interface Property {
    record SessionExpiryInterval(long seconds) implements Property {}

    record ReceiveMaximum(int value) implements Property {}

    record MaximumQoS(QoS value) implements Property {}

    record RetainAvailable(boolean value) implements Property {}

    record MaximumPacketSize(long bytes) implements Property {}

    record AssignedClientIdentifier(String clientId) implements Property {}

    record TopicAliasMaximum(int value) implements Property {}

    record ReasonString(String text) implements Property {}

    record User(UserProperty property) implements Property {}

    record WildcardSubscriptionAvailable(boolean value) implements Property {}

    record SubscriptionIdentifiersAvailable(boolean value) implements Property {}

    record SharedSubscriptionAvailable(boolean value) implements Property {}

    record ServerKeepAlive(int seconds) implements Property {}

    record ResponseInformation(String text) implements Property {}

    record ServerReference(String text) implements Property {}
  }
}
