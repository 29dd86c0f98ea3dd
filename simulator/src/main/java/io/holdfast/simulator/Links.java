package io.holdfast.simulator;

import io.holdfast.core.Broker;
import io.holdfast.core.ListenerSettings;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.packet.Unsubscribe;
import io.holdfast.simulator.workload.Reached;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// The connections of a broker's process, by the numbers that the core knows them by: what the
/// server's transport is, on the simulated network.
final class Links {
  private static final byte STALE = 0x55;
  private static final long ENDING_NANOS = 5_000_000_000L;
  private static final int ROOM_BYTES = 4096;

  private final BrokerProcess process;
  private final Transport transport;
  private final ListenerSettings listener;
  private final int packetBytesMax;
  private final TreeMap<Integer, Link> byId = new TreeMap<>();
  private final BitSet taken = new BitSet();
  private final Set<Link> ready = new LinkedHashSet<>();
  private final Set<Link> dirty = new LinkedHashSet<>();
  private final List<Link> closed = new ArrayList<>();
  private final Set<Link> ending = new LinkedHashSet<>();
  private final List<Link> congested = new ArrayList<>();
  private final Set<Link> withheld = new LinkedHashSet<>();
  private ByteBuffer input = ByteBuffer.allocate(ROOM_BYTES);
  private ByteBuffer output = ByteBuffer.allocate(ROOM_BYTES);
  private long publishes;

  Links(BrokerProcess process, Transport transport, ListenerSettings listener, int packetBytesMax) {
    this.process = process;
    this.transport = transport;
    this.listener = listener;
    this.packetBytesMax = packetBytesMax;
  }

  /// How many messages came in.
  long publishes() {
    return publishes;
  }

  /// How many there are, with those whose end is not through yet.
  int count() {
    return byId.size() + ending.size();
  }

  // What the network tells

  Link accept(SimConnection connection) {
    int id = taken.nextClearBit(0);
    taken.set(id);
    Link link = new Link(this, id, connection, packetBytesMax);
    byId.put(id, link);
    process.input(() -> {
      process.broker().connected(id, listener, "10.0.0." + id);
      link.known();
    });
    return link;
  }

  void readable(Link link) {
    if (link.isKnown() && link.isOpen() && !link.isPaused()) {
      ready.add(link);
      process.wake();
    }
  }

  void drained(Link link) {
    process.input(() -> {
      if (link.isOpen() || ending.contains(link)) {
        dirty.add(link);
      }
    });
  }

  void lost(Link link, String why) {
    process.input(() -> {
      if (link.isOpen()) {
        link.closed();
        tellGone(link, why);
      }
      ending.remove(link);
    });
  }

  private void tellGone(Link link, String why) {
    byId.remove(link.id());
    ready.remove(link);
    dirty.remove(link);
    withheld.remove(link);
    process.broker().disconnected(link.id(), why);
    taken.clear(link.id());
  }

  // Reading

  /// Reads what has come, each connection once.
  void readReady() {
    for (Link link : List.copyOf(ready)) {
      ready.remove(link);
      if (link.isOpen() && mayBeRead(link)) {
        read(link);
      }
    }
    if (!ready.isEmpty()) {
      process.wake();
    }
  }

  private boolean mayBeRead(Link link) {
    if (link.publishes()) {
      pauseIfCongested(link);
    }
    return !link.isPaused();
  }

  private void pauseIfCongested(Link link) {
    if (process.isCongested(transport.unsyncedBytes()) && link.pause(Link.CONGESTED)) {
      process.reached(Reached.READING_PAUSED_FOR_THE_DISK);
      congested.add(link);
    }
  }

  private void read(Link link) {
    boolean again = withheld.remove(link);
    int length = again ? 0 : Math.min(transport.readBytes(), link.connection().available());
    if (length > 0 || again) {
      takeIn(link, length);
    }
    if (!link.isOpen() || link.isLost()) {
      return;
    }
    if (link.connection().isAtEnd()) {
      link.closed();
      link.connection().closeByServer();
      tellGone(link, "connection closed by the client");
    } else if (link.connection().available() > 0 && !link.isPaused()) {
      ready.add(link);
    }
  }

  private void takeIn(Link link, int length) {
    Pipe partial = link.partial();
    int bytes = partial.length() + length;
    if (input.capacity() < bytes) {
      input = ByteBuffer.allocate(bytes * 2);
    }
    input.clear();
    partial.moveTo(input, partial.length());
    link.connection().read(input, length);
    input.flip();
    link.publishes(false);
    boolean appends = false;
    while (input.hasRemaining() && link.isOpen()) {
      int start = input.position();
      Decoded decoded = link.decoder().decode(input);
      if (decoded instanceof Decoded.Incomplete) {
        break;
      }
      if (!tell(link, decoded)) {
        process.reached(Reached.PUBLISH_WITHHELD);
        input.position(start);
        withheld.add(link);
        link.pause(Link.WITHHELD);
        break;
      }
      appends |= decoded instanceof Decoded.Complete complete && goesIntoLog(complete.packet());
      if (input.position() == start && link.isOpen()) {
        throw new Violation(
            "invariant", "a connection whose bytes cannot be read is not closed: " + decoded);
      }
      overwrite(start, input.position());
    }
    if (link.isOpen()) {
      partial.put(input, input.remaining());
    }
    overwrite(0, bytes);
    if (appends && link.isOpen()) {
      pauseIfCongested(link);
    }
  }

