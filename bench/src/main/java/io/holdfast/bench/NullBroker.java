package io.holdfast.bench;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// A broker that answers and forwards QoS 1 and keeps nothing: what the load generator reaches
/// against it is the generator's own ceiling on this machine.
///
/// It takes clients of one protocol version at a time, QoS 0 and 1, and knows no sessions, retained
/// messages or wills. It can be told to misbehave, so that the generator's checks can be checked.
///
/// Everything runs on one event loop thread.
final class NullBroker implements AutoCloseable {
  private final Transport transport = new Transport();
  private final Faults faults;
  private final Set<NullConnection> connections = new LinkedHashSet<>();
  private final ArrayDeque<NullConnection> unflushed = new ArrayDeque<>();
  private Optional<MqttVersion> version = Optional.empty();
  private int subscriptionChanges;
  private int slowConnections;
  private long forwarded;

  NullBroker(Faults faults) {
    this.faults = faults;
  }

  /// What is to go wrong.
  ///
  /// @param loseEvery every so manieth message is acknowledged and not forwarded; 0 is never
  /// @param repeatEvery every so manieth message is forwarded twice; 0 is never
  record Faults(int loseEvery, int repeatEvery) {
    static final Faults NONE = new Faults(0, 0);
  }

  /// Starts to listen.
  ///
  /// @param port 0 takes a free one
  /// @return where it listens
  InetSocketAddress listen(int port) {
    ChannelInitializer<Channel> initializer =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new NullConnection(channel, NullBroker.this));
          }
        };
    Channel listener =
        transport
            .server()
            .childHandler(initializer)
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .syncUninterruptibly()
            .channel();
    return (InetSocketAddress) listener.localAddress();
  }

  @Override
  public void close() {
    transport.close();
  }

  /// Whether a client of that version may come: messages are forwarded as they came, so all clients
  /// must speak the same.
  boolean accepts(NullConnection connection, MqttVersion itsVersion) {
    if (connections.isEmpty()) {
      version = Optional.of(itsVersion);
    }
    return version.equals(Optional.of(itsVersion)) && connections.add(connection);
  }

  void gone(NullConnection connection) {
    connections.remove(connection);
    subscriptionsChanged();
  }

  void subscriptionsChanged() {
    subscriptionChanges++;
  }

  /// Grows with every change, so that who has looked up a topic knows whether to look again.
  int subscriptionChanges() {
    return subscriptionChanges;
  }

  /// Who wants messages of that topic.
  NullConnection[] subscribersOf(String topic) {
    return connections.stream().filter(c -> c.wants(topic)).toArray(NullConnection[]::new);
  }

  /// How often the next message is to be forwarded.
  int timesToForward() {
    forwarded++;
    if (faults.loseEvery() > 0 && forwarded % faults.loseEvery() == 0) {
      return 0;
    }
    return faults.repeatEvery() > 0 && forwarded % faults.repeatEvery() == 0 ? 2 : 1;
  }

  /// The connection has something to send. It goes when all that is ready was read, so that it
  /// costs one write however many connections it came from.
  void flushLater(NullConnection connection) {
    if (unflushed.isEmpty()) {
      transport.loop().execute(this::flushAll);
    }
    unflushed.add(connection);
  }

  /// A subscriber reads slower than publishers send: they wait, or memory would fill.
  void becameSlow() {
    if (slowConnections++ == 0) {
      connections.forEach(connection -> connection.pausePublishing(true));
    }
  }

  void becameFast() {
    if (--slowConnections == 0) {
      connections.forEach(connection -> connection.pausePublishing(false));
    }
  }

  private void flushAll() {
    for (NullConnection next = unflushed.poll(); next != null; next = unflushed.poll()) {
      next.flush();
    }
  }

  /// The command.
  @Command(
      name = "NullBroker",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = "Answers and forwards, and keeps nothing.")
  static final class Start implements Callable<Integer> {
    @Option(names = "--port", defaultValue = "0", description = "default: a free one")
    private int port;

    @Option(
        names = "--lose-every",
        defaultValue = "0",
        description = "acknowledges but does not forward every so manieth message")
    private int loseEvery;

    @Option(
        names = "--repeat-every",
        defaultValue = "0",
        description = "forwards every so manieth message twice")
    private int repeatEvery;

    @Override
    public Integer call() throws InterruptedException {
      try (NullBroker broker = new NullBroker(new Faults(loseEvery, repeatEvery))) {
        System.out.println("listens on port " + broker.listen(port).getPort());
        Thread.currentThread().join(); // Until a signal ends the process.
      }
      return 0;
    }
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Start()).execute(arguments));
  }
}
