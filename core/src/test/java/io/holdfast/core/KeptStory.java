package io.holdfast.core;

import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.log.RecordView;
import io.holdfast.log.RecoveryHandler;
import io.holdfast.log.SegmentedLog;
import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.DiskFile;
import io.holdfast.protocol.packet.Packet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a broker lived through to fill a folder: one command a line, as in scenarios, and each is
/// durable before the next. `#` starts a comment; a command behind `repeat N` comes so many times
/// at once.
///
/// At the end the process is gone as it stands. `stop` before that ends it in order, and of the
/// batch that comes of a command behind `torn` a power cut left the first sector only.
final class KeptStory {
  private static final int SECTOR_BYTES = 4096;
  private static final long START_MILLIS = 1_800_000_000_000L;

  private final Disk disk;
  private final Map<String, Link> links = new TreeMap<>();
  private Command settings = Command.parse("settings");
  private Optional<DiskDriver> driver = Optional.empty();
  private long nowMillis = START_MILLIS;

  private KeptStory(Disk disk) {
    this.disk = disk;
  }

  /// Fills `disk` with what `story` leaves behind.
  static void tell(List<String> story, Disk disk) throws IOException {
    KeptStory teller = new KeptStory(disk);
    for (String line : story) {
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        teller.run(line);
      } catch (RuntimeException broken) {
        throw new IllegalStateException("at: " + line, broken);
      }
    }
  }

  private void run(String line) throws IOException {
    Command command = Command.parse(line);
    switch (command.verb()) {
      case "settings" -> settings = command;
      case "restart" -> start();
      case "torn" -> tear(line.substring("torn ".length()));
      default -> {
        DiskDriver broker = driver.isPresent() ? driver.get() : start();
        if (command.verb().equals("repeat")) {
          String repeated = line.substring(line.indexOf(' ', "repeat ".length()) + 1);
          for (int times = Integer.parseInt(command.word(0)); times > 0; times--) {
            run(Command.parse(repeated), broker);
          }
        } else {
          run(command, broker);
        }
        broker.settle();
      }
    }
  }

  private DiskDriver start() throws IOException {
    links.clear();
    nowMillis = driver.map(DiskDriver::nowMillis).orElse(nowMillis);
    DiskDriver started =
        new DiskDriver(disk, brokerSettings(settings), KeptStory::ignore, new Unheard());
    started.start(nowMillis);
    driver = Optional.of(started);
    return started;
  }

  static BrokerSettings brokerSettings(Command settings) {
    Limits limits = Limits.DEFAULT;
    return new BrokerSettings(
        settings.number("receive", 20),
        0,
        Limits.PACKET_BYTES_MAX,
        0,
        65535,
        -1,
        settings.has("queue-qos0"),
        true,
        0,
        new QueueLimit(
            settings.number("max-queued", 0L),
            List.of(new Rule(Policy.DROP_OLDEST, new Scope.Owner("newest-*")))),
        new Limits(
            limits.subscriptionsPerSessionMax(),
            limits.topicLevelsMax(),
            limits.deliveriesPerTurnMax(),
            limits.topicCacheMax(),
            limits.idleConnectMillis(),
            settings.number("retained-step", limits.retainedPerStepMax()),
            limits.windowMax(),
            1,
            limits.broadcastsMax(),
            limits.broadcastBytesMax()));
  }

  private static void ignore(String to, Packet packet) {}

  private void run(Command command, DiskDriver broker) throws IOException {
    switch (command.verb()) {
      case "time" -> broker.passed(1000L * Integer.parseInt(command.word(0)));
      case "idle" -> broker.idle();
      case "snapshot" -> broker.snapshot();
      case "stop" -> broker.stop();
      case "lose" -> broker.lost(link(command));
      case "connect" -> {
        Link link = broker.connected(command.word(0));
        links.put(command.word(0), link);
        broker.packet(link, PacketCommands.packet(command));
      }
      default -> broker.packet(link(command), PacketCommands.packet(command));
    }
  }

  private Link link(Command command) {
    Link link = links.get(command.word(0));
    if (link == null) {
      throw new IllegalArgumentException("nobody is called " + command.word(0));
    }
    return link;
  }

  /// Of the one batch that comes of `line`, the power cut kept the first sector.
  private void tear(String line) throws IOException {
    SegmentedLog log = driver.orElseThrow().log();
    long start = log.end();
    run(line);
    int segment = log.segmentOf(start);
    long first = log.segmentEnd(segment - 1);
    ByteBuffer lost = ByteBuffer.allocate((int) (log.end() - start) - SECTOR_BYTES);
    if (!lost.hasRemaining() || log.segmentOf(log.end() - 1) != segment) {
      throw new IllegalArgumentException("what is torn is a batch of several sectors");
    }
    try (DiskFile file = disk.open("%010d.log".formatted(segment))) {
      file.write(start - first + SECTOR_BYTES, lost);
    }
  }

  /// Nobody asks what the story's own restarts find.
  private static final class Unheard implements RecoveryHandler {
    @Override
    public void segment(long position) {}

    @Override
    public void snapshotPart(long position, RecordView part) {}

    @Override
    public void record(long oldPosition, long position, int key, RecordView record) {}
  }
}
