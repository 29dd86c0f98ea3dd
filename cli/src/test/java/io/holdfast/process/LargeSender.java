package io.holdfast.process;

import io.holdfast.cli.prove.Client;
import io.holdfast.cli.prove.ClientSocket;
import io.holdfast.cli.prove.Numbering;
import io.holdfast.cli.prove.Place;
import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.ConnAck.Property.MaximumPacketSize;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.QoS;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Sends the largest packets that there are, as fast as it can, on one connection after the other.
final class LargeSender {
  /// Announces as many bytes as MQTT can express.
  private static final byte[] LARGEST_START = {0x32, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F};

  private static final int LARGEST_BYTES = 268_435_455;
  private static final int FIELDS_BYTES = 100;

  private final Place place;
  private final String clientId;
  private final ProtocolVersion version;
  private final boolean isAllowed;
  private final CountDownLatch sent = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean over;

  /// @param isAllowed whether it keeps to the maximum that the broker tells, or sends what MQTT can
  ///   express at most
  LargeSender(Place place, String clientId, ProtocolVersion version, boolean isAllowed) {
    this.place = place;
    this.clientId = clientId;
    this.version = version;
    this.isAllowed = isAllowed;
    this.thread = Thread.ofPlatform().name(clientId).daemon(true).start(this::run);
  }

  private void run() {
    while (!over) {
      try (ClientSocket socket = ClientSocket.open(place, version)) {
        socket.send(Client.connect(version, clientId, true, 65535, Optional.empty()));
        socket.flush();
        ConnAck accepted = socket.receive(ConnAck.class);
        if (isAllowed) {
          sendAllowed(socket, accepted);
        } else {
          sendLargest(socket);
        }
      } catch (IOException cut) {
        // As it should be, and once more.
      }
    }
  }

  private void sendLargest(ClientSocket socket) throws IOException {
    sent.countDown();
    socket.sendRaw(LARGEST_START, LARGEST_START.length);
    byte[] part = new byte[1 << 16];
    for (long left = LARGEST_BYTES; left > 0 && !over; left -= part.length) {
      socket.sendRaw(part, (int) Math.min(left, part.length));
    }
  }

  private void sendAllowed(ClientSocket socket, ConnAck accepted) throws IOException {
    long maximum =
        accepted.properties().stream()
            .filter(MaximumPacketSize.class::isInstance)
            .mapToLong(property -> ((MaximumPacketSize) property).bytes())
            .findFirst()
            .orElse(LARGEST_BYTES);
    Bytes payload = Bytes.own(new byte[(int) maximum - FIELDS_BYTES]);
    while (!over) {
      socket.send(
          Numbering.publish(false, QoS.AT_LEAST_ONCE, false, 1, "large/" + clientId, payload));
      socket.flush();
      socket.receive(PubAck.class);
      sent.countDown();
    }
  }

  /// Waits until it has begun a packet, or got one acknowledged where it is allowed.
  boolean awaitSent(long millis) throws InterruptedException {
    return sent.await(millis, TimeUnit.MILLISECONDS);
  }

  /// Ends it, and waits until it has.
  void end() throws InterruptedException {
    over = true;
    thread.join();
  }
}
