package io.holdfast.core;

import io.holdfast.core.ClientConnection.Client;
import io.holdfast.log.Grant;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Says what is taken in where the log has no space, a queue no room, or the heap no memory
/// (promises P6 and P10).
///
/// A message that a queue wants is refused at 5.0, with a reason code. Before 5.0 there is none: it
/// is withheld, which means that the driver keeps it, reads no further, and offers it again. A
/// client that holds messages itself has to be heard, or it could never acknowledge them: its
/// messages are thrown away from then on, without an answer, until its connection ends; it sends
/// them again on the next one. What frees space, or keeps a session going, is never refused.
final class Admission {
  static final String NO_SPACE = "there is no space left on the broker's disk";
  static final String NO_MEMORY = "the broker has no memory left for anything new";

  private static final int CONSUMER_PAUSED_MILLIS_MAX = 1000;
  private static final int SESSION_BYTES = 1024;

  private final Journal journal;
  private final Answers answers;
  private final Counters counters;
  private final RareWarning memoryWarning;
  private final RareWarning spaceWarning;

  private final List<Outcast> mustComeAgain = new ArrayList<>();

  /// Whether nothing may be begun that stays in memory.
  private boolean lacksMemory;

  /// The smallest record that was refused since there was space, 0 for none.
  private int refusedBytes;

  Admission(Journal journal, Answers answers, Counters counters, Effects effects) {
    this.journal = journal;
    this.answers = answers;
    this.counters = counters;
    this.memoryWarning = new RareWarning(journal, effects);
    this.spaceWarning = new RareWarning(journal, effects);
  }

  /// Whose messages are thrown away until it comes again, which it may once the first of them would
  /// be taken.
  private record Outcast(Client client, BooleanSupplier mayCome) {
    boolean isOver() {
      return client.connection().isClosing();
    }
  }

  /// How a message is met that a record has to be made of.
  enum Verdict {
    TAKEN,
    /// Not now: it is to be offered again.
    WITHHELD,
    /// It is refused with an answer.
    REFUSED,
    /// It is gone, and there is no answer.
    DROPPED
  }

  /// Whether everything may be taken in now.
  boolean grants(int bytes) {
    return journal.log().grant(bytes) == Grant.GRANTED;
  }

  /// The driver says whether the heap is nearly full. What is there goes on.
  void memory(boolean isLacking) {
    lacksMemory = isLacking;
    if (isLacking) {
      memoryWarning.say(() ->
          "Java's heap is nearly full: sessions, subscriptions and retained topics that are new"
              + " are refused. A larger one is HOLDFAST_JAVA_OPTS=-Xmx512m, for instance");
    }
  }

  boolean lacksMemory() {
    return lacksMemory;
  }

  /// Whether a session or subscription that is to last, and is not there yet, has to be refused.
  boolean refusesNewState() {
    return refuses(SESSION_BYTES);
  }

  /// Whether a will of `bytes` has to wait for space. Its publisher is gone and cannot be told, and
  /// the reserve is for what sets space free.
  boolean postponesWill(int bytes) {
    return refuses(bytes);
  }

  /// What becomes of a message of `bytes` that `grants` was false for.
  Verdict judge(Client client, QoS qos, int bytes) {
    if (client.mustComeAgain) {
      return Verdict.DROPPED;
    }
    if (!refuses(bytes)) {
      return grants(bytes) ? Verdict.TAKEN : Verdict.WITHHELD;
    }
    return refuse(client, qos, Event.Reason.NO_SPACE, () -> grants(bytes));
  }

  /// What becomes of a message that a queue has no room for.
  Verdict judgeFull(Client client, QoS qos, BooleanSupplier hasRoom) {
    return refuse(client, qos, Event.Reason.QUEUE_FULL, hasRoom);
  }

  /// What becomes of a message that would be retained on a topic that has none yet.
  Verdict judgeNewTopic(Client client, QoS qos) {
    return lacksMemory
        ? refuse(client, qos, Event.Reason.NO_SPACE, () -> !lacksMemory)
        : Verdict.TAKEN;
  }

  private Verdict refuse(Client client, QoS qos, Event.Reason why, BooleanSupplier wouldBeTaken) {
    if (qos == QoS.AT_MOST_ONCE) {
      counters.dropped(client.session().clientId(), why, 1);
      return Verdict.DROPPED;
    }
    if (client.version().isV5()) {
      counters.refused++;
      return Verdict.REFUSED;
    }
    return withhold(client, wouldBeTaken);
  }

  private boolean refuses(int bytes) {
    if (journal.log().grant(bytes) != Grant.REFUSED) {
      return false;
    }
    if (refusedBytes == 0) {
      spaceWarning.say(() ->
          "no space is left for the log: what publishers send is refused until consumers have"
              + " taken some of it, or the disk has space again");
    }
    refusedBytes = refusedBytes == 0 ? bytes : Math.min(refusedBytes, bytes);
    return true;
  }

  private Verdict withhold(Client client, BooleanSupplier wouldBeTaken) {
    long nowMillis = journal.nowMillis();
    if (client.withheldSinceMillis < 0) {
      client.withheldSinceMillis = nowMillis;
      counters.refused++;
    }
    if (client.outbound.inFlight == 0
        || nowMillis - client.withheldSinceMillis < CONSUMER_PAUSED_MILLIS_MAX) {
      return Verdict.WITHHELD;
    }
    client.mustComeAgain = true;
    mustComeAgain.removeIf(Outcast::isOver);
    mustComeAgain.add(new Outcast(client, wouldBeTaken));
    return Verdict.DROPPED;
  }

  /// The time has moved: once there is space or room again, those come again who have to.
  void time() {
    if (refusedBytes > 0 && grants(refusedBytes)) {
      refusedBytes = 0;
    }
    mustComeAgain.removeIf(this::comesAgain);
  }

  private boolean comesAgain(Outcast outcast) {
    if (!outcast.isOver() && !outcast.mayCome.getAsBoolean()) {
      return false;
    }
    if (!outcast.isOver()) {
      answers.disconnect(
          outcast.client.connection(),
          ReasonCode.QUOTA_EXCEEDED,
          "its messages were not taken for a while: it has to send them again");
    }
    return true;
  }
}
