package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Acknowledged;
import io.holdfast.core.record.LogRecord.DropReason;
import io.holdfast.core.record.LogRecord.Dropped;
import io.holdfast.core.record.LogRecord.Option;
import io.holdfast.core.record.LogRecord.Published;
import io.holdfast.core.record.LogRecord.QueueImage;
import io.holdfast.core.record.LogRecord.SessionEnded;
import io.holdfast.core.record.LogRecord.SessionOpened;
import io.holdfast.core.record.LogRecord.SessionPart;
import io.holdfast.core.record.LogRecord.Targets;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.log.DamagedLogException;
import io.holdfast.log.LogListener;
import io.holdfast.log.LogOptions;
import io.holdfast.log.LogReading;
import io.holdfast.log.LogTask;
import io.holdfast.log.RecordView;
import io.holdfast.log.Recovered;
import io.holdfast.log.RecoveryHandler;
import io.holdfast.log.SegmentedLog;
import io.holdfast.log.SpaceLimit;
import io.holdfast.log.disk.MemoryDisk;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubscriptionIdentifiers;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// An audit finds what does not add up, and lets pass what does (promise P9). The log is written
/// record by record, and snapshots may say what is not so.
class AuditTest {
  private static final LogOptions OPTIONS =
      new LogOptions(
          16 << 10, 64 << 10, 16 << 10, 16 << 10, 48 << 10, 0, 96 << 10, 0, SpaceLimit.NONE);
  private static final Option OPTION =
      new Option(QoS.AT_LEAST_ONCE, false, SubscriptionIdentifiers.NONE);
  private static final UnaryOperator<QueueImage> TRUE = UnaryOperator.identity();

  private final MemoryDisk disk = new MemoryDisk();
  private final ArrayDeque<LogTask> tasks = new ArrayDeque<>();
  private final RecordCodec codec = new RecordCodec();
  private final DurableState state = new DurableState(Limits.DEFAULT, DurableState.Listener.NOBODY);
  private final Recovered recovered;

  AuditTest() throws IOException {
    this.recovered = SegmentedLog.open(disk, OPTIONS, tasks::addLast, new Deaf(), new Deaf());
  }

  // What is written

  private void write(LogRecord... records) {
    for (LogRecord record : records) {
      state.apply(recovered.log().append(0, codec.encode(record)), record);
    }
    settle();
  }

  private void settle() {
    recovered.log().flush();
    while (!tasks.isEmpty()) {
      LogTask task = tasks.removeFirst();
      try {
        task.run();
      } catch (IOException e) {
        throw new AssertionError("memory does not fail", e);
      }
      task.finished();
    }
  }

  /// A snapshot of alice's session.
  ///
  /// @param told what it says of the queue, from what is so
  private void snapshot(UnaryOperator<QueueImage> told) {
    recovered.snapshots().begin(recovered.log().end());
    Queue queue = Optional.ofNullable(state.numbers().get(1)).orElseThrow();
    SessionPart part =
        new SessionPart(
            "alice",
            1,
            ProtocolVersion.V5,
            LogRecord.NEVER_EXPIRES,
            false,
            1,
            List.of(),
            List.of(),
            told.apply(queue.image()));
    recovered.snapshots().part(codec.encode(part));
    recovered.snapshots().complete();
    settle();
  }

  private static UnaryOperator<QueueImage> counting(long accepted, long handled) {
    return image ->
        new QueueImage(
            image.bornAt(),
            image.head(),
            image.sentMark(),
            image.entries(),
            image.backlogFrom(),
            image.backlogCount(),
            image.details(),
            image.dropped(),
            image.cursors(),
            accepted,
            handled,
            image.window());
  }

  private static SessionOpened opened() {
    return new SessionOpened(
        1, "alice", false, 1, ProtocolVersion.V5, LogRecord.NEVER_EXPIRES, 100, Optional.empty());
  }

  private static Published message() {
    return new Published(
        1,
        LogRecord.NEVER,
        QoS.AT_LEAST_ONCE,
        false,
        false,
        Optional.empty(),
        Optional.empty(),
        new Targets.One(1, OPTION),
        new int[0],
        Bytes.utf8("t"),
        Bytes.EMPTY,
        Bytes.utf8("text"));
  }

  private static Acknowledged acknowledged(long... sequences) {
    return new Acknowledged(1, sequences, new long[0]);
  }

  // What is found

  private AuditReport audit() throws IOException {
    try (LogReading log = LogReading.of(disk)) {
      return Audit.of(log);
    }
  }

  private AuditedQueue alice() throws IOException {
    List<AuditedQueue> queues = audit().queues();
    assertEquals(1, queues.size());
    assertEquals("alice", queues.getFirst().owner());
    return queues.getFirst();
  }

