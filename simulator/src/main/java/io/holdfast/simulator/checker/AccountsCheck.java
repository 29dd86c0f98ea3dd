package io.holdfast.simulator.checker;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.simulator.workload.World;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// P9, from outside: what the broker says that its queues accepted and what became of it agrees
/// with what publishers were told and consumers got. That each law holds is looked at elsewhere,
/// after every record.
///
/// Not every count can be known from outside: a message may have come in twice, an acknowledgement
/// may have been forgotten, a session may be older than its client knows. So these are bounds.
final class AccountsCheck {
  private final World world;
  private final BrokerSettings settings;
  private final PublishedCheck published;

  AccountsCheck(World world, BrokerSettings settings, PublishedCheck published) {
    this.world = world;
    this.settings = settings;
    this.published = published;
  }

  /// Everybody is there, and nothing is owed. A broker that says nothing of any queue is not there.
  void check(
      List<Message> messages,
      Collection<ClientView> clients,
      SharedGroups groups,
      RetainedCheck retained) {
    Map<String, QueueAccount> accounts = world.accounts();
    if (accounts.isEmpty()) {
      return;
    }
    for (ClientView client : clients) {
      SessionView session = client.sessionOrNull();
      QueueAccount account = accounts.get("session " + client.clientId());
      if (account != null && session != null && session.ended == 0) {
        checkLeast(client, session, account, messages);
        checkMost(client, account, messages, retained);
        checkReasons(client, account, messages);
      }
    }
    for (String filter : groups.all().keySet()) {
      checkLeast(filter, accounts.get("shared " + filter), messages, clients);
    }
  }

  /// Everything was handled a while ago, and every acknowledgement is safe.
  void checkAtRest(Collection<ClientView> clients) {
    Map<String, QueueAccount> accounts = world.accounts();
    for (ClientView client : clients) {
      QueueAccount account = accounts.get("session " + client.clientId());
      if (account != null && account.waiting() != 0) {
        throw broken(client, "waits for nothing any more", account);
      }
    }
  }

  // At least

  /// What it has to have got is counted; and what it has to have got and never did, under a reason.
  private void checkLeast(
      ClientView client, SessionView session, QueueAccount account, List<Message> messages) {
    int owed = 0;
    int unseen = 0;
    for (Message message : messages) {
      if (published.isOwed(session, message)) {
        owed++;
        unseen += session.seen.get(message.number()) ? 0 : 1;
      }
    }
    if (account.accepted() + account.full() < owed) {
      throw broken(client, "was owed %d messages".formatted(owed), account);
    }
    if (account.accepted() < session.entries.cardinality()) {
      throw broken(client, "got %d messages".formatted(session.entries.cardinality()), account);
    }
    long underReason =
        account.expired() + account.tooLarge() + account.displaced() + account.full();
    if (underReason + account.waiting() < unseen) {
      throw broken(client, "never got %d messages".formatted(unseen), account);
    }
  }

  private void checkLeast(
      String filter,
      @Nullable QueueAccount account,
      List<Message> messages,
      Collection<ClientView> clients) {
    int owed = 0;
    for (Message message : messages) {
      if (message.accepted != 0
          && message.isShared()
          && message.qos() != QoS.AT_MOST_ONCE
          && PublishedCheck.isOwed(clients, filter, message)) {
        owed++;
      }
    }
    if (owed > 0 && (account == null || account.accepted() + account.full() < owed)) {
      throw world.violation(
          "P9", "%s was owed %d messages, and accounts for %s".formatted(filter, owed, account));
    }
  }

  // At most

  private void checkMost(
      ClientView client, QueueAccount account, List<Message> messages, RetainedCheck retained) {
    int fromRetained = 0;
    for (ClientView.Asked asked : client.asked()) {
      fromRetained += asked.times() * retained.topicsThatMatch(asked.interest());
    }
    int entered = fromRetained;
    for (Message message : messages) {
      if ((message.qos() != QoS.AT_MOST_ONCE || settings.queuesQoS0())
          && client.everAskedFor(message.topic())) {
        entered += message.transmissions;
      }
    }
    if (account.accepted() - account.returned() > entered) {
      throw broken(client, "can have had %d messages".formatted(entered), account);
    }
    // At QoS 0 what was sent counts as handled, and nobody outside knows how much that is.
    int handled = client.acknowledgements + fromRetained;
    if (!settings.queuesQoS0() && account.handled() > handled) {
      throw broken(client, "acknowledged %d messages".formatted(client.acknowledgements), account);
    }
  }

  /// Nothing leaves for a reason that nobody gave.
  private void checkReasons(ClientView client, QueueAccount account, List<Message> messages) {
    boolean mayExpire =
        account.expired() == 0
            || messages.stream().anyMatch(message -> message.expirySeconds() >= 0);
    boolean mayBeReturned =
        account.returned() == 0
            || client.asked().stream().anyMatch(asked -> asked.interest().isShared());
    if (!mayExpire
        || !mayBeReturned
        || (account.tooLarge() > 0 && !client.limitsPackets)
        || (account.full() > 0 && settings.queueLimit().messagesMaximum() == 0)
        || (account.displaced() > 0 && !settings.queueLimit().mayDropOldest())
        || account.refused() > client.refusals
        || account.sessionEnded() > 0) {
      throw broken(client, "gave no such reason", account);
    }
  }

  private AssertionError broken(ClientView client, String what, QueueAccount account) {
    return world.violation(
        "P9", "%s %s, and its queue accounts for %s".formatted(client.clientId(), what, account));
  }
}
