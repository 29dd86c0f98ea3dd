package io.holdfast.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.ListenerSettings;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What becomes of messages that the core has no space for.
class WithheldTest {
  private static final ListenerSettings ANYBODY = new ListenerSettings(true, -1, true, "auto-");
  private static final TransportLimits LIMITS =
      new TransportLimits(64 << 10, 64 << 10, 64 << 10, 64 << 10, 64 << 10, 1 << 20, 100);

  private static final int READ_BYTES = 64 << 10;

  /// Of what may be read at once, where nothing is kept.
  private static final int WHOLE_SHARE = 8 << 10;

  /// Larger than what a packet may hold that has not come whole, unless it is preferred.
  private static final int LARGE = 40 << 10;

  private static final int PIECE_BYTES = 1000;
  private static final byte[] PING = bytes(new PingReq());
  private static final Connect CONNECT =
      new Connect(
          ProtocolVersion.V3_1_1,
          false,
          "peer",
          true,
          60,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          -1,
          65535,
          -1,
          0,
          false,
          true,
          List.of(),
          Optional.empty(),
          Optional.empty());

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
  private final Core core = new Core();
  private final Connections connections = new Connections(core, LIMITS, allocator);
  private final Listener listener = new Listener(ANYBODY, connections);

  @AfterEach
  void end() {
    connections.release();
  }

  /// Takes as many messages as it may, and all else; notes what it took.
  private static final class Core implements Arrivals {
    private final List<String> taken = new ArrayList<>();
    private final List<Integer> refused = new ArrayList<>();
    private final List<Integer> heard = new ArrayList<>();
    private int mayTake;
    private int offers;
    private int turn;
    private int slowMillis;
    private boolean congested;

    @Override
    public int reading() {
      return ++turn;
    }

    @Override
    public boolean packet(int connection, Packet packet) {
      if (packet instanceof Publish publish) {
        offers++;
        if (mayTake == 0) {
          return false;
        }
        mayTake--;
        taken.add(connection + ":" + publish.payload().asBuffer().getInt());
      } else {
        taken.add(connection + ":" + packet.getClass().getSimpleName());
      }
      return true;
    }

    @Override
    public boolean isCongested() {
      return congested;
    }

    @Override
    public int slowMillis(int connection) {
      return slowMillis;
    }

    @Override
    public void refused(
        int connection, Decoded.Malformed malformed, Optional<ProtocolVersion> version) {
      refused.add(connection);
    }

    @Override
    public void refused(int connection, Decoded.UnsupportedVersion version) {
      throw new AssertionError("the version is spoken");
    }

    @Override
    public void connected(int connection, ListenerSettings settings, String address) {}

    @Override
    public void disconnected(int connection, String why) {}

    @Override
    public void writable(int connection, boolean writable) {}

    @Override
    public void heard(int connection) {
      heard.add(connection);
    }

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

  /// One connection, and who sends on it.
  final class Peer {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Connection connection = new Connection(connections, listener, channel);

    Peer() {
      channel.pipeline().addLast(connection);
      connection.channelActive(channel.pipeline().context(connection));
      send(bytes(CONNECT));
      core.taken.clear();
    }

    /// All of it is read at once. Where it was read to is overwritten then.
    void send(byte[]... parts) {
      assertFalse(connection.isPaused(), "it is read from");
      ByteBuf memory = connections.readInto(core.reading());
      for (byte[] part : parts) {
        memory.writeBytes(part);
      }
      channel.writeInbound(memory);
      ByteBuffer read = connections.bytesRead(READ_BYTES);
      while (read.hasRemaining()) {
        read.put((byte) 0xEE);
      }
    }

    /// Sends piece by piece, and goes on only where it is read from.
    void sendAsFarAsItIsRead(byte[] all) {
      for (int from = 0; from < all.length && !connection.isPaused(); from += PIECE_BYTES) {
        send(Arrays.copyOfRange(all, from, Math.min(all.length, from + PIECE_BYTES)));
        connections.turnEnded(System.nanoTime());
      }
    }

    boolean isWithheld() {
      return connection.isPaused(Connection.WITHHELD);
    }
  }

  private static byte[] bytes(Packet packet) {
    ByteBuffer bytes =
        ByteBuffer.allocate((int) PacketEncoder.length(packet, ProtocolVersion.V3_1_1));
    PacketEncoder.encode(packet, ProtocolVersion.V3_1_1, bytes);
    return bytes.array();
  }

