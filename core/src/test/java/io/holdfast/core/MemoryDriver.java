package io.holdfast.core;

import io.holdfast.core.record.RecordCodec;
import io.holdfast.log.MemoryLog;
import io.holdfast.log.MemorySnapshots;
import io.holdfast.log.RecordView;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/// Drives a broker as a server does, but with a log in memory and connections that lead nowhere.
///
/// It keeps its side of the bargain to the letter and no more: every packet goes through its bytes,
/// the bytes are overwritten when the call that lent them is over, nothing calls the broker back,
/// and the numbers of closed connections are used again at once.
final class MemoryDriver implements Effects {
  private static final int TURNS_MAX = 10_000;
  private static final byte STALE = 0x55;

  private final BrokerSettings settings;
  private final ListenerSettings listener;
  private final Heard heard;
  private final TreeMap<Integer, Link> links = new TreeMap<>();
  private final List<Link> closing = new ArrayList<>();
  private MemoryLog log;
  private MemorySnapshots snapshots;
  private Broker broker;
  private long nowMillis;
  private boolean inBroker;

  MemoryDriver(
      BrokerSettings settings,
      ListenerSettings listener,
      Heard heard,
      MemoryLog log,
      long nowMillis) {
    this.settings = settings;
    this.listener = listener;
    this.heard = heard;
    this.log = log;
    this.snapshots = new MemorySnapshots(log, List.of());
    this.broker = new Broker(settings, this, new Random(1));
    this.nowMillis = nowMillis;
    recover(Map.of());
  }

  static MemoryLog newLog(long segmentLength, IntUnaryOperator growth) {
    return new MemoryLog(1, segmentLength, growth);
  }

  Broker broker() {
    return broker;
  }

  MemoryLog log() {
    return log;
  }

  MemorySnapshots snapshots() {
    return snapshots;
  }

  long nowMillis() {
    return nowMillis;
  }

  // What happens to the broker

  Link connected(String name) {
    int id = 0;
    while (links.containsKey(id)) {
      id++;
    }
    Link link = new Link(id, name, settings.maximumPacketSize());
    links.put(id, link);
    int number = id;
    call(() -> broker.connected(number, listener, "127.0.0.1"));
    return link;
  }

