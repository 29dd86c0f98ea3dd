package io.holdfast.protocol.packet;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Subscription identifiers of one delivery, each from 1 to 268,435,455, ascending (MQTT 5.0
/// section 3.3.2.3.8). Equality by content.
public final class SubscriptionIdentifiers {
  public static final SubscriptionIdentifiers NONE = new SubscriptionIdentifiers(new int[0]);

  private final int[] ascending;

  private SubscriptionIdentifiers(int[] ascending) {
    this.ascending = ascending;
  }

  public static SubscriptionIdentifiers of(int... identifiers) {
    if (identifiers.length == 0) {
      return NONE;
    }
    int[] sorted = identifiers.clone();
    Arrays.sort(sorted);
    return new SubscriptionIdentifiers(sorted);
  }

  public int count() {
    return ascending.length;
  }

  public int at(int index) {
    return ascending[index];
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof SubscriptionIdentifiers other
        && Arrays.equals(ascending, other.ascending);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ascending);
  }

  @Override
  public String toString() {
    return Arrays.toString(ascending);
  }
}
