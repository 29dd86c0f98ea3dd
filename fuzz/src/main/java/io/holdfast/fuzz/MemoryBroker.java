package io.holdfast.fuzz;

import io.holdfast.core.Broker;
import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Effects;
import io.holdfast.core.Event;
import io.holdfast.core.Limits;
import io.holdfast.core.ListenerSettings;
import io.holdfast.log.LogListener;
import io.holdfast.log.LogOptions;
import io.holdfast.log.LogTask;
import io.holdfast.log.RecordView;
import io.holdfast.log.Recovered;
import io.holdfast.log.RecoveryHandler;
import io.holdfast.log.SegmentedLog;
import io.holdfast.log.SpaceLimit;
import io.holdfast.log.disk.MemoryDisk;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketDecoder;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/// A broker with its log, on a disk in memory and with connections that lead to `Peer`s: it is
/// driven as a server drives it, but every step is the story's.
///
/// What the broker says is written, read again and heard by the peer. Bytes that were lent are
/// overwritten when the call that lent them is over.
final class MemoryBroker {
  private static final LogOptions SMALL =
      new LogOptions(
          16 << 10, 64 << 10, 16 << 10, 16 << 10, 48 << 10, 0, 96 << 10, 0, SpaceLimit.NONE);
  private static final int TURNS_MAX = 10_000;
  private static final int PATIENCE_TURNS = 20;
  private static final int TASKS_MAX = 100_000;
  private static final byte STALE = 0x55;

  private final BrokerSettings settings;
  private final ListenerSettings listener;
  private final MemoryDisk disk;
  private final boolean mayBeDamaged;
  private final TreeMap<Integer, Peer> peers = new TreeMap<>();
  private final List<Peer> closing = new ArrayList<>();
  private final ArrayDeque<LogTask> tasks = new ArrayDeque<>();
  private Broker broker;
  private SegmentedLog log;
  private long nowMillis = 1_000_000;

  /// Starts on what `disk` holds.
  ///
  /// @param mayBeDamaged whether the log may miss a message that it is asked for
  MemoryBroker(
      BrokerSettings settings, ListenerSettings listener, MemoryDisk disk, boolean mayBeDamaged)
      throws IOException {
    this.settings = settings;
    this.listener = listener;
    this.disk = disk;
    this.mayBeDamaged = mayBeDamaged;
    this.broker = new Broker(settings, new Said(), new Random(1));
    this.log = start();
  }

  private SegmentedLog start() throws IOException {
    Recovered recovered =
        SegmentedLog.open(disk, SMALL, tasks::addLast, new Told(), new Recovering());
    log = recovered.log();
    nowMillis = Math.max(nowMillis, broker.lastRecordedMillis());
    log.time(nowMillis);
    broker.start(log, recovered.snapshots(), nowMillis);
    return log;
  }

  /// The process dies, and another one starts on what it left.
  void crash() throws IOException {
    peers.clear();
    closing.clear();
    tasks.clear();
    broker = new Broker(settings, new Said(), new Random(1));
    start();
  }

  /// The broker is stopped in order, and another one starts.
  void restart() throws IOException {
    call(() -> broker.stop());
    for (int turns = 0; !peers.isEmpty() || !log.isQuiet() || !tasks.isEmpty(); turns++) {
      check(turns < TURNS_MAX, "a broker that is to stop stops");
      turn();
      runTasks();
    }
    log.close();
    crash();
  }

  // What happens to it

  /// A client connects, unless the connection is in use.
  void connected(int id) {
    if (!peers.containsKey(id)) {
      peers.put(id, new Peer(id, settings.maximumPacketSize()));
      call(() -> broker.connected(id, listener, "127.0.0.1"));
    }
  }

  /// Bytes arrive, as many as there are of a packet.
  void bytes(int id, byte[] bytes) {
    connected(id);
    Peer peer = peer(id);
    byte[] lent = peer.with(bytes);
    ByteBuffer input = ByteBuffer.wrap(lent);
    while (!peer.isClosing() && peers.get(id) == peer) {
      Decoded decoded = peer.decoder().decode(input);
      if (decoded instanceof Decoded.Incomplete) {
        break;
      }
      call(() -> hand(peer, decoded));
    }
    peer.keep(input);
    Arrays.fill(lent, STALE);
  }

  /// What waits for space gets it: memory has enough. Who waits for room in a queue may wait for
  /// ever, and leaves.
  private void offer(Peer peer, Packet packet) {
    for (int times = 0; !broker.packet(peer.id(), packet); times++) {
      if (settings.queueLimit().mayReject() && times == PATIENCE_TURNS) {
        peers.remove(peer.id());
        broker.disconnected(peer.id(), "lost");
        return;
      }
      check(times < TURNS_MAX, "what there is space for is taken in the end");
      log.flush();
      runTasks();
    }
  }