  /// `packet` arrives on `link`, as the bytes of that version.
  void packet(Link link, Packet packet) {
    if (packet instanceof Connect connect) {
      link.version(connect.version());
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) PacketEncoder.length(packet, link.version()));
    PacketEncoder.encode(packet, link.version(), bytes);
    bytes(link, bytes.array());
  }

  /// Whole packets, well-formed or not, arrive on `link`.
  void bytes(Link link, byte[] bytes) {
    boolean waits = link.withheld().size() > 0;
    link.withheld().writeBytes(bytes);
    if (!waits) {
      offer(link);
    }
  }

  /// Who was withheld may try again.
  void room() {
    List.copyOf(links.values()).stream()
        .filter(link -> link.withheld().size() > 0)
        .forEach(this::offer);
  }

  private void offer(Link link) {
    ByteBuffer input = ByteBuffer.wrap(link.withheld().toByteArray());
    link.withheld().reset();
    boolean[] taken = {true};
    while (taken[0] && input.hasRemaining() && !link.isClosing()) {
      int start = input.position();
      Decoded decoded = link.decoder().decode(input);
      call(() -> taken[0] = hand(link, decoded));
      if (!taken[0]) {
        heard.withheld(link);
        link.withheld().write(input.array(), start, input.limit() - start);
      }
      if (!(decoded instanceof Decoded.Complete)) {
        break;
      }
    }
    Arrays.fill(input.array(), STALE);
  }

  private boolean hand(Link link, Decoded decoded) {
    switch (decoded) {
      case Decoded.Complete complete -> {
        if (complete.packet() instanceof Connect connect) {
          link.version(connect.version());
          link.maximumPacketSize(connect.maximumPacketSize());
        }
        return broker.packet(link.id(), complete.packet());
      }
      case Decoded.Incomplete incomplete ->
          throw new IllegalArgumentException("a test sends whole packets");
      case Decoded.Malformed malformed ->
          link.decoder()
              .version()
              .ifPresentOrElse(
                  version -> {
                    link.version(version);
                    broker.refused(link.id(), malformed, version);
                  },
                  () -> broker.refused(link.id(), malformed));
      case Decoded.UnsupportedVersion version -> {
        link.version((version.level() & 0x7F) <= 4 ? ProtocolVersion.V3_1_1 : ProtocolVersion.V5);
        broker.refused(link.id(), version);
      }
    }
    return true;
  }

  /// The connection breaks.
  void lost(Link link, String why) {
    links.remove(link.id());
    call(() -> broker.disconnected(link.id(), why));
  }

  void writable(Link link, boolean takesMore) {
    link.writable(takesMore);
    call(() -> broker.writable(link.id(), takesMore));
  }

  /// Nothing is read from it for now.
  void heard(Link link) {
    call(() -> broker.heard(link.id()));
  }

  double takeFullness(Link link) {
    return broker.takeFullness(link.id());
  }

  void memory(boolean isLacking) {
    call(() -> broker.memory(isLacking));
  }

  void time(long millis) {
    nowMillis = millis;
    call(() -> broker.time(millis));
  }

  /// The end of a turn, again and again until nothing is left to do.
  void turn() {
    for (int turns = 0; turn(true); turns++) {
      if (turns == TURNS_MAX) {
        throw new IllegalStateException("the broker always has more to do");
      }
    }
  }

  private boolean turn(boolean whole) {
    boolean[] more = new boolean[2];
    call(() -> more[0] = broker.endTurn());
    call(() -> more[1] = log.answer());
    snapshots.putInPlace();
    return (more[0] || more[1]) && whole;
  }

  /// One turn, whether or not more is left. True where it is.
  boolean oneTurn() {
    return turn(true);
  }

  /// Everything before `position` is safe.
  void durable(long position) {
    log.durable(position);
    snapshots.putInPlace();
    call(() -> broker.durable());
  }

  void readable() {
    if (log.fetch()) {
      call(() -> broker.readable());
    }
  }

  void stop() {
    call(() -> broker.stop());
  }

  /// The process dies, and a new one starts on what its disk has.
  ///
  /// @param keptBeyond how many records survive that were not known to be durable
  void crash(int keptBeyond) {
    links.clear();
    closing.clear();
    Map<Long, Long> moved = new HashMap<>();
    List<MemorySnapshots.Whole> kept = snapshots.kept();
    long newest = snapshots.newest().map(whole -> whole.parts().getLast().position()).orElse(0L);
    log = log.afterCrash(keptBeyond, newest, moved);
    snapshots = new MemorySnapshots(log, kept);
    broker = new Broker(settings, this, new Random(1));
    recover(moved);
  }

  private void recover(Map<Long, Long> moved) {
    replay(broker, snapshots.newest(), moved);
    log.listener(record -> {
      RecordView view = new RecordView();
      log.lend(record, view);
      heard.appended(record.position(), RecordCodec.decode(view));
    });
    call(() -> broker.start(log, snapshots, nowMillis));
  }

  /// What a broker would be that recovered all that the log holds now, durable or not.
  Broker mirror(Optional<MemorySnapshots.Whole> snapshot) {
    Broker mirror = new Broker(settings, this, new Random(1));
    replay(mirror, snapshot, Map.of());
    return mirror;
  }

  private void replay(
      Broker into, Optional<MemorySnapshots.Whole> snapshot, Map<Long, Long> moved) {
    RecordView view = new RecordView();
    for (int segment = log.oldestSegment(); segment <= log.segmentOf(log.end()); segment++) {
      if (log.holdsSegment(segment)) {
        into.recoverSegment(log.segmentEnd(segment - 1));
      }
    }
    if (snapshot.isPresent()) {
      for (MemorySnapshots.Part part : snapshot.get().parts()) {
        log.lend(new MemoryLog.Appended(part.position(), 0, part.bytes()), view);
        into.recoverPart(part.position(), view);
      }
    }
    long from = snapshot.map(MemorySnapshots.Whole::replayFrom).orElse(0L);
    for (MemoryLog.Appended record : log.recordsFrom(from)) {
      log.lend(record, view);
      long position = record.position();
      into.recoverRecord(moved.getOrDefault(position, position), position, view);
    }
  }

  private void call(Runnable happening) {
    if (inBroker) {
      throw new IllegalStateException("the broker is called by one at a time");
    }
    inBroker = true;
    happening.run();
    inBroker = false;
    List<Link> ended = List.copyOf(closing);
    closing.clear();
    for (Link link : ended) {
      if (links.remove(link.id(), link)) {
        call(() -> broker.disconnected(link.id(), "closed by the broker"));
      }
    }
  }

  // What the broker asks for

  @Override
  public void send(int connection, Packet packet) {
    Link link = link(connection);
    if (link.isClosing()) {
      throw new IllegalStateException("nothing is sent after a close");
    }
    int length = (int) PacketEncoder.length(packet, link.version());
    if (length > link.maximumPacketSize()) {
      throw new IllegalStateException("no packet is larger than its client takes: " + packet);
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    PacketEncoder.encode(packet, link.version(), bytes);
    if (bytes.hasRemaining()) {
      throw new IllegalStateException("a packet is as long as it says");
    }
    PacketDecoder reader =
        new PacketDecoder(Limits.PACKET_BYTES_MAX, PacketDecoder.Role.SERVER, link.version());
    if (!(reader.decode(bytes.flip()) instanceof Decoded.Complete complete)) {
      throw new IllegalStateException("the broker sends well-formed packets: " + packet);
    }
    heard.sent(link, complete.packet());
  }

  @Override
  public boolean isWritable(int connection) {
    return link(connection).isWritable();
  }

  @Override
  public void close(int connection) {
    Link link = link(connection);
    link.closing();
    closing.add(link);
    heard.closed(link);
  }

  @Override
  public void observe(Event event) {
    heard.observed(event);
  }

  private Link link(int connection) {
    Link link = links.get(connection);
    if (!inBroker || link == null) {
      throw new IllegalStateException("the broker speaks of connections that there are");
    }
    return link;
  }
}
