package io.holdfast.protocol.packet;

/// PINGREQ (MQTT 5.0 section 3.12).
public record PingReq() implements Packet {}
