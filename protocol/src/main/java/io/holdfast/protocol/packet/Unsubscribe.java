package io.holdfast.protocol.packet;

import java.util.List;

/// UNSUBSCRIBE (MQTT 5.0 section 3.10).
public record Unsubscribe(int packetId, List<UserProperty> userProperties, List<String> filters)
    implements Packet {}
