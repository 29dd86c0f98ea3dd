package io.holdfast.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.codec.NettyCodec.Accepted;
import io.holdfast.protocol.codec.PacketDecoder.Role;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Connect;
import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.Subscribe;
import io.holdfast.protocol.wire.WireVector;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Two independent readings of the specification: what our decoder accepts, Netty's accepts with
/// the same fields; what only one of them accepts is explained.
class NettyDifferentialTest {
  private static final long MILLIS = Long.getLong("fuzz.millis", 2_000);
  private static final long FIRST_SEED = Long.getLong("fuzz.seed", 1);
  private static final Path WIRE = Path.of("src/test/resources/wire");
  private static final String NOTHING = "no packet";
  private static final List<ProtocolVersion> VERSIONS = List.of(ProtocolVersion.values());

  /// A difference that we want, for the vectors whose names match.
  private record Explained(String why, Pattern names) {
    Explained(String why, String names) {
      this(why, Pattern.compile(names));
    }
  }

  /// What Netty lets through and we refuse.
  private static final List<Explained> ONLY_NETTYS =
      List.of(
          new Explained("it takes a property in any packet", ".*-in-[a-z]+"),
          new Explained("it takes the last of two", ".*-twice"),
          new Explained(
              "it does not look at a property's value",
              "(receive-maximum|maximum-packet-size|topic-alias|identifier|subscription-identifier)"
                  + "-0|.*-(available|qos|information|format|identifiers|shared|wildcards)-2"
                  + "|(identifiers|shared|wildcards)-2|(will-)?response-topic-.*"),
          new Explained("it does not look at reason codes", "(.*-)?reason-[0-9a-f]{2}"),
          new Explained("nor at the codes of SUBACK", "suback-other-code"),
          new Explained("it does not count reason codes", "(un)?suback-with.*"),
          new Explained("it skips what stands behind the fields", ".*-with-more|.*-with-a-body"),
          new Explained("it takes any length of a length", "(.*-)?padded.*|.*-padded"),
          new Explained("it reads on behind the properties' end", ".*-goes-past-its-length"),
          new Explained("it takes filters or none", "(unsubscribe-)?no-filter"),
          new Explained("it ignores reserved bits", "options-.*|reserved-.*|shared-no-local"),
          new Explained("it takes an empty topic", "empty-topic.*"),
          new Explained("it does not look at wills", "will-(topic|qos|retain)-.*"),
          new Explained("it leaves authentication to others", "auth.*-(alone|without-.*)"),
          new Explained("it takes a password alone", "password-without-username"),
          new Explained("it takes DUP at QoS 0", "dup-at-qos-0"),
          new Explained("it keeps no state", "first-is-.*|second-connect.*"),
          new Explained("it does not know which side it reads", ".*-from-a-.*|.*-before-5"),
          new Explained("it does not compare fields", "refused-but-session-present"));

  /// What Netty refuses, waits for, or reads in another way, and the version allows.
  private static final List<Explained> ONLY_OURS =
      List.of(
          new Explained("it does not know Mosquitto's bridges", "bridge"),
          new Explained("it has 3.1.1's flags at 3.1", ".*-flags-.|(.*-)?dup|(.*-)?retain"),
          new Explained("it wants fields that 3.1 lets be missing", ".*flags?-but-n.*"),
          new Explained("it judges client ids, we leave that to the core", "no-client-id"),
          new Explained("it has 3.1.1's CONNACK at 3.1", "reserved-byte.*"));

