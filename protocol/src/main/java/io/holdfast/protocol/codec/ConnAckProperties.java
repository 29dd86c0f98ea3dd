package io.holdfast.protocol.codec;

import io.holdfast.protocol.packet.ConnAck.Property;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.UserProperty;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// The properties of CONNACK as a list that keeps their order (MQTT 5.0 section 3.2.2.3).
final class ConnAckProperties {
  private ConnAckProperties() {}

  static List<Property> of(Properties read) throws MalformedException {
    List<Property> properties = new ArrayList<>(read.order.size());
    Iterator<UserProperty> users = read.userProperties().iterator();
    for (int identifier : read.order) {
      switch (identifier) {
        case Properties.SESSION_EXPIRY_INTERVAL ->
            properties.add(new Property.SessionExpiryInterval(read.sessionExpirySeconds));
        case Properties.RECEIVE_MAXIMUM ->
            properties.add(new Property.ReceiveMaximum(read.receiveMaximum));
        case Properties.MAXIMUM_QOS ->
            properties.add(new Property.MaximumQoS(QoS.of(read.maximumQoS)));
        case Properties.RETAIN_AVAILABLE ->
            properties.add(new Property.RetainAvailable(isOn(read, identifier)));
        case Properties.MAXIMUM_PACKET_SIZE ->
            properties.add(new Property.MaximumPacketSize(read.maximumPacketSize));
        case Properties.ASSIGNED_CLIENT_IDENTIFIER ->
            properties.add(
                new Property.AssignedClientIdentifier(read.assignedClientIdentifier.orElse("")));
        case Properties.TOPIC_ALIAS_MAXIMUM ->
            properties.add(new Property.TopicAliasMaximum(read.topicAliasMaximum));
        case Properties.REASON_STRING ->
            properties.add(new Property.ReasonString(read.reasonString.orElse("")));
        case Properties.USER_PROPERTY -> properties.add(new Property.User(users.next()));
        case Properties.WILDCARD_SUBSCRIPTION_AVAILABLE ->
            properties.add(new Property.WildcardSubscriptionAvailable(isOn(read, identifier)));
        case Properties.SUBSCRIPTION_IDENTIFIER_AVAILABLE ->
            properties.add(new Property.SubscriptionIdentifiersAvailable(isOn(read, identifier)));
        case Properties.SHARED_SUBSCRIPTION_AVAILABLE ->
            properties.add(new Property.SharedSubscriptionAvailable(isOn(read, identifier)));
        case Properties.SERVER_KEEP_ALIVE ->
            properties.add(new Property.ServerKeepAlive(read.serverKeepAlive));
        case Properties.RESPONSE_INFORMATION ->
            properties.add(new Property.ResponseInformation(read.responseInformation.orElse("")));
        case Properties.SERVER_REFERENCE ->
            properties.add(new Property.ServerReference(read.serverReference.orElse("")));
        default ->
            throw MalformedException.protocolError(
                "CONNACK: property 0x%02X without an authentication exchange"
                    .formatted(identifier));
      }
    }
    return properties;
  }

  private static boolean isOn(Properties read, int identifier) {
    return (read.switchedOff & 1L << identifier) == 0;
  }
}