  /// What the broker was lent is lent until the call returns.
  private void overwrite(int from, int until) {
    for (int at = from; at < until; at++) {
      input.put(at, STALE);
    }
  }

  private static boolean goesIntoLog(Packet packet) {
    return packet instanceof Publish
        || packet instanceof Subscribe
        || packet instanceof Unsubscribe
        || packet instanceof Connect;
  }

  /// Who was withheld may try again.
  void offerAgain() {
    for (Link link : withheld) {
      link.resume(Link.WITHHELD);
    }
  }

  /// False where it is to be told again later.
  private boolean tell(Link link, Decoded decoded) {
    Broker broker = process.broker();
    switch (decoded) {
      case Decoded.Complete complete -> {
        return tell(link, complete.packet());
      }
      case Decoded.Malformed malformed ->
          link.decoder()
              .version()
              .ifPresentOrElse(
                  version -> {
                    link.speaks(version);
                    broker.refused(link.id(), malformed, version);
                  },
                  () -> broker.refused(link.id(), malformed));
      case Decoded.UnsupportedVersion version -> {
        link.speaks((version.level() & 0x7F) <= 4 ? ProtocolVersion.V3_1_1 : ProtocolVersion.V5);
        broker.refused(link.id(), version);
      }
      case Decoded.Incomplete incomplete ->
          throw new IllegalStateException("only what is decoded is told: " + incomplete);
    }
    return true;
  }

  private boolean tell(Link link, Packet packet) {
    process.trace().note("packet", link.id(), packet.getClass().getSimpleName().hashCode());
    if (packet instanceof Publish) {
      publishes++;
      link.publishes(true);
    } else if (packet instanceof Connect connect) {
      link.speaks(connect.version());
    }
    return process.broker().packet(link.id(), packet);
  }

  // What the core asks for

  void send(int id, Packet packet) {
    Link link = link(id);
    if (!link.isOpen()) {
      throw new IllegalStateException("nothing is sent to a connection after its close");
    }
    if (packet instanceof Publish && link.isKnownUnwritable()) {
      throw new Violation("P10", "a message is handed to a connection that takes none");
    }
    int length = link.encodedLength(packet);
    if (output.capacity() < length) {
      output = ByteBuffer.allocate(length * 2);
    }
    link.send(packet, output);
    dirty.add(link);
  }

  boolean isWritable(int id) {
    Link link = link(id);
    if (link.out().length() >= transport.outgoingBytes() && link.isWritable()) {
      link.writable(false);
      process.reached(Reached.CONNECTION_UNWRITABLE);
      dirty.add(link);
    }
    return link.isOpen() && link.isWritable();
  }

  void close(int id) {
    Link link = link(id);
    if (link.isOpen()) {
      link.closed();
      closed.add(link);
    }
  }

  private Link link(int id) {
    Link link = byId.get(id);
    if (link == null) {
      throw new IllegalStateException("the broker speaks of connections that there are: " + id);
    }
    return link;
  }

  // A turn's end, in this order

  /// Tells which connections the core itself has closed.
  void tellClosed() {
    for (Link link : closed) {
      tellGone(link, "");
      if (!link.isLost()) {
        link.endsAt(process.nowNanos() + ENDING_NANOS);
        ending.add(link);
        dirty.add(link);
      }
    }
    closed.clear();
  }

  /// Hands what was sent to the network, and tells who takes deliveries, or none.
  void flush() {
    for (Link link : List.copyOf(dirty)) {
      link.connection().write(link.out());
      if (link.isOpen()) {
        watchAnswers(link);
        watchWritable(link);
      } else if (link.out().isEmpty() && ending.remove(link)) {
        link.connection().closeByServer();
      }
    }
    dirty.clear();
  }

  private void watchAnswers(Link link) {
    if (link.out().length() > transport.answersBytes()) {
      if (link.pause(Link.DOES_NOT_READ)) {
        process.reached(Reached.READING_PAUSED_FOR_UNREAD_ANSWERS);
      }
    } else {
      link.resume(Link.DOES_NOT_READ);
    }
  }

  private void watchWritable(Link link) {
    if (!link.isWritable() && link.out().length() <= transport.outgoingBytes() / 2) {
      link.writable(true);
      process.broker().writable(link.id(), true);
    } else if (!link.isWritable()) {
      process.broker().writable(link.id(), false);
      link.toldUnwritable();
    }
  }

  /// The disk has caught up.
  void resumeCongested() {
    if (!congested.isEmpty() && !process.isCongested(transport.unsyncedBytes() / 2)) {
      List<Link> waiting = List.copyOf(congested);
      congested.clear();
      waiting.forEach(link -> link.resume(Link.CONGESTED));
    }
  }

  // Now and then, and in the end

  void tick() {
    offerAgain();
    for (Link link : byId.values()) {
      if (link.isPaused() && link.isOpen()) {
        process.broker().heard(link.id());
      }
    }
    ending.removeIf(link -> {
      boolean over = process.nowNanos() > link.endsAtNanos();
      if (over) {
        link.connection().resetByServer();
      }
      return over;
    });
  }

  void stopReading() {
    byId.values().forEach(link -> link.pause(Link.STOPPING));
    ready.clear();
  }
}
