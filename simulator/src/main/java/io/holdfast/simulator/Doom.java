package io.holdfast.simulator;

import io.holdfast.simulator.workload.Reached;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// What fate has in store for one process: at which call of the disk it dies, and which one fails.
///
/// Knows also what a process must not do: sync again what failed once (promise P7).
final class Doom implements DiskFate {
  private static final String SNAPSHOT = ".snapshot";
  private static final String UNFINISHED = ".snapshot.tmp";
  private static final String INDEX = ".index";
  private static final String SEGMENT = ".log";

  private final Coverage coverage;
  private final Trace trace;
  private final Consumer<String> readBack;
  private Moment stopsAt = Moment.NEVER;
  private int stopsAfter;
  private Moment stopsNotBefore = Moment.NEVER;
  private Moment failsAt = Moment.NEVER;
  private int failsAfter;
  private boolean opening = true;
  private String lastRead = "";
  private final Set<String> written = new HashSet<>();
  private final Set<String> failed = new HashSet<>();

  /// @param readBack told of each file that is about to be read after recovery
  Doom(Coverage coverage, Trace trace, Consumer<String> readBack) {
    this.coverage = coverage;
    this.trace = trace;
    this.readBack = readBack;
  }

  /// A kind of call at which a process may die, or which may fail.
  enum Moment {
    NEVER {
      @Override
      boolean isAt(Call call, String name) {
        return false;
      }
    },
    ANY_CALL {
      @Override
      boolean isAt(Call call, String name) {
        return true;
      }
    },
    WRITE {
      @Override
      boolean isAt(Call call, String name) {
        return call == Call.WRITE;
      }
    },
    SYNC {
      @Override
      boolean isAt(Call call, String name) {
        return call == Call.SYNC;
      }
    },
    LOG_SYNC {
      @Override
      boolean isAt(Call call, String name) {
        return call == Call.SYNC && name.endsWith(SEGMENT);
      }
    },
    READ {
      @Override
      boolean isAt(Call call, String name) {
        return call == Call.READ;
      }
    },
    RENAME {
      @Override
      boolean isAt(Call call, String name) {
        return call == Call.RENAME;
      }
    },
    SNAPSHOT_WRITTEN {
      @Override
      boolean isAt(Call call, String name) {
        return name.endsWith(UNFINISHED);
      }
    },
    SNAPSHOT_NAMED {
      @Override
      boolean isAt(Call call, String name) {
        return (call == Call.RENAME || call == Call.DELETE) && name.endsWith(SNAPSHOT);
      }
    },
    SEGMENT_MADE_READY {
      @Override
      boolean isAt(Call call, String name) {
        return switch (call) {
          case CREATE, RESERVE, RENAME -> name.endsWith(SEGMENT);
          case SYNC_FOLDER -> true;
          case LIST, OPEN, DELETE, READ, WRITE, SYNC -> false;
        };
      }
    },
    SEGMENT_DELETED {
      @Override
      boolean isAt(Call call, String name) {
        return call == Call.DELETE && name.endsWith(SEGMENT);
      }
    },
    INDEX_WRITTEN {
      @Override
      boolean isAt(Call call, String name) {
        return (call == Call.CREATE || call == Call.WRITE) && name.endsWith(INDEX);
      }
    };

    private static final Moment[] ALL = values();

    abstract boolean isAt(Call call, String name);

    static Moment draw(RandomGenerator random) {
      return ALL[1 + random.nextInt(ALL.length - 1)];
    }
  }

  /// The process dies at the call after `calls` more of that kind.
  void stopAt(Moment moment, int calls) {
    stopsAt = moment;
    stopsAfter = calls;
  }

  /// The process dies at the first call of the kind `moment` after one of the kind `first`.
  void stopAtFirst(Moment moment, Moment first) {
    stopAt(moment, 0);
    stopsNotBefore = first;
  }

  /// The call after `calls` more of that kind fails.
  void failAt(Moment moment, int calls) {
    failsAt = moment;
    failsAfter = calls;
  }

  /// Recovery is over.
  void opened() {
    opening = false;
  }

