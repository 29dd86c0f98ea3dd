package io.holdfast.log;

import io.holdfast.log.disk.Disk;
import io.holdfast.log.disk.NoSpaceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where the records of each key lie: in memory for the segment that is written now, in a file
/// beside each sealed one. A file that is missing or not as it was written is made anew.
final class Indexes {
  private static final int SEGMENTS_MAX = 16;

  private final Disk disk;
  private final SegmentFiles segmentFiles;
  private final Consumer<LogTask> tasks;
  private final Runnable readable;
  private final LogListener listener;
  private final Consumer<IOException> failed;

  /// Of the segment that is written now, and of those before it that are not indexed yet.
  private final Map<Integer, KeyedRecords> inMemory = new HashMap<>();

  // Only the tasks look at these.
  private final Map<Integer, Long> unopened;
  private final Map<Integer, IndexFile> files = new HashMap<>();
  private int madeFor;
  private KeyedRecords.@Nullable Part made;

  /// @param segmentFiles says what space there is, and counts what is taken
  /// @param there how much the index file of each segment takes that has one already
  Indexes(
      Disk disk,
      SegmentFiles segmentFiles,
      Map<Integer, Long> there,
      Consumer<LogTask> tasks,
      Runnable readable,
      LogListener listener,
      Consumer<IOException> failed) {
    this.disk = disk;
    this.segmentFiles = segmentFiles;
    this.unopened = new HashMap<>(there);
    this.tasks = tasks;
    this.readable = readable;
    this.listener = listener;
    this.failed = failed;
  }

  /// Records are appended to `segment` from now on.
  void begin(Segment segment) {
    inMemory.put(segment.number(), new KeyedRecords());
  }

  void add(Segment segment, int key, long position, short tag) {
    recordsOf(segment).add(key, (int) (position - segment.first()), tag);
  }

  private KeyedRecords recordsOf(Segment segment) {
    KeyedRecords records = inMemory.get(segment.number());
    if (records == null) {
      throw new IllegalStateException("broken invariant: a segment is begun and sealed once");
    }
    return records;
  }

  /// Nothing more is appended to `segment`, and its file holds all of it.
  void sealed(Segment segment) {
    KeyedRecords records = recordsOf(segment);
    KeyedRecords.Part all = records.soFar();
    Writing writing = new Writing();
    tasks.accept(
        new Task(
            () -> writing.write(segment, all),
            () -> {
              inMemory.remove(segment.number(), records);
              segmentFiles.indexesChanged(writing.taken);
            },
            failed));
  }

  /// The segment's file is about to go.
  void forget(Segment segment) {
    segment.discarded();
    long[] taken = new long[1];
    tasks.accept(
        new Task(
            () -> taken[0] = -delete(segment.number()),
            () -> {
              inMemory.remove(segment.number());
              segmentFiles.indexesChanged(taken[0]);
            },
            failed));
  }

  /// Deletes all files, in a task. Gives how much they took.
  long giveUp() throws IOException {
    long given = 0;
    for (int number : List.copyOf(files.keySet())) {
      given += delete(number);
    }
    for (int number : List.copyOf(unopened.keySet())) {
      given += delete(number);
    }
    return given;
  }

  /// The same for the one of a segment, if there is one.
  private long delete(int number) throws IOException {
    IndexFile file = files.remove(number);
    Long bytes = unopened.remove(number);
    if (file != null) {
      bytes = file.bytes();
      file.close();
    }
    if (bytes == null) {
      return 0;
    }
    disk.delete(IndexFile.name(number));
    return bytes;
  }

  /// What a task writes, and how much more the files take then.
  private final class Writing {
    private final SegmentFiles.Spare spare = segmentFiles.spare();
    private long taken;

    /// Where there is no space for it, what is looked for is read from the segment itself.
    void write(Segment segment, KeyedRecords.Part all) throws IOException {
      int number = segment.number();
      taken -= delete(number);
      try {
        Optional<IndexFile> written = IndexFile.write(disk, spare, segment, all);
        if (written.isPresent()) {
          files.put(number, written.get());
          taken += written.get().bytes();
        }
      } catch (NoSpaceException e) {
        if (disk.list().contains(IndexFile.name(number))) {
          disk.delete(IndexFile.name(number));
        }
      }
    }
  }

