package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.ListenerSettings;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.server.transport.Arrivals;
import io.holdfast.server.transport.EventLoopThread;
import io.holdfast.server.transport.ListenerOptions;
import io.holdfast.server.transport.Transport;
import io.holdfast.server.transport.TransportLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the loop does about connections that it does not read from: nothing.
@Timeout(60)
class NotReadFromTest {
  private static final int ROUNDS = 100;

  /// How often the loop may look at a connection until it has understood that it has ended.
  private static final int LOOKS = 10;

  private static final long WHILE_NANOS = 10_000_000_000L;

  enum Leaves {
    ENDS_ITS_HALF {
      @Override
      void leave(RawClient client) throws IOException {
        client.finish();
      }
    },
    CLOSES {
      @Override
      void leave(RawClient client) throws IOException {
        client.hangUp();
      }
    },
    RESETS {
      @Override
      void leave(RawClient client) throws IOException {
        client.reset();
      }
    };

    abstract void leave(RawClient client) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatEndsWhileItIsNotReadFromDoesNotKeepTheLoopAwake(Leaves leaves)
      throws Exception {
    try (Looking looking = new Looking();
        RawClient slowed = new RawClient(looking.port(), ProtocolVersion.V5);
        RawClient other = new RawClient(looking.port(), ProtocolVersion.V5)) {
      slowed.send(RawClient.connect(ProtocolVersion.V5, "slowed", true));
      other.send(RawClient.connect(ProtocolVersion.V5, "other", true));
      goRound(other);
      looking.congested = true;
      slowed.send(RawClient.publish("t", QoS.AT_MOST_ONCE, 0, new byte[10]));
      goRound(other);
      slowed.send(RawClient.publish("t", QoS.AT_MOST_ONCE, 0, new byte[10]));
      int before = looking.looks.get();
      leaves.leave(slowed);
      for (int i = 0; i < ROUNDS; i++) {
        goRound(other);
      }
      int looks = looking.looks.get() - before;
      assertTrue(looks <= ROUNDS + LOOKS, looks + " looks in " + ROUNDS + " rounds");
      assertEquals(1, looking.messages.get());

      looking.congested = false;
      looking.resume();
      Patience.await("the connection is told as gone", looking.gone);
      assertEquals(2, looking.messages.get());
    }
  }

  /// Else those would gather whose clients have given up, and leave no room for others.
  @ParameterizedTest
  @EnumSource
  void aConnectionThatEndsWhileItIsWithheldIsGoneAfterAWhile(Leaves leaves) throws Exception {
    try (Looking looking = new Looking();
        RawClient withheld = new RawClient(looking.port(), ProtocolVersion.V3_1_1);
        RawClient staying = new RawClient(looking.port(), ProtocolVersion.V3_1_1);
        RawClient other = new RawClient(looking.port(), ProtocolVersion.V3_1_1)) {
      looking.withholds = true;
      for (RawClient client : List.of(withheld, staying)) {
        client.send(RawClient.connect(ProtocolVersion.V3_1_1, "withheld", true));
        client.send(RawClient.publish("t", QoS.AT_MOST_ONCE, 0, new byte[10]));
      }
      other.send(RawClient.connect(ProtocolVersion.V3_1_1, "other", true));
      goRound(other);
      goRound(other);
      int before = looking.looks.get();
      leaves.leave(withheld);
      for (int i = 0; i < ROUNDS; i++) {
        goRound(other);
      }
      int looks = looking.looks.get() - before;
      assertTrue(looks <= ROUNDS + LOOKS, looks + " looks in " + ROUNDS + " rounds");
      looking.tickLater();
      Patience.await("the connection is told as gone", looking.gone);
      assertEquals(0, looking.messages.get());
      looking.withholds = false;
      looking.tickLater();
      goRound(staying);
      assertEquals(1, looking.messages.get());
    }
  }

