package io.holdfast.cli.prove;

import java.net.InetSocketAddress;

/// Where a broker takes clients in, in one of its lives. Any thread may use it.
public final class Place {
  private final InetSocketAddress address;
  private volatile boolean isEnding;

  public Place(InetSocketAddress address) {
    this.address = address;
  }

  public InetSocketAddress address() {
    return address;
  }

  /// This life is about to end: from now on nobody is to blame for a lost connection.
  public void expectLoss() {
    isEnding = true;
  }

  boolean isEnding() {
    return isEnding;
  }

  @Override
  public String toString() {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
