package io.holdfast.core;

import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.core.record.LogRecord;
import io.holdfast.log.Grant;
import io.holdfast.log.MemorySnapshots;
import io.holdfast.protocol.packet.Packet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Runs the commands of one scenario and writes down what the core answers.
///
/// After each block of commands a second broker recovers from everything in the log, and must have
/// the same durable state: what is not in a record is not state.
final class Scenario implements Heard {
  private static final long SEGMENT_LENGTH = 1000;
  private static final long START_MILLIS = 1_000_000;

  private final List<String> said = new ArrayList<>();
  private final Set<String> hidden = new HashSet<>();
  private final Map<String, Link> links = new TreeMap<>();
  private Command settings = Command.parse("settings");
  private boolean syncsAtOnce;
  private int seenDiscarded;
  private Optional<MemoryDriver> started = Optional.empty();

  /// What the commands were answered with.
  List<String> run(List<String> commands) {
    said.clear();
    for (String line : commands) {
      Command command = Command.parse(line);
      try {
        run(command);
      } catch (RuntimeException broken) {
        throw new IllegalStateException("at: " + line + "\nafter: " + said, broken);
      }
    }
    started.ifPresent(Scenario::checkReplay);
    return List.copyOf(said);
  }

  private static void checkReplay(MemoryDriver driver) {
    DurableState live = driver.broker().state();
    if (driver.log().discarded().isEmpty()) {
      StateText.check(live, driver.mirror(Optional.empty()).state(), "the records");
    }
    Optional<MemorySnapshots.Whole> newest = driver.snapshots().newest();
    if (newest.isPresent()) {
      StateText.check(live, driver.mirror(newest).state(), "the snapshot and the records");
    }
  }

  private void run(Command command) {
    switch (command.verb()) {
      case "settings" -> settings = command;
      case "hide" -> hidden.addAll(command.words());
      case "show" -> hidden.removeAll(command.words());
      case "accounts" ->
          AccountText.of(driver().broker().state()).forEach(line -> say("accounts", line));
      case "sync" -> syncsAtOnce = command.word(0).equals("at-once");
      default -> {
        drive(command, driver());
        settle();
      }
    }
  }

  private MemoryDriver driver() {
    if (started.isEmpty()) {
      started =
          Optional.of(
              new MemoryDriver(
                  brokerSettings(),
                  new ListenerSettings(
                      !settings.has("no-anonymous"), -1, !settings.has("no-empty-id"), "auto-"),
                  this,
                  MemoryDriver.newLog(SEGMENT_LENGTH, bytes -> 1),
                  START_MILLIS));
    }
    return started.get();
  }

  private QueueLimit queueLimit() {
    List<Rule> rules = new ArrayList<>();
    if (settings.has("reject")) {
      rules.add(new Rule(Policy.REJECT, new Scope.Everything()));
    }
    if (settings.has("drop-oldest")) {
      rules.add(new Rule(Policy.DROP_OLDEST, new Scope.Everything()));
    }
    return new QueueLimit(settings.number("max-queued", 0L), rules);
  }

  private BrokerSettings brokerSettings() {
    Limits limits = Limits.DEFAULT;
    return new BrokerSettings(
        settings.number("receive", 20),
        settings.number("aliases", 10),
        settings.number("max-packet", Limits.PACKET_BYTES_MAX),
        settings.number("message-size", 0),
        settings.number("max-keepalive", 65535),
        settings.number("client-expiration", -1L),
        settings.has("queue-qos0"),
        !settings.has("no-retain"),
        settings.number("sys", 0),
        queueLimit(),
        new Limits(
            settings.number("subscriptions", limits.subscriptionsPerSessionMax()),
            settings.number("levels", limits.topicLevelsMax()),
            settings.number("turn", limits.deliveriesPerTurnMax()),
            settings.number("topics", limits.topicCacheMax()),
            limits.idleConnectMillis(),
            settings.number("retained-step", limits.retainedPerStepMax()),
            settings.number("window", limits.windowMax()),
            limits.snapshotBytesPerTurnMax(),
            settings.number("broadcasts", limits.broadcastsMax()),
            limits.broadcastBytesMax()));
  }