  /// Nothing more goes wrong.
  void lift() {
    stopsAt = Moment.NEVER;
    stopsNotBefore = Moment.NEVER;
    failsAt = Moment.NEVER;
  }

  @Override
  public Verdict of(Call call, String name) {
    trace.note(call.name(), name);
    if (call == Call.SYNC && failed.contains(name)) {
      throw new Violation("P7", "a file is synced again after that has failed: " + name);
    }
    if (stopsNotBefore != Moment.NEVER) {
      stopsNotBefore = stopsNotBefore.isAt(call, name) ? Moment.NEVER : stopsNotBefore;
    } else if (stopsAt.isAt(call, name) && stopsAfter-- == 0) {
      stopped(call, name);
      return Verdict.STOPS;
    }
    if (failsAt.isAt(call, name) && failsAfter-- == 0) {
      failed(call, name);
      return Verdict.FAILS;
    }
    wentWell(call, name);
    return Verdict.GOES_WELL;
  }

  private void stopped(Call call, String name) {
    if (opening) {
      coverage.reached(Reached.CRASH_IN_RECOVERY);
    }
    if (call == Call.WRITE) {
      coverage.reached(Reached.CRASH_IN_A_WRITE);
    } else if (call == Call.SYNC && written.contains(name)) {
      coverage.reached(Reached.CRASH_BETWEEN_WRITE_AND_SYNC);
    }
    if (Moment.SNAPSHOT_WRITTEN.isAt(call, name)) {
      coverage.reached(Reached.CRASH_IN_A_SNAPSHOT);
    } else if (Moment.SNAPSHOT_NAMED.isAt(call, name)) {
      coverage.reached(Reached.CRASH_WHILE_A_SNAPSHOT_IS_NAMED);
    } else if (Moment.SEGMENT_MADE_READY.isAt(call, name)) {
      coverage.reached(Reached.CRASH_WHILE_A_SEGMENT_IS_MADE_READY);
    } else if (Moment.SEGMENT_DELETED.isAt(call, name)) {
      coverage.reached(Reached.CRASH_WHILE_A_SEGMENT_IS_DELETED);
    } else if (Moment.INDEX_WRITTEN.isAt(call, name)) {
      coverage.reached(Reached.CRASH_WHILE_AN_INDEX_IS_WRITTEN);
    }
  }

  private void failed(Call call, String name) {
    switch (call) {
      case WRITE -> {
        failed.add(name);
        coverage.reached(Reached.WRITE_FAILED);
      }
      case SYNC -> {
        failed.add(name);
        coverage.reached(Reached.SYNC_FAILED);
      }
      case SYNC_FOLDER -> coverage.reached(Reached.FOLDER_SYNC_FAILED);
      case RENAME -> coverage.reached(Reached.RENAME_FAILED);
      case CREATE -> coverage.reached(Reached.CREATE_FAILED);
      case DELETE -> coverage.reached(Reached.DELETE_FAILED);
      case RESERVE -> coverage.reached(Reached.RESERVE_FAILED);
      case READ -> coverage.reached(Reached.READ_FAILED);
      case LIST, OPEN -> coverage.reached(Reached.OPEN_FAILED);
    }
  }

  private void wentWell(Call call, String name) {
    switch (call) {
      case WRITE -> written.add(name);
      case SYNC -> written.remove(name);
      case RENAME ->
          coverage.reached(
              name.endsWith(SNAPSHOT) ? Reached.SNAPSHOT_PUT_IN_PLACE : Reached.SEGMENT_USED_AGAIN);
      case DELETE -> {
        if (name.endsWith(SEGMENT)) {
          coverage.reached(Reached.SEGMENT_DELETED);
        }
      }
      case CREATE -> {
        if (name.equals(lastRead.replace(SEGMENT, INDEX))) {
          coverage.reached(Reached.INDEX_MADE_ANEW);
        }
      }
      case READ -> {
        lastRead = name;
        if (!opening) {
          coverage.reached(Reached.RECORD_READ_BACK);
          readBack.accept(name);
        }
      }
      case LIST, OPEN, RESERVE, SYNC_FOLDER -> {}
    }
  }
}
