package io.holdfast.core;

import io.holdfast.log.LogListener;
import io.holdfast.log.LogOptions;
import io.holdfast.log.LogTask;
import io.holdfast.log.RecordBody;
import io.holdfast.log.RecordView;
import io.holdfast.log.Recovered;
import io.holdfast.log.RecoveryHandler;
import io.holdfast.log.RecoveryReport;
import io.holdfast.log.SegmentedLog;
import io.holdfast.log.Snapshots;
import io.holdfast.log.SpaceLimit;
import io.holdfast.log.disk.Disk;
import io.holdfast.protocol.codec.Decoded;
import io.holdfast.protocol.codec.PacketEncoder;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// One process of a broker with the real log, from its start to its end, on whatever disk: it is
/// driven as a server drives it, one command at a time, and the disk has done its work before the
/// next. Its files are small.
final class DiskDriver implements Effects {
  static final LogOptions SMALL =
      new LogOptions(
          16 << 10,
          32 << 10,
          16 << 10,
          16 << 10,
          64 << 10,
          1 << 20,
          Long.MAX_VALUE,
          0,
          SpaceLimit.NONE);

  private static final ListenerSettings LISTENER = new ListenerSettings(true, -1, true, "auto-");
  private static final int TURNS_MAX = 10_000;

  /// While a snapshot is written, commands come between its parts.
  private static final int TURNS_IN_SNAPSHOT = 1;

  private final BiConsumer<String, Packet> heard;
  private final Broker broker;
  private final Recovered recovered;
  private final OnDemand snapshots;
  private final ArrayDeque<LogTask> tasks = new ArrayDeque<>();
  private final TreeMap<Integer, Link> links = new TreeMap<>();
  private final List<Link> closing = new ArrayList<>();
  private long nowMillis;

  /// Recovers what `disk` holds.
  ///
  /// @param heard is told who was sent what
  /// @param recovering is told of each part and record before the broker is
  DiskDriver(
      Disk disk,
      BrokerSettings settings,
      BiConsumer<String, Packet> heard,
      RecoveryHandler recovering)
      throws IOException {
    this.heard = heard;
    this.broker = new Broker(settings, this, new Random(1));
    this.recovered =
        SegmentedLog.open(
            disk, SMALL, tasks::addLast, new Told(broker), new Both(recovering, broker));
    this.snapshots = new OnDemand(recovered.snapshots());
  }

  Broker broker() {
    return broker;
  }

  SegmentedLog log() {
    return recovered.log();
  }

  RecoveryReport report() {
    return recovered.report();
  }

  void start(long millis) {
    nowMillis = Math.max(millis, broker.lastRecordedMillis());
    log().time(nowMillis);
    broker.start(log(), snapshots, nowMillis);
    settle();
  }

  long nowMillis() {
    return nowMillis;
  }

  // What happens to it

  Link connected(String name) {
    int id = 0;
    while (links.containsKey(id)) {
      id++;
    }
    Link link = new Link(id, name, Limits.PACKET_BYTES_MAX);
    links.put(id, link);
    broker.connected(id, LISTENER, "127.0.0.1");
    return link;
  }