  private void hand(Peer peer, Decoded decoded) {
    switch (decoded) {
      case Decoded.Complete complete -> {
        if (complete.packet() instanceof Connect connect) {
          peer.speaks(connect.version());
        }
        offer(peer, complete.packet());
      }
      case Decoded.Incomplete incomplete ->
          throw new AssertionError("what is unfinished is kept: " + incomplete);
      case Decoded.Malformed malformed ->
          peer.decoder()
              .version()
              .ifPresentOrElse(
                  version -> {
                    peer.speaks(version);
                    broker.refused(peer.id(), malformed, version);
                  },
                  () -> broker.refused(peer.id(), malformed));
      case Decoded.UnsupportedVersion version -> {
        peer.speaks((version.level() & 0x7F) <= 4 ? ProtocolVersion.V3_1_1 : ProtocolVersion.V5);
        broker.refused(peer.id(), version);
      }
    }
  }

  /// What the connection speaks, 5.0 before its CONNECT.
  ProtocolVersion version(int id) {
    Peer peer = peers.get(id);
    return peer == null ? ProtocolVersion.V5 : peer.version();
  }

  /// `packet` arrives, in the version of the connection.
  void packet(int id, Packet packet) {
    connected(id);
    ProtocolVersion version = packet instanceof Connect connect ? connect.version() : version(id);
    bytes(id, encoded(packet, version));
  }

  /// The peer answers the oldest thing that it owes an answer. False where there is none.
  boolean answer(int id) {
    connected(id);
    Peer peer = peer(id);
    var answer = peer.answer();
    answer.ifPresent(packet -> packet(id, packet));
    return answer.isPresent() && peers.get(id) == peer;
  }

  void lost(int id) {
    if (peers.remove(id) != null) {
      call(() -> broker.disconnected(id, "lost"));
    }
  }

  void writable(int id, boolean takesMore) {
    if (peers.containsKey(id)) {
      peer(id).writable(takesMore);
      call(() -> broker.writable(id, takesMore));
    }
  }

  void heard(int id) {
    if (peers.containsKey(id)) {
      call(() -> broker.heard(id));
    }
  }

  void passed(long millis) {
    nowMillis += millis;
    log.time(nowMillis);
    call(() -> broker.time(nowMillis));
  }

  /// A turn ends, and those after it, until nothing is left to do.
  void turn() {
    boolean[] more = new boolean[1];
    int turns = 0;
    do {
      check(turns++ < TURNS_MAX, "the work of a turn comes to an end");
      call(() -> more[0] = broker.endTurn());
      log.flush();
    } while (more[0]);
  }

  /// The disk does what it was asked for.
  void runTasks() {
    for (int run = 0; !tasks.isEmpty(); run++) {
      check(run < TASKS_MAX, "the log's work comes to an end");
      runTask();
    }
  }

  /// The oldest task of the log is run. One thread does the work of both lanes.
  void runTask() {
    LogTask task = tasks.pollFirst();
    if (task == null) {
      return;
    }
    try {
      task.run();
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    }
    call(task::finished);
  }

  void idle() {
    log.idle(broker.awaitsSettled());
  }

  private Peer peer(int id) {
    Peer peer = peers.get(id);
    if (peer == null) {
      throw new AssertionError("the broker speaks of connections that there are");
    }
    return peer;
  }

  private void call(Runnable happening) {
    happening.run();
    List<Peer> ended = List.copyOf(closing);
    closing.clear();
    for (Peer peer : ended) {
      if (peers.remove(peer.id(), peer)) {
        call(() -> broker.disconnected(peer.id(), "closed"));
      }
    }
  }

  private static byte[] encoded(Packet packet, ProtocolVersion version) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(PacketEncoder.length(packet, version)));
    PacketEncoder.encode(packet, version, bytes);
    check(!bytes.hasRemaining(), "a packet is as long as it says");
    return bytes.array();
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private final class Said implements Effects {
    @Override
    public void send(int connection, Packet packet) {
      Peer peer = peer(connection);
      check(!peer.isClosing(), "nothing is said after a close");
      byte[] bytes = encoded(packet, peer.version());
      PacketDecoder reader =
          new PacketDecoder(Limits.PACKET_BYTES_MAX, PacketDecoder.Role.SERVER, peer.version());
      if (reader.decode(ByteBuffer.wrap(bytes)) instanceof Decoded.Complete complete) {
        peer.hears(complete.packet());
      } else {
        throw new AssertionError("the broker says well-formed packets: " + packet);
      }
    }

    @Override
    public boolean isWritable(int connection) {
      return peer(connection).isWritable();
    }

    @Override
    public void close(int connection) {
      Peer peer = peer(connection);
      peer.closing();
      closing.add(peer);
    }

    @Override
    public void observe(Event event) {}
  }

  private final class Told implements LogListener {
    @Override
    public void durable(long position) {
      broker.durable();
    }

    @Override
    public void room() {}

    @Override
    public void readable() {
      broker.readable();
    }

    @Override
    public void failed(IOException why) {
      throw new AssertionError("memory does not fail", why);
    }

    @Override
    public void damaged(long position, String file, String why) {
      check(mayBeDamaged, "damage at %d of %s: %s".formatted(position, file, why));
    }
  }

  private final class Recovering implements RecoveryHandler {
    @Override
    public void segment(long position) {
      broker.recoverSegment(position);
    }

    @Override
    public void snapshotPart(long position, RecordView part) {
      broker.recoverPart(position, part);
    }

    @Override
    public void record(long oldPosition, long position, int key, RecordView record) {
      broker.recoverRecord(oldPosition, position, record);
    }
  }
}
