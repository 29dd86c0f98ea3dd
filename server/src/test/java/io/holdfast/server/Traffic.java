package io.holdfast.server;

import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubAck;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/// Publishers and a subscriber with durable sessions, who publish marked messages until the broker
/// ends, and look at the broker's disk whenever they hear something: what they hear of must be safe
/// there.
final class Traffic {
  private static final int PUBLISHERS = 4;
  private static final int WINDOW = 10;

  private final AtomicInteger lastMark = new AtomicInteger();
  private final Set<String> acknowledged = new TreeSet<>();
  private final List<String> tooEarly = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private boolean endIsExpected;

  /// Returns when everybody is connected.
  void start(WatchedBroker broker) throws IOException {
    RawClient subscriber = new RawClient(broker.port(), ProtocolVersion.V5);
    subscriber.connect("subscriber", false);
    subscriber.send(RawClient.subscribe(1, "#", QoS.EXACTLY_ONCE));
    subscriber.receive(SubAck.class);
    run(subscriber, new Subscriber(broker.disk()));
    for (int i = 0; i < PUBLISHERS; i++) {
      ProtocolVersion version = i < 2 ? ProtocolVersion.V5 : ProtocolVersion.V3_1_1;
      RawClient client = new RawClient(broker.port(), version);
      client.connect("publisher-" + i, false);
      run(client, new Publisher(broker.disk(), i % 2 == 0 ? QoS.AT_LEAST_ONCE : QoS.EXACTLY_ONCE));
    }
  }

  private interface Role {
    void begin(RawClient client) throws IOException;

    void heard(RawClient client, Packet packet) throws IOException;
  }

  private void run(RawClient client, Role role) {
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              try (client) {
                role.begin(client);
                for (Optional<Packet> packet = client.receive();
                    packet.isPresent();
                    packet = client.receive()) {
                  role.heard(client, packet.get());
                }
                ended("closed");
              } catch (IOException e) {
                ended(e.toString());
              }
            }));
  }

  private synchronized void ended(String why) {
    if (!endIsExpected) {
      tooEarly.add("the end: " + why);
    }
  }

  synchronized void expectEnd() {
    endIsExpected = true;
  }

  void join() throws InterruptedException {
    for (Thread thread : threads) {
      Patience.join("a client's connection ends", thread);
    }
  }

  private synchronized void check(boolean isSafe, String what) {
    if (!isSafe) {
      tooEarly.add(what);
    }
  }

  private synchronized void acknowledged(String mark) {
    acknowledged.add(mark);
    notifyAll();
  }

  synchronized void awaitAcknowledged(int count) throws InterruptedException {
    long deadlineNanos = Patience.deadlineNanos();
    while (acknowledged.size() < count) {
      wait(Patience.leftMillis(count + " messages are acknowledged", deadlineNanos));
    }
  }

  synchronized Set<String> acknowledged() {
    return Set.copyOf(acknowledged);
  }

  /// What was heard before it was safe.
  synchronized List<String> tooEarly() {
    return List.copyOf(tooEarly);
  }

  private final class Publisher implements Role {
    private final WatchedDisk disk;
    private final QoS qos;
    private final Map<Integer, String> marks = new HashMap<>();
    private final Map<Integer, Long> releasedNanos = new HashMap<>();

    Publisher(WatchedDisk disk, QoS qos) {
      this.disk = disk;
      this.qos = qos;
    }

    @Override
    public void begin(RawClient client) throws IOException {
      for (int packetId = 1; packetId <= WINDOW; packetId++) {
        publish(client, packetId);
      }
    }

    private void publish(RawClient client, int packetId) throws IOException {
      String mark = "mark-" + lastMark.incrementAndGet();
      marks.put(packetId, mark);
      client.send(RawClient.publish("topic", qos, packetId, mark.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void heard(RawClient client, Packet packet) throws IOException {
      switch (packet) {
        case PubAck ack -> {
          heardOf(ack.packetId());
          publish(client, ack.packetId());
        }
        case PubRec received -> {
          heardOf(received.packetId());
          releasedNanos.put(received.packetId(), System.nanoTime());
          client.send(new PubRel(received.packetId()));
        }
        case PubComp complete -> {
          long sinceNanos = releasedNanos.getOrDefault(complete.packetId(), Long.MAX_VALUE);
          check(disk.hasSyncedSince(sinceNanos), "PUBCOMP");
          publish(client, complete.packetId());
        }
        default -> throw new IOException("a publisher was sent " + packet);
      }
    }

    private void heardOf(int packetId) {
      String mark = marks.getOrDefault(packetId, "nothing");
      check(disk.isSafe(mark), "the answer to " + mark);
      acknowledged(mark);
    }
  }

  private final class Subscriber implements Role {
    private final WatchedDisk disk;
    private final Map<Integer, Long> receivedNanos = new HashMap<>();

    Subscriber(WatchedDisk disk) {
      this.disk = disk;
    }

    @Override
    public void begin(RawClient client) {}

    @Override
    public void heard(RawClient client, Packet packet) throws IOException {
      switch (packet) {
        case Publish publish -> {
          String mark = publish.payload().toUtf8();
          check(disk.isSafe(mark), "the delivery of " + mark);
          if (publish.qos() == QoS.AT_LEAST_ONCE) {
            client.send(new PubAck(publish.packetId()));
          } else {
            receivedNanos.put(publish.packetId(), System.nanoTime());
            client.send(new PubRec(publish.packetId()));
          }
        }
        case PubRel release -> {
          long sinceNanos = receivedNanos.getOrDefault(release.packetId(), Long.MAX_VALUE);
          check(disk.hasSyncedSince(sinceNanos), "PUBREL");
          client.send(new PubComp(release.packetId()));
        }
        default -> throw new IOException("a subscriber was sent " + packet);
      }
    }
  }
}