  private void drive(Command command, MemoryDriver driver) {
    switch (command.verb()) {
      case "open" -> links.put(command.word(0), driver.connected(command.word(0)));
      case "connect" -> {
        String name = command.word(0);
        if (!links.containsKey(name) || links.get(name).isClosing()) {
          links.put(name, driver.connected(name));
        }
        driver.packet(link(command), PacketCommands.packet(command));
      }
      case "lose" -> {
        driver.lost(link(command), "connection lost");
        links.remove(command.word(0));
      }
      case "raw" -> driver.bytes(link(command), HexFormat.of().parseHex(command.word(1)));
      case "writable" -> driver.writable(link(command), command.word(1).equals("yes"));
      case "not-read" -> driver.heard(link(command));
      case "time" ->
          driver.time(driver.nowMillis() + Math.round(1000 * Double.parseDouble(command.word(0))));
      case "durable" ->
          driver.durable(
              command.word(0).equals("all") ? driver.log().end() : Long.parseLong(command.word(0)));
      case "next-segment" -> driver.log().nextSegment();
      case "evict" -> driver.log().evict();
      case "readable" -> driver.readable();
      case "space" ->
          driver
              .log()
              .grants(
                  Grant.valueOf(command.word(0).toUpperCase(Locale.ROOT)),
                  command.number("full", 0));
      case "memory" -> driver.memory(command.word(0).equals("lacking"));
      case "room" -> driver.room();
      case "snapshot" -> driver.snapshots().makeDue();
      case "stop" -> driver.stop();
      case "restart" -> {
        links.clear();
        driver.crash(command.number("kept", 0));
      }
      default -> driver.packet(link(command), PacketCommands.packet(command));
    }
  }

  private Link link(Command command) {
    Link link = links.get(command.word(0));
    if (link == null) {
      throw new IllegalArgumentException("nobody is called " + command.word(0));
    }
    return link;
  }

  /// The turn ends; where the disk is quick, all of it is durable before the next command.
  private void settle() {
    MemoryDriver driver = driver();
    driver.turn();
    List<Integer> discarded = driver.log().discarded();
    for (int segment : discarded.subList(seenDiscarded, discarded.size())) {
      say("discards", "discard " + segment);
    }
    seenDiscarded = discarded.size();
    while (syncsAtOnce && driver.log().durable() < driver.log().end()) {
      driver.durable(driver.log().end());
      driver.turn();
    }
  }

  // What is heard

  @Override
  public void sent(Link to, Packet packet) {
    say("packets", "send " + to.name() + " " + PacketText.of(packet));
  }

  @Override
  public void withheld(Link link) {
    say("packets", "withheld " + link.name());
  }

  @Override
  public void closed(Link link) {
    say("packets", "close " + link.name());
  }

  @Override
  public void appended(long position, LogRecord record) {
    String text =
        started
            .map(driver -> new RecordText(driver.broker().state()).of(record))
            .orElse(record.toString());
    say("appends", "append " + position + " " + text);
  }

  @Override
  public void observed(Event event) {
    String text =
        switch (event) {
          case Event.Connected e -> "connected " + e.clientId() + " " + e.description();
          case Event.Disconnected e -> "disconnected " + e.clientId() + " '" + e.why() + "'";
          case Event.Refused e -> "refused " + e.clientId() + " '" + e.why() + "'";
          case Event.Subscribed e ->
              "subscribed %s %s %d".formatted(e.clientId(), e.filter(), e.qos());
          case Event.Unsubscribed e -> "unsubscribed " + e.clientId() + " " + e.filter();
          case Event.Dropped e -> "dropped %s %s %d".formatted(e.clientId(), e.reason(), e.count());
          case Event.Notice e -> "notice '" + e.text() + "'";
          case Event.Warning e -> "warning '" + e.text() + "'";
        };
    boolean serious = event instanceof Event.Dropped || event instanceof Event.Warning;
    say(serious ? "warnings" : "events", "event " + text);
  }

  private void say(String kind, String line) {
    if (!hidden.contains(kind)) {
      said.add(line);
    }
  }
}
