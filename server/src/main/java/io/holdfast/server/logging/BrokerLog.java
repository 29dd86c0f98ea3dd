package io.holdfast.server.logging;

import io.holdfast.core.Event;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// What an operator reads while the broker runs, in the words that Mosquitto has for it.
///
/// Any thread may speak, and none waits for a disk or a pipe. A destination that fails stops
/// nothing: see `Outlet`.
public final class BrokerLog implements AutoCloseable {
  private final LogSettings settings;
  private final LongSupplier nowMillis;
  private final DropTally drops = new DropTally();
  private final LineWriter writer;

  /// Opens the destinations; a file that cannot be written to at start is an error of its operator.
  public static BrokerLog open(LogSettings settings) throws BrokerLogException {
    List<Outlet> outlets = new ArrayList<>();
    for (LogDestination destination : settings.destinations()) {
      outlets.add(outlet(destination));
    }
    BrokerLog log = new BrokerLog(settings, outlets, System::currentTimeMillis);
    log.start();
    return log;
  }

  /// For a broker whose owner does not want to hear it.
  public static BrokerLog silent() {
    return new BrokerLog(LogSettings.silent(), List.of(), System::currentTimeMillis);
  }

  /// Its lines stay where they are until `start`.
  BrokerLog(LogSettings settings, List<Outlet> outlets, LongSupplier nowMillis) {
    this.settings = settings;
    this.nowMillis = nowMillis;
    this.writer = new LineWriter(outlets, this::dueDrops, this::stamped);
  }

  void start() {
    writer.start();
  }

  private static Outlet outlet(LogDestination destination) throws BrokerLogException {
    Consumer<String> lastResort = System.err::println;
    return switch (destination) {
      case LogDestination.Stdout stdout ->
          new Outlet("stdout", new FileOutputStream(FileDescriptor.out)::write, lastResort);
      case LogDestination.Stderr stderr ->
          new Outlet("stderr", new FileOutputStream(FileDescriptor.err)::write, lastResort);
      case LogDestination.ToFile file -> {
        LogFile target = new LogFile(file.path(), System::currentTimeMillis);
        try {
          target.open();
        } catch (IOException e) {
          throw new BrokerLogException(file.path(), e);
        }
        yield new Outlet(file.path().toString(), target, lastResort);
      }
    };
  }

  public void error(String text) {
    say(LogType.ERROR, text);
  }

  public void warning(String text) {
    say(LogType.WARNING, text);
  }

  public void notice(String text) {
    say(LogType.NOTICE, text);
  }

  public void information(String text) {
    say(LogType.INFORMATION, text);
  }

  /// Turns what the core observed into a line, where the operator wants one.
  public void observe(Event event) {
    switch (event) {
      case Event.Connected(String id, String address, String description) ->
          connection(
              "New client connected from " + address + " as " + id + " (" + description + ").");
      case Event.Disconnected(String id, String address, String why) ->
          connection("Client " + id + " disconnected" + (why.isEmpty() ? "." : ": " + why + "."));
      case Event.Refused(String id, String address, String why) ->
          notice(
              id.isEmpty()
                  ? "Connection from %s refused: %s.".formatted(address, why)
                  : "Client %s from %s refused: %s.".formatted(id, address, why));
      case Event.Subscribed(String id, String filter, int qos) ->
          say(LogType.SUBSCRIBE, id + " " + qos + " " + filter);
      case Event.Unsubscribed(String id, String filter) ->
          say(LogType.UNSUBSCRIBE, id + " " + filter);
      case Event.Dropped dropped -> dropped(dropped);
      case Event.Notice(String text) -> notice(text);
      case Event.Warning(String text) -> warning(text);
    }
  }

  private void connection(String text) {
    if (settings.tellsConnections()) {
      notice(text);
    }
  }

  private void dropped(Event.Dropped dropped) {
    synchronized (drops) {
      drops
          .add(dropped, nowMillis.getAsLong())
          .ifPresent(sum -> say(typeOf(sum.reason()), text(sum)));
    }
  }

  private List<String> dueDrops() {
    synchronized (drops) {
      return lines(drops.due(nowMillis.getAsLong()));
    }
  }

  private List<String> lines(List<DropTally.Sum> sums) {
    return sums.stream()
        .filter(sum -> settings.wants(typeOf(sum.reason())))
        .map(sum -> stamped(text(sum)))
        .toList();
  }

  private static LogType typeOf(Event.Reason reason) {
    return switch (reason) {
      case EXPIRED, SESSION_ENDED -> LogType.INFORMATION;
      case TOO_LARGE, QUEUE_FULL, DISPLACED, SLOW_RECEIVER, REFUSED, NO_SPACE -> LogType.NOTICE;
    };
  }

  private static String text(DropTally.Sum sum) {
    String why =
        switch (sum.reason()) {
          case EXPIRED -> "expired";
          case TOO_LARGE -> "larger than the client takes";
          case QUEUE_FULL -> "the queue is full (max_queued_messages)";
          case DISPLACED -> "newer ones came, and the queue is full (max_queued_messages)";
          case NO_SPACE -> "QoS 0, and there is no space for it";
          case SLOW_RECEIVER -> "QoS 0, and the client reads too slowly";
          case REFUSED -> "refused by the client on a shared subscription";
          case SESSION_ENDED -> "the session ended";
        };
    String what = sum.count() == 1 ? "1 message" : sum.count() + " messages";
    return "%s for %s dropped: %s.".formatted(what, sum.clientId(), why);
  }

  private void say(LogType type, String text) {
    if (settings.wants(type)) {
      writer.add(stamped(text));
    }
  }

  private String stamped(String text) {
    String line = printable(text);
    if (!settings.hasTimestamp()) {
      return line;
    }
    long now = nowMillis.getAsLong();
    return settings.timestampFormat().map(format -> format.at(now)).orElse("" + now / 1000)
        + ": "
        + line;
  }

  /// A client chooses its id and its topics; it shall not write lines of its own with them.
  private static String printable(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder printable = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char letter = text.charAt(i);
      if (Character.isISOControl(letter)) {
        printable.append(String.format("\\u%04x", (int) letter));
      } else {
        printable.append(letter);
      }
    }
    return printable.toString();
  }

  /// Writes what is still to be said, unless the destination is stuck.
  @Override
  public void close() {
    synchronized (drops) {
      lines(drops.rest()).forEach(writer::add);
    }
    writer.close();
  }
}
