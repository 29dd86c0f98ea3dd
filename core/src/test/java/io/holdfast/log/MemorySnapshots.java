package io.holdfast.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Snapshots in memory: begun when a test says that one is due, in place once all its parts are
/// durable.
public final class MemorySnapshots implements Snapshots {
  /// A part, written when the log's end was `position`.
  public record Part(long position, byte[] bytes) {}

  /// A whole snapshot.
  public record Whole(long replayFrom, List<Part> parts) {}

  private final MemoryLog log;
  private final List<Whole> kept = new ArrayList<>();
  private Optional<Whole> writing = Optional.empty();
  private boolean complete;
  private boolean due;

  /// @param kept the snapshots that an earlier run left
  public MemorySnapshots(MemoryLog log, List<Whole> kept) {
    this.log = log;
    this.kept.addAll(kept);
  }

  @Override
  public void begin(long replayFrom) {
    if (writing.isPresent()) {
      throw new IllegalStateException("one snapshot is written at a time");
    }
    writing = Optional.of(new Whole(replayFrom, new ArrayList<>()));
    due = false;
    complete = false;
  }

  @Override
  public void part(RecordBody body) {
    ByteBuffer bytes = ByteBuffer.allocate(body.length());
    body.writeTo(bytes);
    writing.orElseThrow().parts.add(new Part(log.end(), bytes.array()));
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void complete() {
    complete = true;
    putInPlace();
  }

  /// Puts a complete snapshot in place if all of it is durable.
  public void putInPlace() {
    if (!complete || writing.isEmpty()) {
      return;
    }
    Whole whole = writing.get();
    if (whole.parts.stream().allMatch(part -> part.position <= log.durable())) {
      kept.add(whole);
      if (kept.size() > 2) {
        kept.removeFirst();
      }
      writing = Optional.empty();
    }
  }

  @Override
  public boolean isUnderWay() {
    return writing.isPresent();
  }

  @Override
  public boolean isDue() {
    return due;
  }

  @Override
  public boolean lacksSpace() {
    return false;
  }

  @Override
  public long stateNeededFrom() {
    return kept.size() < 2 ? 0 : kept.getFirst().replayFrom;
  }

  public void makeDue() {
    due = true;
  }

  public List<Whole> kept() {
    return kept;
  }

  public Optional<Whole> newest() {
    return kept.isEmpty() ? Optional.empty() : Optional.of(kept.getLast());
  }
}
