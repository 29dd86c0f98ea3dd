package io.holdfast.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TailTest {
  @Test
  void aChunkHoldsWholeSectorsWhateverTheHeap() {
    for (long heap = 16 << 20; heap < 80 << 20; heap += 1_234_567) {
      LogOptions options = LogOptions.forHeap(heap);
      Tail tail = new Tail(options.chunkBytes(), options.tailBytes());
      Chunk chunk = tail.chunkFor(new Segment(1, 1, 1 << 20), 0, Sector.BYTES);
      assertEquals(0, chunk.remaining() % Sector.BYTES, "heap " + heap);
    }
  }
}
