package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.PubComp;
import io.holdfast.protocol.packet.PubRec;
import io.holdfast.protocol.packet.PubRel;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.SubAck;
import io.holdfast.server.WatchedDisk.Fault;
import io.holdfast.server.WatchedDisk.Syncs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many clients at once, on a disk of which only what was synced is left when the power goes.
@Timeout(60)
class PowerCutTest {
  private static final int MESSAGES = 3_000;
  private static final String LAST = "the last one";

  @Test
  void whatWasAcknowledgedIsThereAfterAPowerCut() throws Exception {
    Traffic traffic = new Traffic();
    assertEquals(0, lostOf(traffic, Syncs.AS_IT_SHOULD));
    assertEquals(List.of(), traffic.tooEarly());
  }

  @Test
  void inABuildWithoutTheSyncItIsLost() throws Exception {
    Traffic traffic = new Traffic();
    assertNotEquals(0, lostOf(traffic, Syncs.NOT_AT_ALL));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "AS_IT_SHOULD")
  void inABuildThatSyncsWronglyAnswersComeTooEarly(Syncs syncs) throws Exception {
    Traffic traffic = new Traffic();
    lostOf(traffic, syncs);
    assertNotEquals(List.of(), traffic.tooEarly());
  }

  /// How many of the acknowledged messages a subscriber does not get that was away all the time.
  private static int lostOf(Traffic traffic, Syncs syncs) throws Exception {
    WatchedDisk disk = new WatchedDisk(syncs);
    try (WatchedBroker broker = new WatchedBroker(disk)) {
      try (RawClient away = new RawClient(broker.port(), ProtocolVersion.V3_1_1)) {
        away.connect("away", false);
        away.send(RawClient.subscribe(1, "#", QoS.EXACTLY_ONCE));
        away.receive(SubAck.class);
      }
      traffic.start(broker);
      traffic.awaitAcknowledged(MESSAGES);
      traffic.expectEnd();
      if (syncs == Syncs.NOT_AT_ALL) {
        // No sync that could fail.
        disk.fail(Fault.WRITE);
      } else {
        disk.fail(Fault.SYNC);
      }
      assertEquals(3, broker.awaitStop());
      traffic.join();
    }
    Set<String> lost = new TreeSet<>(traffic.acknowledged());
    try (WatchedBroker broker = new WatchedBroker(disk.afterPowerCut())) {
      removeWhatIsThere(lost, broker.port());
    }
    return lost.size();
  }

  private static void removeWhatIsThere(Set<String> marks, int port) throws IOException {
    try (RawClient away = new RawClient(port, ProtocolVersion.V3_1_1);
        RawClient publisher = new RawClient(port, ProtocolVersion.V3_1_1)) {
      if (!away.connect("away", false).sessionPresent()) {
        return;
      }
      publisher.connect("publisher", true);
      publisher.send(
          RawClient.publish("topic", QoS.AT_LEAST_ONCE, 1, LAST.getBytes(StandardCharsets.UTF_8)));
      while (true) {
        switch (away.receive().orElseThrow()) {
          case Publish publish -> {
            String mark = publish.payload().toUtf8();
            if (mark.equals(LAST)) {
              return;
            }
            marks.remove(mark);
            away.send(
                publish.qos() == QoS.AT_LEAST_ONCE
                    ? new PubAck(publish.packetId())
                    : new PubRec(publish.packetId()));
          }
          case PubRel release -> away.send(new PubComp(release.packetId()));
          case Packet other -> throw new IOException("a subscriber was sent " + other);
        }
      }
    }
  }
}
