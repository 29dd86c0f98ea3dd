package io.holdfast.core;

import io.holdfast.core.AuditedQueue.Kind;
import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.SessionPart;
import io.holdfast.core.record.LogRecord.SharedQueuePart;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import io.holdfast.log.DamagedLogException;
import io.holdfast.log.LogReading;
import io.holdfast.log.LogReading.Beginning;
import io.holdfast.log.RecordView;
import io.holdfast.log.RecoveryHandler;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Recomputes what each durable queue accounts for, and compares it with what is told (promise P9).
///
/// The log is read twice: first as a start reads it, from the newest snapshot on, then from the
/// oldest place that it goes back to. What the newest snapshot says of a queue has to be what the
/// records before it make, and both ways have to come to the same end. Where the log goes back no
/// further than to the newest snapshot, only the law is looked at.
public final class Audit {
  private final ArrayDeque<Told> snapshot = new ArrayDeque<>();
  private final Map<Identity, List<String>> differences = new TreeMap<>();

  /// Of queues that differ, the first that was told.
  private final Map<Identity, Told> differing = new TreeMap<>();

  private Optional<Map<Identity, Told>> started = Optional.empty();
  private DurableState state = empty();
  private long position;
  private long records;

  private Audit() {}

  /// Audits what there is. Blocks, and takes as long as two starts.
  public static AuditReport of(LogReading log) throws IOException {
    return new Audit().read(log);
  }

  private AuditReport read(LogReading log) throws IOException {
    Beginning from = log.oldest();
    Beginning newest = log.newest();
    try {
      log.replay(newest, new FromNewest());
      if (!from.equals(newest)) {
        beginAgain();
        log.replay(from, new FromOldest());
      }
    } catch (IllegalStateException e) {
      throw new DamagedLogException(
          "At position %d lies what no broker writes: %s".formatted(position, e.getMessage()));
    }
    return new AuditReport(from, newest, records, queues());
  }

  /// A queue, told from others of the same name before and after it by the position of the record
  /// that made it.
  private record Identity(Kind kind, String owner, long bornAt) implements Comparable<Identity> {
    private static final Comparator<Identity> ORDER =
        Comparator.comparing(Identity::kind)
            .thenComparing(Identity::owner)
            .thenComparingLong(Identity::bornAt);

    @Override
    public int compareTo(Identity other) {
      return ORDER.compare(this, other);
    }
  }

  /// What is told of a queue.
  ///
  /// @param position what records before it say is in the account
  private record Told(Identity queue, int number, long position, QueueAccount account) {}

  private static DurableState empty() {
    return new DurableState(Limits.DEFAULT, DurableState.Listener.NOBODY);
  }

  /// Takes in what a start would read.
  private final class FromNewest implements RecoveryHandler {
    @Override
    public void snapshotPart(long at, RecordView part) {
      position = at;
      LogRecord record = RecordCodec.decode(part);
      state.apply(at, record);
      queueOf(record).flatMap(number -> told(number, at)).ifPresent(snapshot::addLast);
    }

    @Override
    public void record(long oldPosition, long at, int key, RecordView record) {
      position = at;
      records++;
      state.apply(at, RecordCodec.decode(record));
    }
  }

  private void beginAgain() {
    started = Optional.of(all());
    state = empty();
    records = 0;
  }

  /// Takes in what there is from further back, and compares.
  private final class FromOldest implements RecoveryHandler {
    @Override
    public void snapshotPart(long at, RecordView part) {
      position = at;
      state.apply(at, RecordCodec.decode(part));
    }

    @Override
    public void record(long oldPosition, long at, int key, RecordView record) {
      position = at;
      records++;
      compareSnapshotUpTo(at);
      state.apply(at, RecordCodec.decode(record));
    }
  }

  private List<AuditedQueue> queues() {
    Map<Identity, Told> queues = all();
    if (started.isPresent()) {
      compareSnapshotUpTo(Long.MAX_VALUE);
      compare(started.get(), queues);
    }
    differing.forEach(queues::putIfAbsent);
    List<AuditedQueue> audited = new ArrayList<>();
    queues.forEach((queue, told) -> audited.add(audited(queue, told)));
    return audited;
  }

  private AuditedQueue audited(Identity queue, Told told) {
    List<String> found = differences.getOrDefault(queue, List.of());
    return new AuditedQueue(queue.kind(), queue.owner(), told.account(), List.copyOf(found));
  }

  // What is told

  private static Optional<Integer> queueOf(LogRecord part) {
    if (part instanceof SessionPart session) {
      return Optional.of(session.session());
    }
    return part instanceof SharedQueuePart shared ? Optional.of(shared.queue()) : Optional.empty();
  }

  private Optional<Told> told(int number, long position) {
    Session session = state.numbers().session(number);
    if (session != null) {
      return Optional.of(told(Kind.SESSION, session.clientId(), session.queue(), position));
    }
    SharedSubscription shared = state.numbers().shared(number);
    return shared == null
        ? Optional.empty()
        : Optional.of(told(Kind.SHARED, shared.text(), shared.queue(), position));
  }

  private static Told told(Kind kind, String owner, Queue queue, long position) {
    return new Told(
        new Identity(kind, owner, queue.bornAt()), queue.number(), position, queue.account());
  }

  /// All queues that there are now.
  private Map<Identity, Told> all() {
    Map<Identity, Told> all = new TreeMap<>();
    for (Session session : state.sessions().values()) {
      add(told(Kind.SESSION, session.clientId(), session.queue(), Long.MAX_VALUE), all);
    }
    for (SharedSubscription shared : state.shared().all()) {
      add(told(Kind.SHARED, shared.text(), shared.queue(), Long.MAX_VALUE), all);
    }
    return all;
  }

  private static void add(Told told, Map<Identity, Told> to) {
    to.put(told.queue(), told);
  }

  // What differs

  /// The parts of the snapshot that know nothing of the record at `position`, nor of any later one.
  private void compareSnapshotUpTo(long position) {
    while (!snapshot.isEmpty() && snapshot.getFirst().position() <= position) {
      Told part = snapshot.removeFirst();
      Optional<Told> now =
          told(part.number(), part.position()).filter(told -> told.queue().equals(part.queue()));
      compare("the newest snapshot says", part, "the records before it", now);
    }
  }

  private void compare(Map<Identity, Told> started, Map<Identity, Told> recomputed) {
    started.forEach((queue, told) ->
        compare("a start finds", told, "all records", Optional.ofNullable(recomputed.get(queue))));
    recomputed.forEach((queue, told) -> {
      if (!started.containsKey(queue)) {
        differ(told, "a start does not find it, though the records make it");
      }
    });
  }

  private void compare(String who, Told told, String others, Optional<Told> recomputed) {
    if (recomputed.isEmpty()) {
      differ(told, "%s it, and %s make no such queue".formatted(who, others));
      return;
    }
    Map<String, Long> counts = recomputed.get().account().counts();
    told.account()
        .counts()
        .forEach((name, count) -> {
          long other = counts.getOrDefault(name, 0L);
          if (count != other) {
            differ(told, "%s %s %d, %s make it %d".formatted(who, name, count, others, other));
          }
        });
  }

  private void differ(Told told, String how) {
    differing.putIfAbsent(told.queue(), told);
    differences.computeIfAbsent(told.queue(), unused -> new ArrayList<>()).add(how);
  }
}