  @Test
  void aConnectionThatIsOwedAnswersIsGoneAsSoonAsItIsReset() throws Exception {
    try (Looking looking = new Looking();
        RawClient slowed = new RawClient(looking.port(), ProtocolVersion.V5, 4096);
        RawClient other = new RawClient(looking.port(), ProtocolVersion.V5)) {
      slowed.send(RawClient.connect(ProtocolVersion.V5, "slowed", true));
      other.send(RawClient.connect(ProtocolVersion.V5, "other", true));
      goRound(other);
      looking.answerBytes = 16 << 20;
      looking.congested = true;
      slowed.send(RawClient.publish("t", QoS.AT_MOST_ONCE, 0, new byte[10]));
      goRound(other);
      goRound(other);
      slowed.send(RawClient.publish("t", QoS.AT_MOST_ONCE, 0, new byte[10]));
      int before = looking.looks.get();
      slowed.reset();
      for (int i = 0; i < ROUNDS; i++) {
        goRound(other);
      }
      int looks = looking.looks.get() - before;
      assertTrue(looks <= ROUNDS + LOOKS, looks + " looks in " + ROUNDS + " rounds");
      assertEquals(1, looking.messages.get());
      Patience.await("the connection is told as gone", looking.gone);
    }
  }

  private static void goRound(RawClient client) throws IOException {
    client.send(new PingReq());
    client.receive(PingResp.class);
  }

  /// A core that answers pings, and counts.
  private static final class Looking implements Arrivals, AutoCloseable {
    private final EventLoopThread thread = new EventLoopThread();
    private final Transport transport =
        new Transport(thread, this, TransportLimits.forHeap(64 << 20));
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger messages = new AtomicInteger();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private volatile boolean congested;
    private volatile boolean withholds;

    /// How much a message is answered with.
    private volatile int answerBytes;

    private int turn;
    private boolean turnIsDue;
    private long ticked = System.nanoTime();

    Looking() throws Exception {
      InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      transport.bind(List.of(new ListenerOptions(anyPort, true, TestBroker.ANYBODY)));
      transport.accept();
    }

    int port() {
      return transport.addresses().getFirst().getPort();
    }

    void resume() {
      thread.execute(() -> transport.connections().resumeCongested());
    }

    /// It seems that a while has passed.
    void tickLater() {
      thread.execute(() -> {
        ticked += WHILE_NANOS;
        transport.connections().tick(ticked);
      });
    }

    @Override
    public void close() {
      thread.execute(() -> {
        transport.close();
        transport.connections().cutAll("the test is over");
        thread.shutdown();
      });
      Patience.await("the loop ends", thread.ended());
    }

    private void endTurn() {
      turnIsDue = false;
      turn++;
      transport.connections().flush();
    }

    @Override
    public int reading() {
      looks.incrementAndGet();
      if (!turnIsDue) {
        turnIsDue = true;
        thread.afterIteration(this::endTurn);
      }
      return turn;
    }

    @Override
    public boolean packet(int connection, Packet packet) {
      if (withholds && packet instanceof Publish) {
        return false;
      }
      switch (packet) {
        case Publish publish -> {
          messages.incrementAndGet();
          if (answerBytes > 0) {
            byte[] payload = new byte[answerBytes];
            transport
                .connections()
                .send(connection, RawClient.publish("t", QoS.AT_MOST_ONCE, 0, payload));
          }
        }
        case PingReq ping -> transport.connections().send(connection, new PingResp());
        case Connect connect -> {}
        default -> throw new AssertionError("nothing else is sent");
      }
      return true;
    }

    @Override
    public void disconnected(int connection, String why) {
      gone.complete(null);
    }

    @Override
    public int slowMillis(int connection) {
      return 0;
    }

    @Override
    public boolean isCongested() {
      return congested;
    }

    @Override
    public void connected(int connection, ListenerSettings listener, String address) {}

    @Override
    public void refused(
        int connection, Decoded.Malformed malformed, Optional<ProtocolVersion> version) {
      throw new AssertionError(malformed.why());
    }

    @Override
    public void refused(int connection, Decoded.UnsupportedVersion version) {
      throw new AssertionError("the version is spoken");
    }

    @Override
    public void writable(int connection, boolean writable) {}

    @Override
    public void heard(int connection) {}

    @Override
    public void ended() {}

    @Override
    public void denied(String address, String why) {
      throw new AssertionError(why);
    }

    @Override
    public void warn(String text) {
      throw new AssertionError(text);
    }
  }
}
