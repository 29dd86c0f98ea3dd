package io.holdfast.protocol.packet;

/// One name and value of the user's own; names may repeat and their order counts (MQTT 5.0 section
/// 2.2.2.2). Those of a packet that was read are a view of it, borrowed as its `Bytes` are.
public record UserProperty(String name, String value) {}
