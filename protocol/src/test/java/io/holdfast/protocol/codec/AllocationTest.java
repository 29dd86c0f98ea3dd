package io.holdfast.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.codec.PacketDecoder.Role;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// What passes with every message costs its record and the views in it, and writing it nothing.
class AllocationTest {
  private static final int ROUNDS = 20_000;

  /// A PUBLISH record with a view each of topic and payload, and the answer around it.
  private static final long PUBLISH_BYTES = 144;

  /// One more view.
  private static final long VIEW_BYTES = 40;

  /// An answer's record, and the answer around it.
  private static final long ANSWER_BYTES = 48;

  /// `site/4/temp`, with its length.
  private static final String TOPIC = "000b 736974652f342f74656d70";

  @Test
  void publish() {
    costs(PUBLISH_BYTES, "32 14" + TOPIC + "0007 68656c6c6f", ProtocolVersion.V3_1_1);
    costs(PUBLISH_BYTES, "32 15" + TOPIC + "0007 00 68656c6c6f", ProtocolVersion.V5);
  }

  @Test
  void publishWithPropertiesOfItsOwn() {
    costs(PUBLISH_BYTES, "32 1d" + TOPIC + "0007 08 02 0000000a 23 0001 68656c6c6f");
  }

  @Test
  void publishWithPropertiesToPassOn() {
    String passedOn = "01 01" + "26 0001 6b 0001 76";
    costs(PUBLISH_BYTES + VIEW_BYTES, "32 1e" + TOPIC + "0007 09" + passedOn + "68656c6c6f");
    costs(
        PUBLISH_BYTES + VIEW_BYTES,
        "32 23" + TOPIC + "0007 0e 02 0000000a" + passedOn + "68656c6c6f");
  }

  @Test
  void answers() {
    for (String type : new String[] {"40", "50", "62", "70"}) {
      costs(ANSWER_BYTES, type + "02 0007", ProtocolVersion.V3_1_1);
      costs(ANSWER_BYTES, type + "02 0007", ProtocolVersion.V5);
    }
    costs(ANSWER_BYTES, "40 03 0007 10", ProtocolVersion.V5);
  }

  /// A view of them all, and whoever wants to read them decodes them.
  @Test
  void userPropertiesThatNobodyReads() {
    String thousand = "26 0001 6b 0001 76".repeat(1000);
    readingCosts(1000, "10 e736 0004 4d515454 05 02 003c d836" + thousand + "0001 61");
    readingCosts(1000, "e0 db36 00 d836" + thousand);
    readingCosts(1000, "82 e036 0001 d836" + thousand + "0001 61 00");
  }

  private static void readingCosts(long bytes, String hex) {
    ByteBuffer input = ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    long reading =
        allocated(() -> {
          PacketDecoder decoder = new PacketDecoder(10_000, Role.CLIENT, ProtocolVersion.V5);
          assertInstanceOf(Decoded.Complete.class, decoder.decode(input.rewind()));
        });
    assertTrue(reading <= bytes, () -> "reading %s... costs %d".formatted(hex.charAt(0), reading));
  }

  private static void costs(long bytes, String packet) {
    costs(bytes, packet, ProtocolVersion.V5);
  }

  private static void costs(long bytes, String hex, ProtocolVersion version) {
    byte[] packet = HexFormat.of().parseHex(hex.replace(" ", ""));
    ByteBuffer input = ByteBuffer.wrap(packet);
    PacketDecoder decoder = new PacketDecoder(1000, Role.CLIENT, version);
    Packet decoded = assertInstanceOf(Decoded.Complete.class, decoder.decode(input), hex).packet();
    long reading = allocated(() -> decoder.decode(input.rewind()));
    assertTrue(reading <= bytes, () -> "reading %s costs %d bytes".formatted(hex, reading));

    ByteBuffer output = ByteBuffer.allocate(100);
    long writing =
        allocated(() -> {
          PacketEncoder.length(decoded, version);
          PacketEncoder.encode(decoded, version, output.clear());
        });
    assertEquals(0, writing, () -> "writing " + hex);
  }

  /// Bytes for each call, rounded.
  private static long allocated(Runnable call) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < 100; i++) {
      call.run();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ROUNDS; i++) {
      call.run();
    }
    return Math.round((threads.getCurrentThreadAllocatedBytes() - before) / (double) ROUNDS);
  }
}
