package io.holdfast.core;

/// What the operator chose for the whole broker. Values are checked where they are read.
///
/// @param receiveMaximum QoS 1 and 2 messages in flight at once each way, 1 to 65535
///   (`max_inflight_messages`)
/// @param topicAliasMaximum topic aliases a client may use, 0 to 65535
/// @param maximumPacketSize longest packet accepted, in bytes
/// @param messageSizeMaximum longest payload accepted, in bytes; 0 for no limit of its own
/// @param keepAliveSecondsMaximum longest keep alive accepted, 0 for any (`max_keepalive`)
/// @param sessionExpirySecondsMaximum away sessions end after this, -1 for never
///   (`persistent_client_expiration`)
/// @param queuesQoS0 whether durable sessions keep messages of QoS 0 too (`queue_qos0_messages`)
/// @param retainAvailable whether retained messages are accepted (`retain_available`)
/// @param sysIntervalSeconds how often `$SYS` topics are published, 0 for never
public record BrokerSettings(
    int receiveMaximum,
    int topicAliasMaximum,
    int maximumPacketSize,
    int messageSizeMaximum,
    int keepAliveSecondsMaximum,
    long sessionExpirySecondsMaximum,
    boolean queuesQoS0,
    boolean retainAvailable,
    int sysIntervalSeconds,
    QueueLimit queueLimit,
    Limits limits) {

  /// Mosquitto's defaults, wherever a client can see them.
  public static BrokerSettings defaults() {
    return new BrokerSettings(
        20,
        10,
        Limits.PACKET_BYTES_MAX,
        0,
        65535,
        -1,
        false,
        true,
        10,
        QueueLimit.NONE,
        Limits.DEFAULT);
  }

  public BrokerSettings withMaximumPacketSize(int bytes) {
    return new BrokerSettings(
        receiveMaximum,
        topicAliasMaximum,
        bytes,
        messageSizeMaximum,
        keepAliveSecondsMaximum,
        sessionExpirySecondsMaximum,
        queuesQoS0,
        retainAvailable,
        sysIntervalSeconds,
        queueLimit,
        limits);
  }
}
