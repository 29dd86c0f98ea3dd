package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Event;
import io.holdfast.core.ListenerSettings;
import io.holdfast.log.LogOptions;
import io.holdfast.log.SegmentedLog;
import io.holdfast.server.transport.ListenerOptions;
import io.holdfast.server.transport.TransportLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A broker on a free port, whose disk lies in memory and survives its end.
final class TestBroker implements AutoCloseable {
  static final ListenerSettings ANYBODY = new ListenerSettings(true, -1, true, "auto-");

  private final ObedientDisk disk;
  private final Said said;
  private final Holdfast holdfast;

  private TestBroker(ObedientDisk disk, Said said, Holdfast holdfast) {
    this.disk = disk;
    this.said = said;
    this.holdfast = holdfast;
  }

  static TestBroker start() throws StartException {
    return start(BrokerSettings.defaults(), TransportLimits.forHeap(256 << 20), ANYBODY);
  }

  static TestBroker start(
      BrokerSettings settings, TransportLimits limits, ListenerSettings listener)
      throws StartException {
    return start(new ObedientDisk(), settings, limits, listener, 0);
  }

  /// One whose log is laid out so.
  static TestBroker start(LogOptions sizes) throws StartException {
    return start(
        new ObedientDisk(),
        sizes,
        BrokerSettings.defaults(),
        TransportLimits.forHeap(256 << 20),
        ANYBODY,
        0);
  }

  private static TestBroker start(
      ObedientDisk disk,
      BrokerSettings settings,
      TransportLimits limits,
      ListenerSettings listener,
      int port)
      throws StartException {
    return start(disk, LogOptions.forHeap(64 << 20), settings, limits, listener, port);
  }

  private static TestBroker start(
      ObedientDisk disk,
      LogOptions sizes,
      BrokerSettings settings,
      TransportLimits limits,
      ListenerSettings listener,
      int port)
      throws StartException {
    Said said = new Said();
    BrokerOptions options =
        new BrokerOptions(
            List.of(
                new ListenerOptions(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), true, listener)),
            settings,
            limits,
            said);
    return new TestBroker(
        disk,
        said,
        Holdfast.start(
            options,
            (tasks, listens, handler) -> SegmentedLog.open(disk, sizes, tasks, listens, handler)));
  }

  static TestBroker startAt(int port) throws StartException {
    return start(
        new ObedientDisk(),
        BrokerSettings.defaults(),
        TransportLimits.forHeap(256 << 20),
        ANYBODY,
        port);
  }

  /// Ends this one and starts another on the same log.
  TestBroker restart() throws StartException {
    close();
    return start(disk, BrokerSettings.defaults(), TransportLimits.forHeap(256 << 20), ANYBODY, 0);
  }

  void failLog() {
    disk.fail();
  }

  /// Nothing becomes durable until `letLogGo`.
  void holdLog() {
    disk.hold();
  }

  void letLogGo() {
    disk.letGo();
  }

  /// How often something was made durable.
  int syncs() {
    return disk.syncs();
  }

  int port() {
    return holdfast.port();
  }

  Holdfast holdfast() {
    return holdfast;
  }

  Said said() {
    return said;
  }

  /// Waits until it has ended. Gives its exit status.
  int awaitStop() {
    return Patience.await("the broker ends", holdfast::awaitStop);
  }

  /// Ends it, and makes durable what waits for that.
  @Override
  public void close() {
    disk.letGo();
    Patience.close(holdfast);
  }

  /// What an operator would have been told.
  static final class Said implements Watcher {
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<String> fatal = new CopyOnWriteArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private Predicate<Event> heldAt = event -> false;

    @Override
    public void observe(Event event) {
      boolean stands;
      synchronized (this) {
        events.add(event);
        notifyAll();
        stands = heldAt.test(event);
      }
      if (stands) {
        stand();
      }
    }

    private void stand() {
      try {
        assertTrue(held.await(30, TimeUnit.SECONDS), "the test lets go");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /// The broker's loop stands still from such an event on, until `letGo`.
    synchronized void holdAt(Predicate<Event> event) {
      heldAt = event;
    }

    void letGo() {
      held.countDown();
    }

    /// Waits until something of the kind was said.
    synchronized void await(Predicate<Event> kind) throws InterruptedException {
      long deadlineNanos = Patience.deadlineNanos();
      while (events.stream().noneMatch(kind)) {
        wait(Patience.leftMillis("one more event than " + events, deadlineNanos));
      }
    }

    @Override
    public void fatal(String what, Throwable why) {
      fatal.add(what);
    }

    List<Event> events() {
      return events;
    }

    List<String> fatal() {
      return fatal;
    }

    <E extends Event> List<E> events(Class<E> type) {
      return events.stream().filter(type::isInstance).map(type::cast).toList();
    }
  }
}
