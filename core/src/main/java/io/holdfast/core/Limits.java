package io.holdfast.core;

/// The bounds of everything that a client can make grow.
///
/// @param subscriptionsPerSessionMax filters of one session
/// @param topicLevelsMax levels of a filter or a topic
/// @param deliveriesPerTurnMax messages handed over in one turn, over all connections
/// @param topicCacheMax topics whose target sets are remembered
/// @param idleConnectMillis how long a connection may take to send its CONNECT
/// @param retainedPerStepMax levels of topics looked at in one step for retained messages that a
///   new subscription brings
/// @param windowMax entries of a queue that are in memory while its consumer is there, and twice so
///   many at most
/// @param snapshotBytesPerTurnMax how much of a snapshot is written in one turn, and one part more
/// @param broadcastsMax messages on their way through more consumers than one turn serves
/// @param broadcastBytesMax how long those are together, but for a single one
public record Limits(
    int subscriptionsPerSessionMax,
    int topicLevelsMax,
    int deliveriesPerTurnMax,
    int topicCacheMax,
    int idleConnectMillis,
    int retainedPerStepMax,
    int windowMax,
    int snapshotBytesPerTurnMax,
    int broadcastsMax,
    int broadcastBytesMax) {
  /// The longest packet that MQTT can express, in bytes.
  public static final int PACKET_BYTES_MAX = 268_435_460;

  public static final Limits DEFAULT = new Limits(100_000, 200, 2_000, 50_000, 10_000);

  public Limits(
      int subscriptionsPerSessionMax,
      int topicLevelsMax,
      int deliveriesPerTurnMax,
      int topicCacheMax,
      int idleConnectMillis) {
    this(
        subscriptionsPerSessionMax,
        topicLevelsMax,
        deliveriesPerTurnMax,
        topicCacheMax,
        idleConnectMillis,
        1_000,
        1_024,
        64 << 10,
        64,
        16 << 20);
  }
}
