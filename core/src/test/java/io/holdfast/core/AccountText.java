package io.holdfast.core;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.core.routing.SharedSubscription;
import io.holdfast.core.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What durable queues account for, as text.
final class AccountText {
  private AccountText() {}

  /// One line a queue, with the counts that are not zero.
  static List<String> of(DurableState state) {
    List<String> lines = new ArrayList<>();
    accounts(state)
        .forEach((owner, account) -> {
          List<String> counts = new ArrayList<>();
          account
              .counts()
              .forEach((name, count) -> {
                if (count != 0) {
                  counts.add(name + " " + count);
                }
              });
          lines.add("account " + owner + ": " + String.join(", ", counts));
        });
    return lines;
  }

  /// Throws where a queue's law does not hold (promise P9).
  static void checkLaw(DurableState state) {
    accounts(state)
        .forEach((owner, account) -> {
          if (account.missing() != 0) {
            throw new IllegalStateException(
                "P9: of %s %d are missing: %s".formatted(owner, account.missing(), account));
          }
        });
  }

  private static Map<String, QueueAccount> accounts(DurableState state) {
    Map<String, QueueAccount> accounts = new TreeMap<>();
    for (Session session : state.sessions().values()) {
      add(session.clientId(), session.queue(), accounts);
    }
    for (SharedSubscription shared : state.shared().all()) {
      add(shared.text(), shared.queue(), accounts);
    }
    return accounts;
  }

  private static void add(String owner, Queue queue, Map<String, QueueAccount> accounts) {
    if (queue.isDurable()) {
      accounts.put(owner, queue.account());
    }
  }
}
