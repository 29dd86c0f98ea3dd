package io.holdfast.server.transport;

import io.holdfast.core.ListenerSettings;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.util.Optional;

/// Told by the transport what came, on the loop's thread. The core's driver.
///
/// Connections are named by small numbers. One is used again only after `disconnected`.
public interface Arrivals {
  /// Something is about to be read. Gives the number of the turn that it belongs to.
  int reading();

  void connected(int connection, ListenerSettings listener, String address);

  /// `Bytes` in `packet` are borrowed until the call returns. False where it is withheld: nothing
  /// came of it, and it is to be told again, before anything behind it.
  boolean packet(int connection, Packet packet);

  /// @param version of its CONNECT, as soon as that is known
  void refused(int connection, Decoded.Malformed malformed, Optional<ProtocolVersion> version);

  void refused(int connection, Decoded.UnsupportedVersion version);

  /// The connection is gone. Told exactly once, and never from within a call that sends or closes.
  void disconnected(int connection, String why);

  /// Whether the connection takes more bytes now; told on changes.
  void writable(int connection, boolean writable);

  /// The connection is not read from for now, so its silence is not its own.
  void heard(int connection);

  /// Whether so much waits for the disk that publishers have to wait too.
  boolean isCongested();

  /// For how long a connection that has just published is not read from, since the log's space runs
  /// out, or a queue fills up that it published for; in milliseconds, 0 where there is enough.
  int slowMillis(int connection);

  /// A connection that the core closed is over on the network too.
  void ended();

  /// Somebody was not let in.
  void denied(String address, String why);

  /// Worth a line at the level of a warning.
  void warn(String text);
}
