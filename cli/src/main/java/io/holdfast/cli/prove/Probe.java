package io.holdfast.cli.prove;

import io.holdfast.cli.prove.ClientSocket.RefusedException;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.ReasonCode;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Waits until a broker accepts a client.
final class Probe {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final int PAUSE_MILLIS = 5;
  private static final String CLIENT_ID = "proveprobe";

  private Probe() {}

  /// @param isAlive false where the broker is gone
  /// @throws BrokerException where it is gone, takes too long or does not want clients of this kind
  static void awaitAccepted(Place place, BooleanSupplier isAlive)
      throws BrokerException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
    while (true) {
      try (ClientSocket socket =
          ClientSocket.connect(place, ProtocolVersion.V3_1_1, CLIENT_ID, true, Optional.empty())) {
        socket.send(new Disconnect(ReasonCode.SUCCESS));
        socket.flush();
        return;
      } catch (RefusedException e) {
        throw new BrokerException("it does not take clients: " + e.getMessage());
      } catch (IOException e) {
        if (!isAlive.getAsBoolean()) {
          throw new BrokerException("it has ended by itself");
        }
        if (System.nanoTime() > deadline) {
          throw new BrokerException("it does not take clients at %s: %s".formatted(place, e));
        }
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
