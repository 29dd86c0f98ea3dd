package io.holdfast.protocol.packet;

/// An MQTT control packet (MQTT 5.0 section 2, 3.1.1 section 2).
///
/// `Bytes` in a decoded packet are borrowed until the call that handed the packet over returns;
/// everything else in it is owned.
public sealed interface Packet
    permits Connect,
        ConnAck,
        Publish,
        PubAck,
        PubRec,
        PubRel,
        PubComp,
        Subscribe,
        SubAck,
        Unsubscribe,
        UnsubAck,
        PingReq,
        PingResp,
        Disconnect,
        Auth {}