  @Test
  void whatWeAcceptOfSpoiltPacketsNettyReadsAlike() {
    long seed = FIRST_SEED;
    int compared = 0;
    for (long end = System.nanoTime() + MILLIS * 1_000_000; System.nanoTime() < end; seed++) {
      Random random = new Random(seed);
      ProtocolVersion version = VERSIONS.get(random.nextInt(VERSIONS.size()));
      Role role = random.nextBoolean() ? Role.CLIENT : Role.SERVER;
      Packet packet = new PacketGenerator(random.nextLong()).next(version, role);
      byte[] bytes = encoded(packet, version);
      if (random.nextInt(8) != 0) {
        bytes = new Mutations(random.nextLong()).spoil(bytes);
      }
      ByteBuffer input = ByteBuffer.wrap(bytes);
      PacketDecoder decoder = new PacketDecoder(10_000_000, role, version);
      if (decoder.decode(input) instanceof Decoded.Complete(Packet ours)) {
        byte[] one = Arrays.copyOf(bytes, input.position());
        if (!isOnlyOurs(one, ours, version)) {
          String hint =
              "seed %d, %s, %s: %s".formatted(seed, version, role, HexFormat.of().formatHex(one));
          assertEquals(
              new Accepted(Fields.of(ours)).toString(),
              NettyCodec.decode(one, version, ours instanceof Connect).toString(),
              hint);
          compared++;
        }
      }
    }
    System.out.printf("fuzz seeds %d until %d, %d compared%n", FIRST_SEED, seed, compared);
    assertTrue(compared > 0);
  }

  /// What Netty refuses, or reads by the rules of 3.1.1, although the version allows it.
  private static boolean isOnlyOurs(byte[] bytes, Packet packet, ProtocolVersion version) {
    if (packet instanceof Connect connect
        && (connect.bridge()
            || connect.will().filter(will -> will.topic().length() > 32767).isPresent())) {
      return true;
    }
    if (version != ProtocolVersion.V3_1) {
      return false;
    }
    return switch (packet) {
      case Connect connect ->
          connect.clientId().isEmpty()
              || (connect.username().isEmpty() && (connectFlags(bytes) & 0x80) != 0)
              || (connect.password().isEmpty() && (connectFlags(bytes) & 0x40) != 0);
      case Publish publish -> false;
      case ConnAck ack -> true;
      case Subscribe subscribe -> !Arrays.equals(bytes, encoded(packet, version));
      default -> (bytes[0] & 0x0F) != (encoded(packet, version)[0] & 0x0F);
    };
  }

  private static int connectFlags(byte[] bytes) {
    int at = 1;
    while (bytes[at] < 0) {
      at++;
    }
    return bytes[at + 1 + 2 + "MQIsdp".length() + 1];
  }

  @Test
  void everyVectorOnWhichNettyThinksOtherwiseIsExplained() throws Exception {
    List<String> unexplained = new ArrayList<>();
    Set<Explained> used = new HashSet<>();
    for (String folder : List.of("first", "from-client", "from-server")) {
      for (WireVector vector : WireVector.readAll(WIRE.resolve(folder))) {
        String ours = ours(vector, folder);
        String nettys = nettys(vector, folder);
        if (!ours.equals(nettys)) {
          List<Explained> known = ours.equals(NOTHING) ? ONLY_NETTYS : ONLY_OURS;
          Optional<Explained> why =
              known.stream().filter(one -> one.names.matcher(vector.name()).matches()).findFirst();
          why.ifPresent(used::add);
          if (why.isEmpty()) {
            unexplained.add(vector + "\n  ours: " + ours + "\n  Netty's: " + nettys);
          }
        }
      }
    }
    assertEquals("", String.join("\n", unexplained));
    assertEquals(
        List.of(),
        Stream.concat(ONLY_NETTYS.stream(), ONLY_OURS.stream())
            .filter(one -> !used.contains(one))
            .toList(),
        "explained and never met");
  }

  private static String ours(WireVector vector, String folder) {
    PacketDecoder decoder = WireDecoders.of(folder, vector.version());
    return decoder.decode(vector.bytes().asBuffer()) instanceof Decoded.Complete(Packet packet)
        ? Fields.of(packet).toString()
        : NOTHING;
  }

  /// Waiting is no opinion: Netty reads on into the next packet where we see that a field is cut.
  private static String nettys(WireVector vector, String folder) {
    byte[] bytes = vector.bytes().toArray();
    return NettyCodec.decode(bytes, vector.version(), folder.equals("first"))
            instanceof Accepted(Fields fields)
        ? fields.toString()
        : NOTHING;
  }

  private static byte[] encoded(Packet packet, ProtocolVersion version) {
    ByteBuffer output = ByteBuffer.allocate((int) PacketEncoder.length(packet, version));
    PacketEncoder.encode(packet, version, output);
    return output.array();
  }
}