  /// `packet` arrives, as the bytes of its connection's version, and again until it is taken.
  void packet(Link link, Packet packet) {
    if (packet instanceof Connect connect) {
      link.version(connect.version());
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) PacketEncoder.length(packet, link.version()));
    PacketEncoder.encode(packet, link.version(), bytes);
    if (!(link.decoder().decode(bytes.flip()) instanceof Decoded.Complete complete)) {
      throw new IllegalArgumentException("nobody breaks the protocol here: " + packet);
    }
    for (int times = 0; !broker.packet(link.id(), complete.packet()); times++) {
      if (times == TURNS_MAX) {
        throw new IllegalStateException("there is space for " + packet);
      }
      log().flush();
      runTasks();
    }
  }

  void lost(Link link) {
    links.remove(link.id());
    broker.disconnected(link.id(), "lost");
  }

  void passed(long millis) {
    nowMillis += millis;
    log().time(nowMillis);
    broker.time(nowMillis);
  }

  /// Nothing happens for a while.
  void idle() {
    log().idle(broker.awaitsSettled());
  }

  void snapshot() {
    snapshots.isWanted = true;
  }

  /// The broker ends in order.
  void stop() throws IOException {
    broker.stop();
    settle();
    log().close();
  }

  /// Turns, and the disk's work, until nothing is left to do.
  void settle() {
    boolean more = true;
    for (int turns = 0; more; turns++) {
      if (turns == TURNS_MAX) {
        throw new IllegalStateException("the work comes to an end");
      }
      more = broker.endTurn();
      log().flush();
      more |= runTasks();
      closeWhatIsClosing();
      more &= turns < TURNS_IN_SNAPSHOT || !snapshots.isUnderWay();
    }
  }

  private void closeWhatIsClosing() {
    List<Link> ended = List.copyOf(closing);
    closing.clear();
    for (Link link : ended) {
      if (links.remove(link.id(), link)) {
        broker.disconnected(link.id(), "closed");
      }
    }
  }

  /// Whether there were any.
  private boolean runTasks() {
    boolean any = !tasks.isEmpty();
    for (LogTask task = tasks.pollFirst(); task != null; task = tasks.pollFirst()) {
      try {
        task.run();
      } catch (IOException e) {
        throw new IllegalStateException("the disk does not fail", e);
      }
      task.finished();
    }
    return any;
  }

  // What it asks for

  @Override
  public void send(int connection, Packet packet) {
    heard.accept(link(connection).name(), packet);
  }

  @Override
  public boolean isWritable(int connection) {
    return true;
  }

  @Override
  public void close(int connection) {
    Link link = link(connection);
    link.closing();
    closing.add(link);
  }

  @Override
  public void observe(Event event) {
    if (event instanceof Event.Refused) {
      throw new IllegalStateException("nobody breaks the protocol here: " + event);
    }
  }

  private Link link(int connection) {
    Link link = links.get(connection);
    if (link == null) {
      throw new IllegalStateException("the broker speaks of connections that there are");
    }
    return link;
  }

  /// What the log tells.
  private record Told(Broker broker) implements LogListener {
    @Override
    public void durable(long position) {
      broker.durable();
    }

    @Override
    public void readable() {
      broker.readable();
    }

    @Override
    public void room() {}

    @Override
    public void failed(IOException why) {
      throw new IllegalStateException("the disk does not fail", why);
    }

    @Override
    public void damaged(long position, String file, String why) {
      throw new IllegalStateException("%s, position %d: %s".formatted(file, position, why));
    }
  }

  private record Both(RecoveryHandler first, Broker broker) implements RecoveryHandler {
    @Override
    public void segment(long position) {
      first.segment(position);
      broker.recoverSegment(position);
    }

    @Override
    public void snapshotPart(long position, RecordView part) {
      first.snapshotPart(position, part);
      broker.recoverPart(position, part);
    }

    @Override
    public void record(long oldPosition, long position, int key, RecordView record) {
      first.record(oldPosition, position, key, record);
      broker.recoverRecord(oldPosition, position, record);
    }
  }

  /// The log's snapshots, due when a test says so.
  private static final class OnDemand implements Snapshots {
    private final Snapshots own;
    private boolean isWanted;

    OnDemand(Snapshots own) {
      this.own = own;
    }

    @Override
    public void begin(long replayFrom) {
      isWanted = false;
      own.begin(replayFrom);
    }

    @Override
    public void part(RecordBody body) {
      own.part(body);
    }

    @Override
    public boolean isWritable() {
      return own.isWritable();
    }

    @Override
    public void complete() {
      own.complete();
    }

    @Override
    public boolean isUnderWay() {
      return own.isUnderWay();
    }

    @Override
    public boolean isDue() {
      return isWanted;
    }

    @Override
    public boolean lacksSpace() {
      return own.lacksSpace();
    }

    @Override
    public long stateNeededFrom() {
      return own.stateNeededFrom();
    }
  }
}
