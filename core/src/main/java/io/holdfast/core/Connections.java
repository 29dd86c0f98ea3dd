package io.holdfast.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The network connections by number: every packet is looked up here.
final class Connections {
  private @Nullable ClientConnection[] byNumber = new @Nullable ClientConnection[64];
  private int count;

  void put(ClientConnection connection) {
    int number = connection.id();
    if (number >= byNumber.length) {
      byNumber = Arrays.copyOf(byNumber, Math.max(number + 1, byNumber.length * 2));
    }
    Invariant.check(byNumber[number] == null, "a connection's number was free");
    byNumber[number] = connection;
    count++;
  }

  @Nullable ClientConnection get(int number) {
    return number < byNumber.length ? byNumber[number] : null;
  }

  @Nullable ClientConnection remove(int number) {
    ClientConnection connection = get(number);
    if (connection != null) {
      byNumber[number] = null;
      count--;
    }
    return connection;
  }

  int count() {
    return count;
  }

  /// Those that there are now, by number.
  List<ClientConnection> all() {
    List<ClientConnection> all = new ArrayList<>(count);
    for (ClientConnection connection : byNumber) {
      if (connection != null) {
        all.add(connection);
      }
    }
    return all;
  }
}