  private static byte[] message(int number, int payloadBytes) {
    byte[] payload = ByteBuffer.allocate(payloadBytes).putInt(number).array();
    return bytes(
        new Publish(
            false,
            QoS.AT_LEAST_ONCE,
            false,
            number,
            Bytes.utf8("t"),
            0,
            -1,
            SubscriptionIdentifiers.NONE,
            Bytes.EMPTY,
            Bytes.own(payload)));
  }

  private static byte[] message(int number) {
    return message(number, 100);
  }

  private static byte[] part(byte[] all, int from, int until) {
    return Arrays.copyOfRange(all, from, until);
  }

  private static List<String> notes(String... notes) {
    return List.of(notes);
  }

  /// How much is kept, over all connections.
  private long kept() {
    return allocator.metric().usedDirectMemory();
  }

  private void nothingIsKept() {
    assertEquals(0, kept());
    assertEquals(WHOLE_SHARE, connections.readInto(core.reading()).capacity());
  }

  @Test
  void nothingBehindAWithheldMessageIsTakenBeforeIt() {
    Peer peer = new Peer();
    byte[] third = message(3);
    peer.send(message(1), message(2), PING, part(third, 0, 50));
    assertTrue(peer.isWithheld());
    connections.offerAgain();
    connections.offerAgain();
    assertEquals(notes(), core.taken);
    assertEquals(3, core.offers);

    core.mayTake = 1;
    connections.offerAgain();
    assertEquals(notes("0:1"), core.taken);
    assertTrue(peer.isWithheld());

    core.mayTake = 2;
    connections.offerAgain();
    assertEquals(notes("0:1", "0:2", "0:PingReq"), core.taken);
    assertFalse(peer.isWithheld());
    peer.send(part(third, 50, third.length), PING);
    assertEquals(notes("0:1", "0:2", "0:PingReq", "0:3", "0:PingReq"), core.taken);
    nothingIsKept();
  }

  @Test
  void aMessageThatCameInPiecesIsWithheldWithWhatCameBehindIt() {
    Peer peer = new Peer();
    byte[] first = message(1, 3000);
    peer.send(part(first, 0, 1));
    peer.send(part(first, 1, 1000));
    peer.send(part(first, 1000, first.length), message(2), PING);
    assertTrue(peer.isWithheld());
    connections.offerAgain();
    assertEquals(notes(), core.taken);

    core.mayTake = 2;
    connections.offerAgain();
    assertEquals(notes("0:1", "0:2", "0:PingReq"), core.taken);
    assertFalse(peer.connection.isPaused());
    nothingIsKept();
  }

  @Test
  void whoWaitedLongestComesFirstAndWhoHadATurnComesLast() {
    for (int i = 0; i < 3; i++) {
      new Peer().send(message(1), message(2));
    }
    for (int i = 0; i < 6; i++) {
      connections.offerAgain();
      core.mayTake = 1;
      connections.offerAgain();
      assertEquals(0, core.mayTake);
    }
    assertEquals(notes("0:1", "1:1", "2:1", "0:2", "1:2", "2:2"), core.taken);
    nothingIsKept();
  }

  @Test
  void whatIsWithheldIsOfferedOnceASecondToo() {
    new Peer().send(message(1));
    core.mayTake = 1;
    connections.tick(System.nanoTime());
    assertEquals(notes("0:1"), core.taken);
  }

  @Test
  void whatIsWithheldWaitsForTheDiskAsWellAndIsOfferedAsSoonAsThatHasCaughtUp() {
    Peer peer = new Peer();
    peer.send(message(1));
    core.mayTake = 1;
    core.congested = true;
    connections.offerAgain();
    assertEquals(notes(), core.taken);
    core.congested = false;
    connections.resumeCongested();
    assertEquals(notes("0:1"), core.taken);
    assertFalse(peer.connection.isPaused());
  }

  @Test
  void whoIsWithheldIsNotTakenForSilentHoweverShortItsKeepAlive() {
    new Peer().send(PING);
    new Peer().send(message(1));
    long start = System.nanoTime();
    for (int i = 0; i <= 15; i++) {
      connections.withheldHeard(start + TimeUnit.MILLISECONDS.toNanos(100L * i));
    }
    assertEquals(Collections.nCopies(8, 1), core.heard);
  }

  @Test
  void whatIsWithheldIsNotTakenOnceTheBrokerStops() {
    new Peer().send(message(1));
    core.mayTake = 1;
    connections.stopReading(0);
    connections.offerAgain();
    assertEquals(notes(), core.taken);
  }

