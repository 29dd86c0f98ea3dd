package io.holdfast.core.routing;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.session.Session;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.holdfast.protocol.topic.SharedFilter;
import java.util.LinkedHashMap;
import java.util.Map;

/// A shared subscription: one queue for all its members (MQTT 5.0 section 4.8.2).
public final class SharedSubscription implements Subscriber {
  private final String text;
  private final SharedFilter filter;
  private final Queue queue;
  private final Map<Session, Subscription> members = new LinkedHashMap<>(4);
  private long nextToAssign;

  public SharedSubscription(String text, SharedFilter filter, Queue queue) {
    this.text = text;
    this.filter = filter;
    this.queue = queue;
    this.nextToAssign = queue.head();
  }

  /// The filter as clients write it, `$share/` prefix included.
  public String text() {
    return text;
  }

  public SharedFilter filter() {
    return filter;
  }

  public Queue queue() {
    return queue;
  }

  @Override
  public int queueNumber() {
    return queue.number();
  }

  /// Its queue is, whoever its members are.
  @Override
  public boolean isDurable() {
    return true;
  }

  /// Members in the order of their turns.
  public Map<Session, Subscription> members() {
    return members;
  }

  /// The member goes to the end of the line.
  public void tookItsTurn(Session member) {
    Subscription subscription = members.remove(member);
    if (subscription != null) {
      members.put(member, subscription);
    }
  }

  public boolean hasDurableMember() {
    return members.keySet().stream().anyMatch(Session::isDurable);
  }

  /// Entries before this sequence are assigned or done.
  public long nextToAssign() {
    return Math.max(nextToAssign, queue.head());
  }

  /// Whether there are entries that nobody was looked for yet.
  public boolean hasUnassigned() {
    return nextToAssign() < queue.tail();
  }

  public void assignedUntil(long sequence) {
    nextToAssign = Math.max(nextToAssign, sequence);
  }

  public void returned(long sequence) {
    nextToAssign = Math.min(nextToAssign(), sequence);
  }

  /// What transient members held is waiting again, wherever it stands.
  public void assignAnew() {
    nextToAssign = queue.head();
  }

  /// What the queue itself asks of the router: everything; each member's own limits hold when it
  /// gets a message.
  public Subscription asSubscription() {
    return new Subscription(text, QoS.EXACTLY_ONCE, false, true, RetainHandling.DO_NOT_SEND, 0);
  }
}
