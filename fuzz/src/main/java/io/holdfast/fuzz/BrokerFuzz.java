package io.holdfast.fuzz;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Limits;
import io.holdfast.core.ListenerSettings;
import io.holdfast.core.QueueLimit;
import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.log.disk.MemoryDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// From CONNECT to the end of the connection: whatever four clients send, however it is cut, and
/// whatever the time, the disk and the network do meanwhile, the broker goes on, says well-formed
/// packets only, and starts again on what it left.
///
///     0          1
///     +----------+------+----------- - -
///     | settings | step | its bytes ...     steps follow each other to the end
///     +----------+------+----------- - -
///
/// settings: 0 QoS 0 is queued too; 1 queues are short; 2 no retained messages; 3 sessions end soon;
/// 4 connections may be few; 5 no empty client ids
///
/// A step's low four bits say what happens, the two above them on which connection; see `Step`.
public final class BrokerFuzz {
  private static final List<Step> STEPS = List.of(Step.values());
  private static final int STEPS_MAX = 2_000;
  private static final int RESTARTS_MAX = 4;
  private static final int CONNECTIONS = 4;
  private static final int PACKET_BYTES_MAX = 1 << 16;
  private static final Limits LIMITS = new Limits(20, 20, 20, 10, 10_000);
  private static final long ALLOCATED_MIN = 16 << 20;
  private static final long ALLOCATED_PER_BYTE = 256 << 10;

  private final Input in;
  private final MemoryBroker broker;
  private int restarts;

  /// What can happen; its place is its number.
  private enum Step {
    /// Bytes come: their number, then they.
    BYTES,
    /// A packet comes: its first byte, the length of its rest, the rest. The remaining length is
    /// made to fit.
    PACKET,
    /// These come, as `ShortPackets` has them.
    CONNECT,
    PUBLISH,
    SUBSCRIBE,
    UNSUBSCRIBE,
    /// The oldest answer that is owed comes.
    ANSWER,
    /// All of them.
    ANSWERS,
    LOST,
    WRITABLE,
    /// Time passes: an exponent, in milliseconds.
    TIME,
    TURN,
    /// One task of the log.
    TASK,
    /// All of them.
    TASKS,
    CRASH,
    RESTART
  }

  private BrokerFuzz(Input in) throws IOException {
    this.in = in;
    int flags = in.next();
    BrokerSettings settings =
        new BrokerSettings(
            5,
            3,
            PACKET_BYTES_MAX,
            0,
            60,
            (flags & 8) != 0 ? 100 : -1,
            (flags & 1) != 0,
            (flags & 4) == 0,
            10,
            new QueueLimit(
                (flags & 2) != 0 ? 3 : 0,
                (flags & 64) != 0
                    ? List.of(new Rule(Policy.REJECT, new Scope.Everything()))
                    : List.of()),
            LIMITS);
    ListenerSettings listener =
        new ListenerSettings(true, (flags & 16) != 0 ? 2 : -1, (flags & 32) == 0, "auto-");
    this.broker = new MemoryBroker(settings, listener, new MemoryDisk(), false);
  }

  /// The fuzzer's way in.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Allocation.check(
        ALLOCATED_MIN + ALLOCATED_PER_BYTE * input.length,
        () -> new BrokerFuzz(new Input(input)).tell());
  }

  private void tell() throws IOException {
    for (int steps = 0; !in.isAtEnd() && steps < STEPS_MAX; steps++) {
      int step = in.next();
      step(STEPS.get(step & 15), step >>> 4 & CONNECTIONS - 1);
    }
    for (int id = 0; id < CONNECTIONS; id++) {
      answerAll(id);
    }
    broker.turn();
    broker.runTasks();
    broker.restart();
    broker.turn();
    broker.runTasks();
  }

  private void step(Step kind, int id) throws IOException {
    switch (kind) {
      case BYTES -> broker.bytes(id, in.takeCounted());
      case PACKET -> broker.bytes(id, packet(in.next(), in.takeCounted()));
      case CONNECT -> broker.packet(id, ShortPackets.connect(in));
      case PUBLISH -> broker.packet(id, ShortPackets.publish(in, broker.version(id)));
      case SUBSCRIBE -> broker.packet(id, ShortPackets.subscribe(in, broker.version(id)));
      case UNSUBSCRIBE -> broker.packet(id, ShortPackets.unsubscribe(in));
      case ANSWER -> broker.answer(id);
      case ANSWERS -> answerAll(id);
      case LOST -> broker.lost(id);
      case WRITABLE -> broker.writable(id, (in.next() & 1) != 0);
      case TIME -> broker.passed(1L << in.next() % 40);
      case TURN -> broker.turn();
      case TASK -> broker.runTask();
      case TASKS -> broker.runTasks();
      case CRASH -> {
        if (mayRestart()) {
          broker.crash();
        }
      }
      case RESTART -> {
        if (mayRestart()) {
          broker.restart();
        }
      }
    }
  }

  /// Each start leaves one segment more to be read by the next.
  private boolean mayRestart() {
    return restarts++ < RESTARTS_MAX;
  }

  private void answerAll(int id) {
    for (int answers = 0; answers < STEPS_MAX && broker.answer(id); answers++) {
      broker.turn();
      broker.runTasks();
    }
  }

  /// With a remaining length that fits: one byte or two.
  private static byte[] packet(int first, byte[] rest) {
    int length = rest.length;
    byte[] header =
        length < 0x80
            ? new byte[] {(byte) first, (byte) length}
            : new byte[] {(byte) first, (byte) (length | 0x80), (byte) (length >>> 7)};
    byte[] packet = Arrays.copyOf(header, header.length + length);
    System.arraycopy(rest, 0, packet, header.length, length);
    return packet;
  }
}
