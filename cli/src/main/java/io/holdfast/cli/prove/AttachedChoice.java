package io.holdfast.cli.prove;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A broker that runs as a service, and is never killed from here.
///
/// @param restart kills it and starts it anew
public record AttachedChoice(InetSocketAddress address, List<String> restart)
    implements BrokerChoice {
  public AttachedChoice {
    restart = List.copyOf(restart);
  }

  /// @throws IllegalArgumentException where either is none, with the reason
  public static AttachedChoice of(String hostAndPort, String restart) {
    int colon = hostAndPort.lastIndexOf(':');
    if (colon < 1 || !hostAndPort.substring(colon + 1).matches("\\d{1,5}")) {
      throw new IllegalArgumentException(hostAndPort + " is no HOST:PORT");
    }
    InetSocketAddress address =
        new InetSocketAddress(
            hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("there is no host " + address.getHostString());
    }
    return new AttachedChoice(address, CommandTemplate.parse(restart).words());
  }

  @Override
  public String name() {
    return "the broker at %s:%d".formatted(address.getHostString(), address.getPort());
  }

  @Override
  public Optional<String> whyNotOnDataOfATrial() {
    return Optional.of("a broker that runs as a service keeps its data where it wants");
  }

  @Override
  public BrokerUnderTest on(Path data, Cleanup cleanup) {
    return new AttachedBroker(address, restart);
  }
}