  /// Looks through `segments`, which follow each other, or some of them, for records at or beyond
  /// `from` that have one of `keys`, ascending.
  ///
  /// @param end of what the last of them holds now
  void find(
      List<Segment> segments, long end, int[] keys, long from, int max, Consumer<Found> then) {
    List<Place> places = new ArrayList<>();
    for (Segment segment : segments.subList(0, Math.min(segments.size(), SEGMENTS_MAX))) {
      KeyedRecords records = inMemory.get(segment.number());
      places.add(new Place(segment, records == null ? null : records.soFar()));
    }
    long until = places.size() < segments.size() ? segments.get(places.size()).first() : end;
    Search search = new Search(places, until, keys, from, max);
    tasks.accept(new Task(search::run, () -> answer(search, then), failed));
  }

  private void answer(Search search, Consumer<Found> then) {
    Damaged damaged = search.damaged;
    segmentFiles.indexesChanged(search.writing.taken);
    if (damaged == null || damaged.first > search.from) {
      // What is sound before the damage comes first; the next search meets it.
      then.accept(search.found(damaged == null ? search.until : damaged.first));
      readable.run();
    } else {
      listener.damaged(
          damaged.position, damaged.file, "its segment has no index, and none can be made");
    }
  }

  private record Place(Segment segment, KeyedRecords.@Nullable Part inMemory) {}

  /// @param first position of the segment
  private record Damaged(long first, long position, String file) {}

  /// One search, as a task.
  private final class Search {
    private final List<Place> places;
    private final long until;
    private final int[] keys;
    private final long from;
    private final Matches matches;
    private final Writing writing = new Writing();
    private @Nullable Damaged damaged;

    Search(List<Place> places, long until, int[] keys, long from, int max) {
      this.places = places;
      this.until = until;
      this.keys = keys;
      this.from = from;
      this.matches = new Matches(max);
    }

    /// What was found up to `end`, but for segments that were discarded meanwhile: who asks cannot
    /// read there, and wants nothing of it.
    Found found(long end) {
      Found all = matches.found(end);
      for (Place place : places) {
        if (place.segment.isDiscarded()) {
          all = all.without(place.segment.first(), place.segment.end());
        }
      }
      return all;
    }

    void run() throws IOException {
      for (Place place : places) {
        if (matches.isFull() || damaged != null) {
          return;
        }
        Segment segment = place.segment;
        int fromOffset = (int) Math.min(Integer.MAX_VALUE, Math.max(0, from - segment.first()));
        matches.inSegmentAt(segment.first());
        if (place.inMemory != null) {
          place.inMemory.find(keys, fromOffset, matches);
        } else {
          find(segment, fromOffset);
        }
      }
    }

    private void find(Segment segment, int fromOffset) throws IOException {
      IndexFile file = opened(segment);
      if (file != null) {
        try {
          file.find(keys, fromOffset, matches);
          return;
        } catch (IndexFile.HurtException e) {
          // It is made anew.
        }
      }
      KeyedRecords.Part again = makeAnew(segment);
      if (again != null) {
        again.find(keys, fromOffset, matches);
      }
    }

    private @Nullable IndexFile opened(Segment segment) throws IOException {
      int number = segment.number();
      if (unopened.containsKey(number)) {
        Optional<IndexFile> opened = IndexFile.open(disk, segment);
        if (opened.isPresent()) {
          files.put(number, opened.get());
          unopened.remove(number);
        }
      }
      return files.get(number);
    }

    /// Reads the segment for what its index should say.
    private KeyedRecords.@Nullable Part makeAnew(Segment segment) throws IOException {
      if (madeFor == segment.number()) {
        return made;
      }
      KeyedRecords records = new KeyedRecords();
      long end = SegmentReader.keyed(segment, records);
      if (end < segment.end()) {
        damaged = new Damaged(segment.first(), end, segment.name());
        return null;
      }
      KeyedRecords.Part all = records.soFar();
      writing.write(segment, all);
      madeFor = segment.number();
      made = all;
      return all;
    }
  }

  /// All calls are over.
  void close() throws IOException {
    for (IndexFile file : files.values()) {
      file.close();
    }
  }
}
