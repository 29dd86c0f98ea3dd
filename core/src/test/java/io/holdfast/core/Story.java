package io.holdfast.core;

import io.holdfast.core.record.LogRecord;
import io.holdfast.log.MemoryLog;
import io.holdfast.log.MemorySnapshots;
import io.holdfast.protocol.packet.Packet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/// One random story from a seed: clients connect, subscribe, publish, acknowledge, break off; the
/// disk is slow, snapshots are written, the broker dies at any point and starts again.
///
/// First everything goes wrong, and nothing false may be said; then nothing does, and everything
/// that was promised must arrive.
final class Story implements Heard {
  private static final int STEPS = 300;
  private static final int QUIET_ROUNDS = 4;
  private static final int ROUNDS_MAX = 2000;
  private static final long START_MILLIS = 1_000_000;

  private final RandomGenerator random;
  private final StoryLedger ledger = new StoryLedger();
  private final List<StoryClient> clients = new ArrayList<>();
  private final Map<Link, StoryClient> byLink = new HashMap<>();
  private final MemoryDriver driver;
  private final boolean traces = Boolean.getBoolean("seeds.trace");
  private final int syncsPerCent;
  private final int crashesPerCent;
  private final int turnsPerCent;

  Story(long seed) {
    this.random = new Random(seed);
    BrokerSettings settings =
        new BrokerSettings(
            1 + random.nextInt(4),
            random.nextInt(3),
            Limits.PACKET_BYTES_MAX,
            0,
            65535,
            -1,
            random.nextInt(4) == 0,
            true,
            random.nextInt(3),
            QueueLimit.NONE,
            new Limits(
                1000,
                20,
                1 + random.nextInt(20),
                1 + random.nextInt(10),
                10_000,
                1 + random.nextInt(8),
                1 + random.nextInt(12),
                1 << random.nextInt(17),
                2,
                2000));
    this.syncsPerCent = 3 + random.nextInt(30);
    this.crashesPerCent = random.nextInt(4);
    this.turnsPerCent = 20 + random.nextInt(80);
    int growthMax = 1 + random.nextInt(30);
    MemoryLog log =
        MemoryDriver.newLog(100 + random.nextInt(1000), bytes -> 1 + random.nextInt(growthMax));
    this.driver =
        new MemoryDriver(
            settings, new ListenerSettings(true, -1, true, "auto-"), this, log, START_MILLIS);
    int receiveMaximum = settings.receiveMaximum();
    for (int i = 0; i < 3; i++) {
      clients.add(client("durable-" + i, StoryClient.Kind.FOR_EVER, receiveMaximum));
    }
    for (int i = 0; i < 2; i++) {
      clients.add(client("passing-" + i, StoryClient.Kind.PASSING, receiveMaximum));
      clients.add(client("transient-" + i, StoryClient.Kind.TRANSIENT, receiveMaximum));
    }
  }

  private StoryClient client(String name, StoryClient.Kind kind, int receiveMaximum) {
    return new StoryClient(name, kind, receiveMaximum, ledger, random);
  }

  void tell() {
    for (int step = 0; step < STEPS; step++) {
      step();
    }
    comeToRest();
    ledger.checkAtTheEnd(clients);
    StoryClient late = client("late", StoryClient.Kind.TRANSIENT, 20);
    clients.add(late);
    comeToRest();
    late.subscribeToRetained(this);
    comeToRest();
    ledger.checkRetained(late.retained());
  }

  private void step() {
    if (random.nextInt(100) < syncsPerCent) {
      sync(random.nextInt(3) > 0);
    } else if (random.nextInt(100) < crashesPerCent) {
      checkReplay();
      crash();
    } else {
      switch (random.nextInt(40)) {
        case 0 -> driver.time(driver.nowMillis() + random.nextInt(2000));
        case 1 -> driver.turn();
        case 2 -> driver.snapshots().makeDue();
        case 3 -> driver.log().evict();
        case 4, 5, 6 -> driver.readable();
        default -> client().act(this);
      }
    }
    if (random.nextInt(100) < turnsPerCent) {
      driver.oneTurn();
    }
  }

  private StoryClient client() {
    return clients.get(random.nextInt(clients.size()));
  }

  /// Some or all of what was appended becomes durable.
  private void sync(boolean all) {
    MemoryLog log = driver.log();
    List<MemoryLog.Appended> waiting = log.recordsFrom(log.durable());
    if (all || waiting.isEmpty()) {
      driver.durable(log.end());
    } else {
      driver.durable(waiting.get(random.nextInt(waiting.size())).position());
    }
  }

  private void crash() {
    for (StoryClient client : clients) {
      client.connectionIsGone();
    }
    trace("crash, durable to " + driver.log().durable());
    byLink.clear();
    driver.crash(random.nextInt(3) == 0 ? random.nextInt(20) : 0);
  }

  /// What is not in a record is not state; and nobody's entry is somebody else's.
  void checkReplay() {
    DurableState live = driver.broker().state();
    if (driver.log().discarded().isEmpty()) {
      StateText.check(live, driver.mirror(Optional.empty()).state(), "the records");
    }
    Optional<MemorySnapshots.Whole> newest = driver.snapshots().newest();
    if (newest.isPresent()) {
      StateText.check(live, driver.mirror(newest).state(), "the snapshot and the records");
    }
  }

  /// Nothing goes wrong any more, until nothing happens any more.
  private void comeToRest() {
    checkReplay();
    int quiet = 0;
    for (int round = 0; round < ROUNDS_MAX; round++) {
      boolean any = false;
      for (StoryClient client : clients) {
        any |= client.settle(this);
      }
      driver.readable();
      driver.time(driver.nowMillis() + 300);
      driver.turn();
      driver.durable(driver.log().end());
      driver.turn();
      // What is read back from the disk takes a round for each.
      quiet = any ? 0 : quiet + 1;
      if (quiet == QUIET_ROUNDS) {
        checkReplay();
        return;
      }
    }
    throw new IllegalStateException("the story never comes to an end");
  }

  // What clients do

  Link connect(StoryClient client) {
    Link link = driver.connected(client.name());
    byLink.put(link, client);
    return link;
  }

  void send(Link link, Packet packet) {
    trace("  " + link.name() + " > " + packet);
    driver.packet(link, packet);
  }

  void lose(Link link) {
    trace("lost " + link.name());
    byLink.remove(link);
    driver.lost(link, "the story wants it");
  }

  void writable(Link link, boolean takesMore) {
    driver.writable(link, takesMore);
  }

  long nowMillis() {
    return driver.nowMillis();
  }

  // What the broker answers

  @Override
  public void sent(Link to, Packet packet) {
    trace("  " + to.name() + " < " + packet);
    StoryClient client = byLink.get(to);
    if (client != null) {
      client.arrives(to, StoryClient.kept(packet));
    }
  }

  @Override
  public void closed(Link link) {
    trace("  close " + link.name());
    StoryClient client = byLink.remove(link);
    if (client != null) {
      client.closedBy(link);
    }
  }

  @Override
  public void observed(Event event) {
    if (event instanceof Event.Refused refused) {
      throw new IllegalStateException("nobody breaks the protocol here: " + refused);
    }
  }

  @Override
  public void appended(long position, LogRecord record) {
    trace("  append " + position + " " + record);
  }

  private void trace(String line) {
    if (traces) {
      System.out.println(line);
    }
  }
}
