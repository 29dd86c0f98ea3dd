package io.holdfast.core.session;

import io.holdfast.core.queue.Queue;
import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.LogRecord.Subscription;
import io.holdfast.core.routing.Subscriber;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the broker keeps for one client id (MQTT 5.0 section 4.1): subscriptions, a private queue,
/// open QoS 2 exchanges.
///
/// A durable session outlives its connection and the broker; a transient one ends with its
/// connection and is in no record. A hundred thousand of them lie in memory, most with one
/// subscription: that one needs no map.
public final class Session implements Subscriber {
  private final String clientId;
  private final Queue queue;
  private @Nullable Subscription only;

  /// By their filters, where there was more than one at a time; `only` is none then.
  private Map<String, Subscription> several = Map.of();

  private Map<Integer, Long> openReceived = Map.of();
  private ProtocolVersion version;
  private long expirySeconds;
  private boolean connected;
  private long awaySinceMillis;

  public Session(String clientId, Queue queue, ProtocolVersion version, long expirySeconds) {
    this.clientId = clientId;
    this.queue = queue;
    this.version = version;
    this.expirySeconds = expirySeconds;
    this.connected = true;
  }

  public String clientId() {
    return clientId;
  }

  public Queue queue() {
    return queue;
  }

  @Override
  public int queueNumber() {
    return queue.number();
  }

  @Override
  public boolean isDurable() {
    return queue.isDurable();
  }

  /// Its subscriptions, in the order in which they were made.
  public Collection<Subscription> subscriptions() {
    return only == null ? several.values() : List.of(only);
  }

  /// The subscription to `filter`, which stands as the client wrote it, `$share/` prefix included.
  public Optional<Subscription> subscription(String filter) {
    return Optional.ofNullable(isOnly(filter) ? only : several.get(filter));
  }

  private boolean isOnly(String filter) {
    return only != null && only.filter().equals(filter);
  }

  public void subscribe(Subscription subscription) {
    if (isOnly(subscription.filter()) || (only == null && several.isEmpty())) {
      only = subscription;
      return;
    }
    if (several.isEmpty()) {
      several = new LinkedHashMap<>(4);
    }
    if (only != null) {
      several.put(only.filter(), only);
      only = null;
    }
    several.put(subscription.filter(), subscription);
  }

  /// Ends the subscription to `filter`. False where there was none.
  public boolean unsubscribe(String filter) {
    if (isOnly(filter)) {
      only = null;
      return true;
    }
    return !several.isEmpty() && several.remove(filter) != null;
  }

  /// The packet identifiers of QoS 2 messages whose PUBREL has not come, with a hash of each
  /// message's content.
  public Map<Integer, Long> openReceived() {
    return openReceived;
  }

  /// A QoS 2 message came under `packetId`.
  public void opened(int packetId, long contentHash) {
    if (openReceived.isEmpty()) {
      openReceived = new LinkedHashMap<>(4);
    }
    openReceived.put(packetId, contentHash);
  }

  /// Its PUBREL came.
  public void released(int packetId) {
    if (!openReceived.isEmpty()) {
      openReceived.remove(packetId);
    }
  }

  public ProtocolVersion version() {
    return version;
  }

  public long expirySeconds() {
    return expirySeconds;
  }

  /// Whether the log says that its client is connected.
  public boolean isConnected() {
    return connected;
  }

  public long awaySinceMillis() {
    return awaySinceMillis;
  }

  /// When it ends if its client stays away; `NEVER` while the client is there or where it does not
  /// expire.
  public long endsAtMillis(long expirySecondsMaximum) {
    long seconds = expirySeconds == LogRecord.NEVER_EXPIRES ? LogRecord.NEVER : expirySeconds;
    if (expirySecondsMaximum >= 0) {
      seconds = Math.min(seconds, expirySecondsMaximum);
    }
    return connected || seconds == LogRecord.NEVER
        ? LogRecord.NEVER
        : awaySinceMillis + seconds * 1000;
  }

  public void connected(ProtocolVersion newVersion, long newExpirySeconds) {
    version = newVersion;
    expirySeconds = newExpirySeconds;
    connected = true;
  }

  public void away(long sinceMillis, long newExpirySeconds) {
    connected = false;
    awaySinceMillis = sinceMillis;
    expirySeconds = newExpirySeconds;
  }
}
