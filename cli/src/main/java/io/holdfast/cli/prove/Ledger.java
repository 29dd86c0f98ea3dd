package io.holdfast.cli.prove;

import io.holdfast.protocol.packet.QoS;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// What publishers sent, what was acknowledged to them, and what came to consumers: from it follows
/// what was lost, what was duplicated and what came out of order.
///
/// - An acknowledged message that did not come to a consumer is _lost_.
/// - A message that comes to a consumer as a new one more often than it may is _duplicated_. It may
///   come once; but at QoS 1, where a publisher that hears no PUBACK sends again and nobody can
///   tell, as often as it was sent.
/// - Nothing ends or expires here, so what comes of a stream for the first time has the number
///   after the last one, or is _out of order_.
///
/// One of the consumers may be the _group_ of a shared subscription. There is no order among its
/// members, and at QoS 1 a message that moves from one to another is a new one for that.
///
/// Whether a PUBLISH is a new message or a known one again is the consumer's to say. Any thread may
/// call it.
final class Ledger {
  private static final int VIOLATIONS_MAX = 20;

  private final Stream[] streams;
  private final int consumerCount;
  private final int group;
  private final List<String> violations = new ArrayList<>();
  private long violationCount;
  private long acknowledged;
  private long arrived;
  private long again;
  private long duplicated;
  private long outOfOrder;

  /// @param group which of the consumers is one, -1 for none
  Ledger(int streamCount, int consumerCount, int group) {
    this.group = group;
    this.consumerCount = consumerCount;
    this.streams = new Stream[streamCount];
    for (int i = 0; i < streamCount; i++) {
      streams[i] = new Stream(Numbered.qos(i) == QoS.EXACTLY_ONCE, consumerCount);
    }
  }

  /// `message` goes out to the broker, for the first time or once more.
  synchronized void sent(Numbered message) {
    streams[message.stream()].sent.add(message.number());
  }

  /// PUBACK or PUBREC came for it.
  synchronized void acknowledged(Numbered message) {
    BitSet known = streams[message.stream()].acknowledged;
    if (!known.get(message.number())) {
      known.set(message.number());
      acknowledged++;
      notifyAll();
    }
  }

  /// `message` came to a consumer that takes it for a new one.
  synchronized void arrived(int consumer, Numbered message) {
    Stream stream = streams[message.stream()];
    int number = message.number();
    int times = stream.arrived[consumer].add(number);
    if (times == 1) {
      arrived++;
      if (number != stream.nextFirst[consumer] && consumer != group) {
        outOfOrder++;
        violation(
            "consumer %d: %s came where number %d was next"
                .formatted(consumer, message, stream.nextFirst[consumer]));
      }
      stream.nextFirst[consumer] = Math.max(stream.nextFirst[consumer], number + 1);
      notifyAll();
    } else if (stream.exactlyOnce || (times > stream.sent.at(number) && consumer != group)) {
      duplicated++;
      violation(
          "consumer %d: %s came %d times as a new message, and was sent %d times"
              .formatted(consumer, message, times, stream.sent.at(number)));
    }
  }

  /// A consumer got a message that it knew, and could tell.
  synchronized void cameAgain() {
    again++;
  }

  /// Something that must not be.
  synchronized void violation(String what) {
    violationCount++;
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add(what);
    }
  }

  synchronized long acknowledged() {
    return acknowledged;
  }

  /// Waits until `count` messages are acknowledged. False where that takes more than `millis`.
  synchronized boolean awaitAcknowledged(long count, long millis) throws InterruptedException {
    return await(() -> acknowledged >= count, millis);
  }

  /// Waits until everything acknowledged has come everywhere. False where it does not come within
  /// `millis`.
  synchronized boolean awaitArrived(long millis) throws InterruptedException {
    return await(() -> arrived >= acknowledged * consumerCount && lost() == 0, millis);
  }

  private interface Claim {
    boolean holds();
  }

  private synchronized boolean await(Claim claim, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    while (!claim.holds()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  synchronized long lost() {
    long lost = 0;
    for (Stream stream : streams) {
      for (Counts counts : stream.arrived) {
        lost += stream.acknowledged.stream().filter(number -> counts.at(number) == 0).count();
      }
    }
    return lost;
  }

  synchronized long duplicated() {
    return duplicated;
  }

  synchronized long outOfOrder() {
    return outOfOrder;
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  @Override
  public synchronized String toString() {
    return ("%d acknowledged, %d came to %d consumers, %d of them again as MQTT allows; %d lost,"
            + " %d duplicated, %d out of order, %d violations %s")
        .formatted(
            acknowledged,
            arrived,
            consumerCount,
            again,
            lost(),
            duplicated,
            outOfOrder,
            violationCount,
            violations);
  }

  private static final class Stream {
    final boolean exactlyOnce;
    final Counts sent = new Counts();
    final BitSet acknowledged = new BitSet();
    final Counts[] arrived;
    final int[] nextFirst;

    Stream(boolean exactlyOnce, int consumers) {
      this.exactlyOnce = exactlyOnce;
      this.arrived = new Counts[consumers];
      Arrays.setAll(arrived, unused -> new Counts());
      this.nextFirst = new int[consumers];
    }
  }

  /// A small count for each number.
  private static final class Counts {
    private byte[] counts = new byte[1024];

    int at(int number) {
      return number < counts.length ? counts[number] : 0;
    }

    int add(int number) {
      if (number >= counts.length) {
        counts = Arrays.copyOf(counts, Math.max(number + 1, counts.length * 2));
      }
      counts[number] = (byte) Math.min(Byte.MAX_VALUE, counts[number] + 1);
      return counts[number];
    }
  }
}
