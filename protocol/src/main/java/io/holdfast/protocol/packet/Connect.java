package io.holdfast.protocol.packet;

import io.holdfast.protocol.Bytes;
import java.util.List;
import java.util.Optional;

/// CONNECT (MQTT 5.0 section 3.1).
///
/// @param bridge whether the protocol level had its high bit set (0x83, 0x84), as Mosquitto's
///   bridges do: such a client gets no message back that it published itself, and sees retain as
///   published
/// @param clientId empty where the client leaves the choice to the broker
/// @param cleanStart clean start, or clean session before 5.0
/// @param sessionExpirySeconds session expiry interval: 0xFFFFFFFF never expires; -1 where absent
/// @param receiveMaximum 65535 where absent
/// @param maximumPacketSize -1 where absent
/// @param topicAliasMaximum 0 where absent
/// @param requestResponseInformation false where absent
/// @param requestProblemInformation true where absent
public record Connect(
    ProtocolVersion version,
    boolean bridge,
    String clientId,
    boolean cleanStart,
    int keepAliveSeconds,
    Optional<Will> will,
    Optional<String> username,
    Optional<Bytes> password,
    long sessionExpirySeconds,
    int receiveMaximum,
    long maximumPacketSize,
    int topicAliasMaximum,
    boolean requestResponseInformation,
    boolean requestProblemInformation,
    List<UserProperty> userProperties,
    Optional<String> authenticationMethod,
    Optional<Bytes> authenticationData)
    implements Packet {

  /// Without anything secret: what is written by mistake ends in a log.
  @Override
  public String toString() {
    return "Connect[version=%s, clientId=%s, cleanStart=%s, keepAliveSeconds=%d, will=%s]"
        .formatted(version, clientId, cleanStart, keepAliveSeconds, will);
  }
}
