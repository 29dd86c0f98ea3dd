package io.holdfast.simulator;

import io.holdfast.core.StateSink;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.protocol.Bytes;

/// Reads the queues' accounts out of durable state as it is told, and passes everything on.
///
/// What waits is counted here, entry by entry.
final class AccountReader implements StateSink {
  private final StateSink next;
  private final Reader reader;
  private String kind = "";
  private String name = "";
  private boolean isQueue;
  private long present;
  private long accepted;
  private long handled;
  private long waiting;
  private long expired;
  private long tooLarge;
  private long refused;
  private long sessionEnded;
  private long returned;
  private long displaced;
  private long full;

  /// Told of each queue.
  interface Reader {
    /// @param kind `session` or `shared`
    /// @param name the client id, or the filter
    /// @param present how many entries are there
    void account(String kind, String name, QueueAccount account, long present);
  }

  AccountReader(StateSink next, Reader reader) {
    this.next = next;
    this.reader = reader;
  }

  /// P9: the law holds, and what waits is there.
  static void checkLaw(String kind, String name, QueueAccount account, long present) {
    if (account.missing() != 0) {
      throw new Violation(
          "P9",
          "%d entries of %s %s left without a reason: %s"
              .formatted(account.missing(), kind, name, account));
    }
    if (account.waiting() != present) {
      throw new Violation("P9", "%s %s has %d entries: %s".formatted(kind, name, present, account));
    }
  }

  /// Everything was told.
  void end() {
    if (isQueue) {
      isQueue = false;
      reader.account(
          kind,
          name,
          new QueueAccount(
              accepted,
              handled,
              waiting,
              expired,
              tooLarge,
              refused,
              sessionEnded,
              returned,
              displaced,
              full),
          present);
    }
  }

  @Override
  public void thing(String kind, String name) {
    end();
    this.kind = kind;
    this.name = name;
    present = 0;
    next.thing(kind, name);
  }

  @Override
  public void number(String field, long value) {
    switch (field) {
      case "accepted" -> {
        isQueue = true;
        accepted = value;
      }
      case "handled" -> handled = value;
      case "waiting" -> waiting = value;
      case "expired" -> expired = value;
      case "too large" -> tooLarge = value;
      case "refused" -> refused = value;
      case "session ended" -> sessionEnded = value;
      case "returned" -> returned = value;
      case "displaced" -> displaced = value;
      case "full" -> full = value;
      case "backlog" -> present += value;
      default -> {}
    }
    next.number(field, value);
  }

  @Override
  public void position(String field, long position) {
    next.position(field, position);
  }

  @Override
  public void text(String field, String value) {
    if (field.equals("entry") && !value.equals("DONE")) {
      present++;
    }
    next.text(field, value);
  }

  @Override
  public void bytes(String field, Bytes value) {
    next.bytes(field, value);
  }
}