  enum End {
    CLOSED_BY_THE_CORE {
      @Override
      void end(Connections connections, Peer peer) {
        connections.close(peer.connection.id());
        connections.tellClosed(0);
      }
    },
    CUT {
      @Override
      void end(Connections connections, Peer peer) {
        peer.connection.cut("as the test wants");
        peer.channel.runPendingTasks();
      }
    },
    LOST {
      @Override
      void end(Connections connections, Peer peer) {
        var unused = peer.channel.close();
        peer.channel.runPendingTasks();
      }
    },
    STOPPED {
      @Override
      void end(Connections connections, Peer peer) {
        connections.stopReading(0);
        connections.close(peer.connection.id());
        connections.tellClosed(0);
      }
    };

    abstract void end(Connections connections, Peer peer);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWithheldIsForgottenWithItsConnection(End end) {
    Peer whole = new Peer();
    whole.send(message(1, 2000), message(2));
    Peer pieces = new Peer();
    byte[] first = message(1, 3000);
    pieces.send(part(first, 0, 1000));
    pieces.send(part(first, 1000, first.length), message(2));
    assertTrue(kept() > 5000);
    for (Peer peer : List.of(whole, pieces)) {
      assertTrue(peer.isWithheld());
      end.end(connections, peer);
    }
    nothingIsKept();
    core.mayTake = 9;
    connections.offerAgain();
    assertEquals(notes(), core.taken);
  }

  @Test
  void whatIsWithheldMakesWayForOthersWhereItHoldsTheLastMemory() {
    Peer withheld = new Peer();
    withheld.sendAsFarAsItIsRead(message(1, LARGE));
    assertTrue(withheld.isWithheld());
    Peer other = new Peer();
    other.sendAsFarAsItIsRead(message(1, LARGE));
    assertTrue(other.connection.isPaused(Connection.NO_MEMORY));
    long kept = kept();
    assertTrue(kept < 2 * LARGE, "the bound is kept: " + kept);

    long start = System.nanoTime();
    connections.tick(start);
    assertEquals(List.of(), core.refused);
    connections.tick(start + TimeUnit.SECONDS.toNanos(4));
    assertEquals(List.of(withheld.connection.id()), core.refused);
    connections.close(withheld.connection.id());
    connections.tellClosed(start);
    connections.turnEnded(start);
    assertFalse(other.connection.isPaused());
  }

  @Test
  void theLastMemoryIsGivenOnOnceWhatIsWithheldThereIsTaken() {
    Peer withheld = new Peer();
    withheld.sendAsFarAsItIsRead(message(1, LARGE));
    Peer other = new Peer();
    other.sendAsFarAsItIsRead(message(1, LARGE));
    core.mayTake = 1;
    connections.offerAgain();
    connections.turnEnded(System.nanoTime());
    assertEquals(notes("0:1"), core.taken);
    assertFalse(other.connection.isPaused());
  }

  /// Somebody who has published, and is not read from for so long.
  private Peer slowedDown(int millis) {
    core.mayTake++;
    core.slowMillis = millis;
    Peer peer = new Peer();
    peer.send(message(1));
    assertTrue(peer.connection.isPaused(Connection.SLOWED));
    return peer;
  }

  @Test
  void whoIsSlowedDownForAShorterTimeGoesOnEarlier() {
    slowedDown(100);
    Peer quick = slowedDown(5);
    long after = System.nanoTime();
    connections.resumeSlowed(after + TimeUnit.MILLISECONDS.toNanos(5));
    assertFalse(quick.connection.isPaused(Connection.SLOWED));
  }

  @Test
  void whoHasPublishedIsNotReadFromForAWhileWhereSpaceRunsOut() {
    Peer other = new Peer();
    long before = System.nanoTime();
    Peer publisher = slowedDown(50);
    other.send(PING);
    long after = System.nanoTime();
    assertFalse(other.connection.isPaused());

    long left = connections.resumeSlowed(before + TimeUnit.MILLISECONDS.toNanos(49));
    assertTrue(left > 0, "it has to be asked again");
    assertTrue(publisher.connection.isPaused(Connection.SLOWED));
    assertEquals(-1, connections.resumeSlowed(after + TimeUnit.MILLISECONDS.toNanos(50)));
    publisher.send(PING);
    assertFalse(publisher.connection.isPaused());
  }
}
