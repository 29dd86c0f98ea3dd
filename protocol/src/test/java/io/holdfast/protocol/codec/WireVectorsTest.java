package io.holdfast.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.wire.PacketText;
import io.holdfast.protocol.wire.WireVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every wire vector is read as it says, moves the buffer only where a packet is whole, and is
/// written as it stands where it says so.
class WireVectorsTest {
  private static final Path WIRE = Path.of("src/test/resources/wire");

  @TestFactory
  Stream<DynamicTest> whatOpensAConnection() throws IOException {
    return tests("first");
  }

  @TestFactory
  Stream<DynamicTest> whatAClientSends() throws IOException {
    return tests("from-client");
  }

  @TestFactory
  Stream<DynamicTest> whatAServerSends() throws IOException {
    return tests("from-server");
  }

  private static Stream<DynamicTest> tests(String folder) throws IOException {
    List<WireVector> vectors = WireVector.readAll(WIRE.resolve(folder));
    assertEquals(
        vectors.size(),
        vectors.stream().map(WireVector::toString).distinct().count(),
        "names are unique");
    return vectors.stream()
        .map(vector ->
            dynamicTest(
                vector.toString(), () -> check(vector, WireDecoders.of(folder, vector.version()))));
  }

  private static void check(WireVector vector, PacketDecoder decoder) {
    ByteBuffer input = vector.bytes().asBuffer();
    Decoded decoded = decoder.decode(input);
    assertEquals(vector.expected(), PacketText.of(decoded), vector.toString());
    if (!(decoded instanceof Decoded.Complete(var packet))) {
      assertEquals(0, input.position(), "the buffer stays where it was");
      return;
    }
    assertEquals(0, input.remaining(), "the buffer is behind the packet");
    if (packet instanceof Connect connect) {
      assertEquals(vector.version(), connect.version());
    }
    if (vector.bothWays()) {
      ByteBuffer output = ByteBuffer.allocate(vector.bytes().length() + 100);
      PacketEncoder.encode(packet, vector.version(), output);
      assertEquals(
          hex(vector.bytes()), hex(Bytes.borrow(output, 0, output.position())), vector.toString());
      assertEquals(vector.bytes().length(), PacketEncoder.length(packet, vector.version()));
    }
  }

  private static String hex(Bytes bytes) {
    return HexFormat.of().formatHex(bytes.toArray());
  }
}
