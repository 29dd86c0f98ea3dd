package io.holdfast.core;

/// Something an operator may want to know.
public sealed interface Event {
  /// A client was let in.
  ///
  /// @param description protocol, clean start, keep alive and user name, as Mosquitto writes them
  record Connected(String clientId, String address, String description) implements Event {}

  /// A connection ended.
  record Disconnected(String clientId, String address, String why) implements Event {}

  /// A connection was refused before it became a client's, or for breaking the protocol.
  record Refused(String clientId, String address, String why) implements Event {}

  /// A subscription was made or ended.
  record Subscribed(String clientId, String filter, int qos) implements Event {}

  record Unsubscribed(String clientId, String filter) implements Event {}

  /// Messages left a queue otherwise than by being handled.
  ///
  /// @param clientId whose queue it was; a shared subscription's filter for its queue
  record Dropped(String clientId, Reason reason, long count) implements Event {}

  /// Worth a line at the level of a notice.
  record Notice(String text) implements Event {}

  /// Worth a line at the level of a warning.
  record Warning(String text) implements Event {}

  /// Why a message left a queue otherwise than by being handled (promise P3).
  enum Reason {
    EXPIRED,
    TOO_LARGE,
    QUEUE_FULL,
    /// Newer ones came while its queue was full.
    DISPLACED,
    SLOW_RECEIVER,
    NO_SPACE,
    REFUSED,
    SESSION_ENDED
  }
}
