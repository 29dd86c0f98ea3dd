package io.holdfast.simulator.checker;

import java.util.ArrayList;
import java.util.List;

/// The PUBACKs of one connection that the broker may forget by dying.
///
/// It may until two messages of the client's own which surely make a record, sent one after the
/// other behind the PUBACK, are acknowledged: the first makes the broker write a batch, and the
/// PUBACK stands at latest in the one after that.
final class Forgettable {
  private List<Integer> sinceLast = new ArrayList<>();
  private List<Integer> beforeLast = new ArrayList<>();
  private List<Integer> beforeThat = new ArrayList<>();
  private int own;

  /// The client sends PUBACK.
  void acknowledged(int packetId) {
    sinceLast.add(packetId);
  }

  /// Another message came under `packetId`, which nobody has acknowledged.
  void reused(int packetId) {
    sinceLast.removeIf(one -> one == packetId);
    beforeLast.removeIf(one -> one == packetId);
    beforeThat = beforeThat.stream().filter(one -> one != packetId).toList();
  }

  /// The client publishes under `packetId` what surely makes a record.
  void recorded(int packetId) {
    if (own == 0 && !(sinceLast.isEmpty() && beforeLast.isEmpty())) {
      own = packetId;
      beforeThat = beforeLast;
      beforeLast = sinceLast;
      sinceLast = new ArrayList<>();
    }
  }

  /// The broker refused what was published under `packetId`: there is no record.
  void refused(int packetId) {
    if (packetId == own) {
      own = 0;
      sinceLast.addAll(beforeLast);
      beforeLast = new ArrayList<>(beforeThat);
      beforeThat = List.of();
    }
  }

  /// The broker acknowledged what was published under `packetId`. Gives the packet identifiers
  /// whose PUBACK it cannot forget any more.
  List<Integer> answered(int packetId) {
    if (packetId != own) {
      return List.of();
    }
    own = 0;
    List<Integer> safe = beforeThat;
    beforeThat = List.of();
    return safe;
  }
}
