package io.holdfast.simulator;

import io.holdfast.simulator.workload.Caller;
import io.holdfast.simulator.workload.ClientEnd;
import io.holdfast.simulator.workload.Reached;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The network between clients and the broker: late, in pieces, and cut at any byte.
final class SimNetwork {
  private static final long SECOND = 1_000_000_000L;

  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final Coverage coverage;
  private final Trace trace;
  private final NetworkHabits habits;
  private final Port port;
  private final Set<SimConnection> connections = new LinkedHashSet<>();
  private boolean faulty = true;
  private int dialed;

  SimNetwork(
      Scheduler scheduler,
      RandomGenerator random,
      Coverage coverage,
      Trace trace,
      NetworkHabits habits,
      Port port) {
    this.scheduler = scheduler;
    this.random = random;
    this.coverage = coverage;
    this.trace = trace;
    this.habits = habits;
    this.port = port;
  }

  ClientEnd dial(Caller caller) {
    SimConnection connection = new SimConnection(this, dialed++, caller);
    connections.add(connection);
    after(latency(), () -> arrive(connection));
    return connection;
  }

  private void arrive(SimConnection connection) {
    if (connection.isClientGone()) {
      forget(connection);
      return;
    }
    if (!port.isPowered()) {
      coverage.reached(Reached.DIALED_A_DEAD_MACHINE);
      after(random.nextLong(10 * SECOND), connection::refused);
      return;
    }
    if (faulty && chance(habits.refusalsPerMille() * 1000)) {
      coverage.reached(Reached.DIAL_REFUSED);
      after(latency(), connection::refused);
      return;
    }
    Optional<ServerEnd> server = port.accept(connection);
    if (server.isEmpty()) {
      coverage.reached(Reached.DIALED_WHILE_NOBODY_LISTENS);
      after(latency(), connection::refused);
    } else {
      connection.accepted(server.get());
      after(latency(), connection::opened);
    }
  }

  /// The broker's process is no more: its system ends its connections.
  void processEnded() {
    List.copyOf(connections).forEach(SimConnection::serverProcessEnded);
  }

  /// The broker's machine is no more: it takes a while until clients notice.
  void machineEnded() {
    List.copyOf(connections).forEach(SimConnection::serverMachineEnded);
  }

  /// From now on nothing is cut or refused, and what was is noticed soon.
  void heal() {
    faulty = false;
    List.copyOf(connections).forEach(SimConnection::healed);
  }

  void forget(SimConnection connection) {
    connections.remove(connection);
  }

  List<SimConnection> connections() {
    return new ArrayList<>(connections);
  }

  // What a connection asks

  boolean isFaulty() {
    return faulty;
  }

  void after(long nanos, Runnable event) {
    scheduler.after(nanos, event);
  }

  void note(String what, SimConnection connection, long number) {
    trace.note(what, connection.number(), number);
  }

  void reached(Reached what) {
    coverage.reached(what);
  }

  boolean chance(int perMillion) {
    return perMillion > 0 && random.nextInt(1_000_000) < perMillion;
  }

  RandomGenerator random() {
    return random;
  }

  long latency() {
    if (faulty && chance(habits.stallsPerMillion())) {
      coverage.reached(Reached.SEGMENT_STALLED);
      return random.nextLong(20 * SECOND);
    }
    return habits.latencyNanos() + random.nextLong(habits.jitterNanos());
  }

  /// How many of `waiting` bytes come together.
  int segmentOf(int waiting) {
    int most = Math.min(waiting, habits.segmentBytes());
    return random.nextInt(4) == 0 ? 1 + random.nextInt(most) : most;
  }

  boolean cutsNow() {
    return faulty && chance(habits.cutsPerMillion());
  }

  boolean isPowered() {
    return port.isPowered();
  }

  int bufferBytes() {
    return habits.bufferBytes();
  }

  /// How long until somebody notices that a connection is cut.
  long noticing() {
    return random.nextLong(faulty ? 20 * SECOND : SECOND);
  }
}
