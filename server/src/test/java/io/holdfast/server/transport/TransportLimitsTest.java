package io.holdfast.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TransportLimitsTest {
  @Test
  void packetsFitManyTimesIntoTheMemoryThereIs() {
    TransportLimits small = TransportLimits.forHeap(64 << 20);
    assertTrue(small.packetBytesMax() <= (64 << 20) / 8);
    assertTrue(small.incomingBytesMax() + small.outgoingBytesMax() <= (64 << 20) / 4);
    assertEquals(268_435_460, TransportLimits.forHeap(8L << 30).packetBytesMax());
  }

  @Test
  void connectionsLeaveFilesForTheLog() {
    TransportLimits limits = TransportLimits.forHeap(1L << 30);
    assertEquals(1024 - 128, limits.withOpenFilesMax(1024).connectionsMax());
    assertEquals(20_000 - 2500, limits.withOpenFilesMax(20_000).connectionsMax());
    assertEquals(25, limits.withOpenFilesMax(100).connectionsMax());
    assertEquals(
        limits.connectionsMax(), limits.withOpenFilesMax(Integer.MAX_VALUE).connectionsMax());
  }

  @Test
  void thisProcessHasRoomForSome() {
    assertTrue(TransportLimits.ofProcess().connectionsMax() > 0);
  }
}
