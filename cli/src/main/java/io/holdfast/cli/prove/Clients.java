package io.holdfast.cli.prove;

import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.QoS;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// The clients of one trial, with the ledger that they fill.
final class Clients {
  private static final int PATIENCE_MILLIS = 60_000;

  /// Of a publisher that waits for an answer. Nothing else is slower than a broker that writes all
  /// it has for every message.
  private static final int ANSWER_MILLIS = 15_000;

  /// Of everything that was sent already.
  private static final int SILENCE_MILLIS = 5_000;

  private static final int DRAIN_MILLIS = 60_000;
  private static final int RETURNS_MAX = 10;

  private final List<PublishingClient> publishers = new ArrayList<>();
  private final List<ConsumingClient> consumers = new ArrayList<>();
  private final Ledger ledger;

  /// @param prefix of client identifiers and topics
  Clients(Cast cast, String prefix, Random random) {
    ledger = new Ledger(2 * cast.publishers(), cast.consumers(), -1);
    Numbering numbering = new Numbering(prefix, cast.largeOneIn());
    for (int i = 0; i < cast.publishers(); i++) {
      Random own = new Random(random.nextLong());
      publishers.add(
          new PublishingClient(
              prefix + "p" + i,
              i,
              version(i),
              numbering,
              cast.levels(),
              ledger,
              own,
              new Mishap(cast.publisherDiesOneIn(), own)));
    }
    for (int i = 0; i < cast.consumers(); i++) {
      consumers.add(
          new ConsumingClient(
              prefix + "c" + i,
              i,
              version(i),
              numbering,
              numbering.all(),
              QoS.EXACTLY_ONCE,
              65535,
              ledger,
              new Mishap(cast.consumerDiesOneIn(), new Random(random.nextLong()))));
    }
  }

  private static ProtocolVersion version(int index) {
    return index % 2 == 0 ? ProtocolVersion.V3_1_1 : ProtocolVersion.V5;
  }

  private List<Client> everybody() {
    List<Client> all = new ArrayList<>(publishers);
    all.addAll(consumers);
    return all;
  }

  Ledger ledger() {
    return ledger;
  }

  List<ConsumingClient> consumers() {
    return consumers;
  }

  /// Starts everybody; the consumers subscribe.
  void subscribe(Place place) throws BrokerException, InterruptedException {
    everybody().forEach(Client::start);
    consumersGoTo(place);
    for (ConsumingClient consumer : consumers) {
      if (!consumer.awaitSubscribed(PATIENCE_MILLIS)) {
        throw new BrokerException("the broker does not take a subscription " + ledger.violations());
      }
    }
  }

  void publishersGoTo(Place place) {
    publishers.forEach(publisher -> publisher.goTo(place));
  }

  void consumersGoTo(Place place) {
    consumers.forEach(consumer -> consumer.goTo(place));
  }

  void consumersStayAway() throws IOException {
    for (ConsumingClient consumer : consumers) {
      consumer.stayAway();
    }
  }

  /// Each publisher begins so many messages from now on, and no more.
  void endAfter(int count) {
    publishers.forEach(publisher -> publisher.endAfter(count));
  }

  /// Waits until `count` messages more are acknowledged.
  ///
  /// @throws BrokerException where nothing at all is acknowledged for long
  void awaitAcknowledged(long count) throws BrokerException, InterruptedException {
    long until = ledger.acknowledged() + count;
    ledger.startSilence();
    while (!ledger.awaitAcknowledged(until, 100)) {
      if (ledger.silentMillis() > PATIENCE_MILLIS) {
        throw new BrokerException("the broker acknowledges nothing");
      }
    }
  }

  /// Waits until every publisher has heard every answer. False where answers are withheld.
  boolean awaitAnswers(long patienceMillis) throws InterruptedException {
    ledger.startSilence();
    for (PublishingClient publisher : publishers) {
      while (!publisher.awaitDone(100)) {
        if (ledger.silentMillis() > patienceMillis) {
          return false;
        }
      }
    }
    return true;
  }

  /// Nothing new is published, and what is under way comes to its end: the publishers send again
  /// what was not answered, and the consumers get what is theirs. Some brokers fall silent with
  /// messages still waiting; so the consumers come back, as clients do in the end, until that
  /// brings nothing more. Only then what is missing is missing.
  void settle(Place place) throws InterruptedException, IOException {
    endAfter(0);
    everybody().forEach(Client::live);
    everybody().forEach(client -> client.goTo(place));
    if (!awaitAnswers(ANSWER_MILLIS)) {
      ledger.violation("publishers wait for answers that do not come");
    }
    boolean isComplete = ledger.awaitArrivedOrSilence(SILENCE_MILLIS, DRAIN_MILLIS);
    int returns = 0;
    boolean isWorthIt = true;
    while (!isComplete && isWorthIt && returns < RETURNS_MAX) {
      long before = ledger.arrived();
      consumersStayAway();
      consumersGoTo(place);
      isComplete = ledger.awaitArrivedOrSilence(SILENCE_MILLIS, DRAIN_MILLIS);
      isWorthIt = ledger.arrived() > before;
      returns++;
    }
    if (isComplete && returns > 0) {
      ledger.violation(
          "consumers had to come back %d times until they got all that waited".formatted(returns));
    }
  }

  void end() throws IOException, InterruptedException {
    for (Client client : everybody()) {
      client.end();
    }
  }

  /// Takes away what the broker keeps of them.
  void forget(Place place) throws IOException {
    for (Client client : everybody()) {
      client.forget(place);
    }
  }
}
