package io.holdfast.simulator.workload;

import io.holdfast.core.BrokerSettings;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.simulator.checker.Ledger;
import io.holdfast.simulator.workload.Nature.Lasting;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The clients of one seed: a handful, drawn so that they meet.
///
/// First they do as they like. Once healed they come back, read, acknowledge and bring to an end
/// what is under way; then a reader looks at what is retained.
public final class Workload implements Inhabitants {
  private final World world;
  private final BrokerSettings settings;
  private final Ledger ledger;
  private final List<SimClient> clients = new ArrayList<>();
  private final List<Breaker> breakers = new ArrayList<>();
  private final RetainedReader reader;
  private boolean readerIsThere;

  /// @param settings what the operator chose, which clients get to feel
  public Workload(World world, BrokerSettings settings) {
    this.world = world;
    this.settings = settings;
    this.ledger = new Ledger(world, settings);
    this.reader = new RetainedReader(world, ledger);
  }

  /// Draws the clients, and lets them begin.
  @Override
  public void start() {
    RandomGenerator random = world.random();
    QoS groupQoS = QoS.of(1 + random.nextInt(2));
    add(Lasting.FOR_EVER, 2 + random.nextInt(2), groupQoS);
    add(Lasting.PASSING, random.nextInt(3), groupQoS);
    add(Lasting.TRANSIENT, random.nextInt(3), groupQoS);
    if (random.nextInt(3) == 0) {
      breakers.add(new Breaker("breaker", world, settings, ledger));
    }
    clients.forEach(SimClient::start);
    breakers.forEach(Breaker::start);
  }

  private void add(Lasting lasting, int count, QoS groupQoS) {
    for (int i = 0; i < count; i++) {
      String name = lasting.name().toLowerCase(java.util.Locale.ROOT) + "-" + i;
      Nature nature = Nature.draw(name, lasting, settings, groupQoS, world.random());
      clients.add(new SimClient(nature, world, settings, ledger));
    }
  }

  /// From now on nobody misbehaves, and everybody comes back, reads and acknowledges.
  @Override
  public void heal() {
    clients.forEach(SimClient::heal);
    breakers.forEach(Breaker::heal);
  }

  @Override
  public boolean isQuiet(long nanos) {
    return ledger.isQuiet(nanos);
  }

  @Override
  public void rest() {
    ledger.rest();
    clients.forEach(SimClient::rest);
  }

  /// Whether nothing is owed or under way any more. Only of interest after `heal`.
  @Override
  public boolean isSettled() {
    if (!clients.stream().allMatch(SimClient::isSettled) || !ledger.owesNothing()) {
      return false;
    }
    if (!readerIsThere) {
      readerIsThere = true;
      reader.start();
    }
    return reader.hasRead();
  }

  @Override
  public boolean owesNothing() {
    return ledger.owesNothing();
  }

  /// What can only be judged at the end. Once `isSettled`, or when time is up: what is still owed
  /// then is lost.
  @Override
  public void check() {
    ledger.checkAtTheEnd();
    for (SimClient client : clients) {
      client.checkAtTheEnd();
    }
    reader.check();
  }

  /// Messages published so far, for who counts.
  public int messages() {
    return ledger.messages();
  }
}
