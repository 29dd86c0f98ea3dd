package io.holdfast.server.config;

import io.holdfast.core.ListenerSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A port that clients come to.
///
/// @param host the name or address to listen on; absent for every interface
/// @param port 0 for any free one
/// @param isRequired false where the machine may do without: the IPv6 half of loopback
public record Listener(
    Optional<String> host, int port, boolean isRequired, ListenerSettings settings) {

  public Listener {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port " + port);
    }
  }

  /// Where to listen. Asks the system's resolver when `host` is a name; a name may stand for
  /// several addresses.
  public List<InetSocketAddress> addresses() throws UnknownHostException {
    if (host.isEmpty()) {
      return List.of(new InetSocketAddress(port));
    }
    return Stream.of(InetAddress.getAllByName(host.get()))
        .map(address -> new InetSocketAddress(address, port))
        .toList();
  }

  /// As an operator writes it.
  public String shown() {
    String where = host.map(name -> name.contains(":") ? "[" + name + "]" : name).orElse("*");
    return where + ":" + port;
  }
}
