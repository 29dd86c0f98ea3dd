package io.holdfast.core;

import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.core.session.Session;
import io.holdfast.log.RecordView;
import io.holdfast.log.RecoveryHandler;
import io.holdfast.log.RecoveryReport;
import io.holdfast.log.disk.FileDisk;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// All that the broker of today makes of a data folder, as text: the parts and records that are
/// read, field by field, the state that comes of them, and what the clients get who come back.
///
/// Positions are those that the folder had, also of what recovery wrote anew.
final class RecoveredText implements RecoveryHandler {
  private final StringBuilder parts = new StringBuilder();
  private final StringBuilder records = new StringBuilder();
  private final StringBuilder served = new StringBuilder();
  private final Map<Long, Long> origins = new HashMap<>();
  private final RecordFields fields;
  private final Shown shown;

  /// Is shown the bytes of each part and record.
  interface Shown {
    void record(RecordView view);
  }

  private RecoveredText(RecordFields fields, Shown shown) {
    this.fields = fields;
    this.shown = shown;
  }

  /// Opens `folder`, which is changed by that.
  static String of(Path folder, RecordFields fields, Shown shown) throws IOException {
    return new RecoveredText(fields, shown).read(folder);
  }

  private String read(Path folder) throws IOException {
    DiskDriver driver =
        new DiskDriver(
            new FileDisk(folder),
            KeptStory.brokerSettings(Command.parse("settings receive=1000")),
            this::sent,
            this);
    String state =
        StateText.of(driver.broker(), position -> origins.getOrDefault(position, position));
    serve(driver);
    driver.stop();
    return """
    # What recovery reports
    %s
    # The parts of the snapshot
    %s
    # The records behind it
    %s
    # The state
    %s
    # What those get who come back, one after the other, and a new one who asks for all that is retained
    %s\
    """
        .formatted(reported(driver.report(), folder), parts, records, state, served);
  }

  private static String reported(RecoveryReport report, Path folder) {
    return "run %d\nrecords %d\nwritten anew %d\nlast time %d\ncut %s\n"
        .formatted(
            report.run(),
            report.records(),
            report.copied(),
            report.lastMillis(),
            report.cut().orElse("-").replace(folder.toString(), "the folder"));
  }

  @Override
  public void segment(long position) {}

  @Override
  public void snapshotPart(long position, RecordView part) {
    shown.record(part);
    parts.append(position).append(' ').append(fields.of(RecordCodec.decode(part))).append('\n');
  }

  @Override
  public void record(long oldPosition, long position, int key, RecordView record) {
    shown.record(record);
    origins.put(position, oldPosition);
    LogRecord decoded = RecordCodec.decode(record);
    records.append(oldPosition).append(" key ").append(key).append(' ').append(fields.of(decoded));
    records.append(oldPosition == position ? "\n" : " (written anew)\n");
  }

  /// Each durable session's client comes back, in the order of their names.
  private void serve(DiskDriver driver) {
    driver.start(0);
    List<Session> durable = new ArrayList<>(driver.broker().state().sessions().values());
    durable.sort((one, other) -> one.clientId().compareTo(other.clientId()));
    for (Session session : durable) {
      String connect =
          "connect %s v=%d expiry=%d receive=1000"
              .formatted(session.clientId(), session.version().level(), session.expirySeconds());
      send(driver, driver.connected(session.clientId()), connect);
    }
    Link reader = driver.connected("reader");
    send(driver, reader, "connect reader clean");
    send(driver, reader, "subscribe reader #");
  }

  private static void send(DiskDriver driver, Link link, String command) {
    driver.packet(link, PacketCommands.packet(Command.parse(command)));
    driver.settle();
  }

  private void sent(String to, Packet packet) {
    if (packet instanceof Publish || packet instanceof PubRel) {
      served.append(to).append(' ').append(PacketText.of(packet)).append('\n');
    }
  }
}
