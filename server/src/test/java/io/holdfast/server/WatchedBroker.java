package io.holdfast.server;

import io.holdfast.core.BrokerSettings;
import io.holdfast.log.LogOptions;
import io.holdfast.log.SegmentedLog;
import io.holdfast.server.transport.ListenerOptions;
import io.holdfast.server.transport.TransportLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// A broker on a free port and a disk that the test watches.
final class WatchedBroker implements AutoCloseable {
  private static final long HEAP_BYTES = 64 << 20;

  private final WatchedDisk disk;
  private final TestBroker.Said said = new TestBroker.Said();
  private final Holdfast holdfast;

  WatchedBroker(WatchedDisk disk) throws StartException {
    this.disk = disk;
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    BrokerOptions options =
        new BrokerOptions(
            List.of(new ListenerOptions(anyPort, true, TestBroker.ANYBODY)),
            BrokerSettings.defaults(),
            TransportLimits.forHeap(HEAP_BYTES),
            said);
    this.holdfast =
        Holdfast.start(
            options,
            (tasks, listener, handler) ->
                SegmentedLog.open(disk, LogOptions.forHeap(HEAP_BYTES), tasks, listener, handler));
  }

  WatchedDisk disk() {
    return disk;
  }

  int port() {
    return holdfast.port();
  }

  TestBroker.Said said() {
    return said;
  }

  /// Waits until it has ended.
  ///
  /// @return its exit status
  int awaitStop() {
    return Patience.await("the broker ends", holdfast::awaitStop);
  }

  @Override
  public void close() {
    disk.letGo();
    Patience.close(holdfast);
  }
}