  @Test
  void p9WhatAddsUpIsLetPassFromTheLogsBeginning() throws IOException {
    write(opened(), message(), message(), message(), acknowledged(0));
    write(new Dropped(1, DropReason.EXPIRED, new long[] {1}));
    AuditedQueue alice = alice();
    assertTrue(alice.holds(), alice::toString);
    assertEquals(3, alice.account().accepted());
    assertEquals(1, alice.account().handled());
    assertEquals(1, alice.account().expired());
    assertEquals(1, alice.account().waiting());
    assertEquals(Optional.empty(), audit().from().snapshot());
    assertEquals(6, audit().records());
  }

  @Test
  void p9WhatAddsUpIsLetPassFromTheOlderSnapshotOn() throws IOException {
    write(opened(), message(), message());
    snapshot(TRUE);
    write(message(), acknowledged(0));
    snapshot(TRUE);
    write(message(), acknowledged(1, 2));
    assertEquals(List.of(), alice().differences());
    assertTrue(audit().holds());
    assertEquals(Optional.of("0000000001.snapshot"), audit().from().snapshot());
    assertEquals(Optional.of("0000000002.snapshot"), audit().newest().snapshot());
    assertEquals(4, audit().records());
    assertEquals(4, alice().account().accepted());
    assertEquals(3, alice().account().handled());
  }

  @Test
  void p9ALawThatDoesNotHoldIsFoundAndByHowMuch() throws IOException {
    write(opened(), message(), message());
    snapshot(counting(5, 0));
    snapshot(counting(5, 0));
    write(message());
    AuditedQueue alice = alice();
    assertFalse(alice.holds());
    assertEquals(3, alice.account().missing());
    assertEquals(List.of(), alice.differences());
    assertFalse(audit().holds());
  }

  @Test
  void p9EntriesFromNowhereAreFound() throws IOException {
    write(opened(), message(), message());
    snapshot(counting(2, 1));
    snapshot(counting(2, 1));
    assertEquals(-1, alice().account().missing());
  }

  @Test
  void p9ASnapshotThatSaysOtherThanTheRecordsBeforeItIsFound() throws IOException {
    write(opened(), message(), message());
    snapshot(TRUE);
    write(message(), acknowledged(0));
    snapshot(counting(4, 2));
    AuditedQueue alice = alice();
    assertFalse(alice.holds());
    assertEquals(0, alice.account().missing());
    assertEquals(
        List.of(
            "the newest snapshot says accepted 4, the records before it make it 3",
            "the newest snapshot says handled 2, the records before it make it 1",
            "a start finds accepted 4, all records make it 3",
            "a start finds handled 2, all records make it 1"),
        alice.differences());
  }

  /// With one snapshot the whole log is there.
  @Test
  void p9TheFirstSnapshotIsComparedWithTheLogsBeginning() throws IOException {
    write(opened(), message(), message());
    snapshot(counting(3, 1));
    assertEquals(4, alice().differences().size());
  }

  @Test
  void p9AQueueThatIsGoneIsComparedAllTheSame() throws IOException {
    write(opened(), message());
    snapshot(TRUE);
    write(message());
    snapshot(counting(3, 1));
    write(new SessionEnded(1, 1));
    assertFalse(alice().holds());
    assertEquals(2, alice().differences().size());
  }

  @Test
  void p9AQueueThatNoRecordMakesIsFound() throws IOException {
    write(opened(), message());
    snapshot(TRUE);
    write(new SessionEnded(1, 1));
    state.apply(0, opened());
    snapshot(TRUE);
    assertEquals(
        List.of(
            "the newest snapshot says it, and the records before it make no such queue",
            "a start finds it, and all records make no such queue"),
        alice().differences());
  }

  @Test
  void p9AQueueThatTheSnapshotHasForgottenIsFound() throws IOException {
    write(opened(), message());
    snapshot(TRUE);
    recovered.snapshots().begin(recovered.log().end());
    recovered.snapshots().complete();
    settle();
    assertEquals(
        List.of("a start does not find it, though the records make it"), alice().differences());
  }

  @Test
  void whatNoBrokerWritesIsNamedWithItsPosition() throws IOException {
    write(opened(), message());
    long position = recovered.log().append(0, codec.encode(new SessionEnded(-1, 1)));
    settle();
    String said = assertThrows(DamagedLogException.class, this::audit).getMessage();
    assertTrue(String.valueOf(said).startsWith("At position %d lies ".formatted(position)), said);
  }

  /// Hears nothing, and remembers nothing.
  private static final class Deaf implements LogListener, RecoveryHandler {
    @Override
    public void durable(long position) {}

    @Override
    public void room() {}

    @Override
    public void readable() {}

    @Override
    public void failed(IOException why) {
      throw new AssertionError("memory does not fail", why);
    }

    @Override
    public void damaged(long position, String file, String why) {
      throw new AssertionError("memory is not damaged");
    }

    @Override
    public void snapshotPart(long position, RecordView part) {}

    @Override
    public void record(long oldPosition, long position, int key, RecordView record) {}
  }
}
