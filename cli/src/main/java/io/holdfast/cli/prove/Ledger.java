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
///   tell, as often as it was sent. At QoS 1 one that is marked as a duplicate is none, as MQTT has
///   it, though for a broker that knows what was acknowledged it is a violation.
/// - What comes of a stream for the first time after a later one has come is _out of order_.
///   Nothing ends or expires here, so already a number that is passed over is a violation, unless
///   it was refused.
///
/// One of the consumers may be the _group_ of a shared subscription. There is no order among its
/// members, and at QoS 1 a message that moves from one to another is a new one for that.
///
/// Whether a PUBLISH is a new message or a known one again is the consumer's to say. Any thread may
/// call it.
public final class Ledger {
  private static final int VIOLATIONS_MAX = 20;
  private static final int REMARKS_MAX = 20;

  private final Stream[] streams;
  private final int consumerCount;
  private final int group;
  private final List<String> violations = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private long remarkCount;
  private long acknowledged;
  private long arrived;
  private long again;
  private long refused;

  /// Of anything that gets on.
  private long changedNanos = System.nanoTime();

  /// @param group which of the consumers is one, -1 for none
  public Ledger(int streamCount, int consumerCount, int group) {
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

  /// PUBACK or PUBREC came for it, with success.
  synchronized void acknowledged(Numbered message) {
    BitSet known = streams[message.stream()].acknowledged;
    if (!known.get(message.number())) {
      known.set(message.number());
      acknowledged++;
      changed();
    }
  }

  /// PUBACK or PUBREC came for it, and says no. It is not sent again.
  synchronized void refused(Numbered message) {
    streams[message.stream()].refused.set(message.number());
    refused++;
    changed();
  }

  /// `message` came to a consumer that takes it for a new one.
  ///
  /// @param isMarked whether the broker says that it may have sent it before
  synchronized void arrived(int consumer, Numbered message, boolean isMarked) {
    Stream stream = streams[message.stream()];
    int times = stream.arrived[consumer].add(message.number());
    if (times == 1) {
      arrived++;
      if (consumer != group) {
        arrivedInTurn(stream, consumer, message);
      }
    } else if (stream.exactlyOnce
        || (times > stream.sent.at(message.number()) && consumer != group)) {
      if (stream.exactlyOnce || !isMarked) {
        stream.duplicated++;
      }
      countedAlready(
          "consumer %d: %s came %d times as a new message%s, and was sent %d times"
              .formatted(
                  consumer,
                  message,
                  times,
                  isMarked ? " (with DUP)" : "",
                  stream.sent.at(message.number())));
    }
    changed();
  }

  private void arrivedInTurn(Stream stream, int consumer, Numbered message) {
    int number = message.number();
    int first = stream.nextFirst[consumer];
    int next = stream.refused.nextClearBit(first);
    if (number < first) {
      stream.outOfOrder++;
    }
    // One that was sent twice may have been taken the first time, and refused the second.
    boolean isRefused = number >= first && number < next;
    if (number != next && !isRefused) {
      countedAlready(
          "consumer %d: %s came where number %d was next".formatted(consumer, message, next));
    }
    stream.nextFirst[consumer] = Math.max(first, number + 1);
  }

  /// A consumer got a message that it knew, and could tell.
  synchronized void cameAgain() {
    again++;
    changed();
  }

  /// Something that must not be, and that no tally counts.
  synchronized void violation(String what) {
    remark(what);
    countedAlready(what);
  }

  /// Something that is to be told, and no more.
  synchronized void remark(String what) {
    remarkCount++;
    if (remarks.size() < REMARKS_MAX) {
      remarks.add(what);
    }
  }

  private void countedAlready(String what) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add(what);
    }
  }

  private void changed() {
    changedNanos = System.nanoTime();
    notifyAll();
  }

  public synchronized long acknowledged() {
    return acknowledged;
  }

  /// How many came for the first time, each counted for each consumer.
  synchronized long arrived() {
    return arrived;
  }

  /// Waits until `count` messages are acknowledged. False where that takes more than `millis`.
  public synchronized boolean awaitAcknowledged(long count, long millis)
      throws InterruptedException {
    return await(() -> acknowledged >= count, millis);
  }

  /// Waits until everything acknowledged has come everywhere. False where it does not come within
  /// `millis`.
  public synchronized boolean awaitArrived(long millis) throws InterruptedException {
    return await(this::hasArrived, millis);
  }

  /// The same, as long as anything gets on. False after a silence of `silenceMillis`, and after
  /// `millis` in any case: some brokers send the same again and again.
  synchronized boolean awaitArrivedOrSilence(long silenceMillis, long millis)
      throws InterruptedException {
    long deadline = System.nanoTime() + millis * 1_000_000;
    startSilence();
    while (!hasArrived()) {
      long left =
          Math.min(silenceMillis - silentMillis(), (deadline - System.nanoTime()) / 1_000_000);
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  private boolean hasArrived() {
    return arrived >= acknowledged * consumerCount && lost() == 0;
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

  /// Nothing has to have got on so far.
  synchronized void startSilence() {
    changedNanos = System.nanoTime();
  }

  /// How long nothing has got on.
  synchronized long silentMillis() {
    return (System.nanoTime() - changedNanos) / 1_000_000;
  }

  /// How many messages are lost so far.
  public synchronized long lost() {
    return tally().lost();
  }

  synchronized Tally tally(QoS qos) {
    Tally sum = Tally.NONE;
    for (int i = 0; i < streams.length; i++) {
      if (Numbered.qos(i) == qos) {
        sum = sum.plus(streams[i].tally());
      }
    }
    return sum;
  }

  /// Of all that there is.
  public synchronized Tally tally() {
    return tally(QoS.AT_LEAST_ONCE).plus(tally(QoS.EXACTLY_ONCE));
  }

  synchronized long refused() {
    return refused;
  }

  /// The first of them.
  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /// What is to be told beside the tallies.
  synchronized List<String> remarks() {
    List<String> all = new ArrayList<>(remarks);
    if (remarkCount > remarks.size()) {
      all.add("and %d more".formatted(remarkCount - remarks.size()));
    }
    if (refused > 0) {
      all.add("%d messages were refused, as a broker may".formatted(refused));
    }
    return all;
  }

  @Override
  public synchronized String toString() {
    return "%s; %d came to %d consumers, %d times again as MQTT allows; %d refused; violations %s"
        .formatted(tally(), arrived, consumerCount, again, refused, violations);
  }

  private static final class Stream {
    final boolean exactlyOnce;
    final Counts sent = new Counts();
    final BitSet acknowledged = new BitSet();
    final BitSet refused = new BitSet();
    final Counts[] arrived;
    final int[] nextFirst;
    long duplicated;
    long outOfOrder;

    Stream(boolean exactlyOnce, int consumers) {
      this.exactlyOnce = exactlyOnce;
      this.arrived = new Counts[consumers];
      Arrays.setAll(arrived, unused -> new Counts());
      this.nextFirst = new int[consumers];
    }

    Tally tally() {
      BitSet missing = (BitSet) acknowledged.clone();
      long delivered = 0;
      for (int number = 0; number < arrived[0].length(); number++) {
        if (cameToAll(number)) {
          missing.clear(number);
          delivered++;
        }
      }
      return new Tally(
          acknowledged.cardinality(), delivered, missing.cardinality(), duplicated, outOfOrder);
    }

    private boolean cameToAll(int number) {
      for (Counts counts : arrived) {
        if (counts.at(number) == 0) {
          return false;
        }
      }
      return true;
    }
  }

  /// A small count for each number.
  private static final class Counts {
    private byte[] counts = new byte[1024];

    int length() {
      return counts.length;
    }

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
