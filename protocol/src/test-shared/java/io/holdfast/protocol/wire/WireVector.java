package io.holdfast.protocol.wire;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.ProtocolVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One line of a wire vector file, for one protocol version:
///
///     name [rules] versions : bytes <-> packet       the packet is also written as these bytes
///     name [rules] versions : bytes -> packet        read only: the encoder writes it shorter
///     name [rules] versions : bytes -> malformed 0x81
///
/// Bytes are hex digits or 'text', each with `*count` where it is repeated; a packet stands as
/// `PacketText` writes it. The largest packet allowed is of `PACKET_BYTES_MAX` bytes.
///
/// @param rules the statements of the specification that decide, or a word on why
public record WireVector(
    String name,
    String rules,
    ProtocolVersion version,
    Bytes bytes,
    boolean bothWays,
    String expected) {
  public static final int PACKET_BYTES_MAX = 100_000;

  private static final Pattern LINE =
      Pattern.compile("(\\S+) +\\[([^\\]]+)\\] +(\\S+) +: +(.+?) +(<->|->) +(.+)");
  private static final Pattern PART =
      Pattern.compile("(?:([0-9a-fA-F]+)|'([ -&(-~]*)')(?:\\*(\\d+))? *");

  /// All vectors of the files in `folder`, in the order of file names and lines.
  public static List<WireVector> readAll(Path folder) throws IOException {
    List<WireVector> vectors = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          if (!line.isBlank() && !line.startsWith("#")) {
            vectors.addAll(parse(line));
          }
        }
      }
    }
    return vectors;
  }

  private static List<WireVector> parse(String line) {
    Matcher matcher = LINE.matcher(line.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a wire vector: " + line);
    }
    List<WireVector> vectors = new ArrayList<>();
    for (String version : matcher.group(3).split(",", -1)) {
      vectors.add(
          new WireVector(
              matcher.group(1),
              matcher.group(2),
              version(version),
              bytes(matcher.group(4)),
              matcher.group(5).equals("<->"),
              matcher.group(6)));
    }
    return vectors;
  }

  private static ProtocolVersion version(String text) {
    return switch (text) {
      case "3.1" -> ProtocolVersion.V3_1;
      case "3.1.1" -> ProtocolVersion.V3_1_1;
      case "5.0" -> ProtocolVersion.V5;
      default -> throw new IllegalArgumentException("not a version: " + text);
    };
  }

  private static Bytes bytes(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Matcher matcher = PART.matcher(text);
    int end = 0;
    while (end < text.length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw new IllegalArgumentException("not bytes: " + text.substring(end));
      }
      byte[] part =
          matcher.group(1) != null
              ? HexFormat.of().parseHex(matcher.group(1))
              : matcher.group(2).getBytes(StandardCharsets.US_ASCII);
      int count = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
      for (int i = 0; i < count; i++) {
        out.writeBytes(part);
      }
      end = matcher.end();
    }
    return Bytes.own(out.toByteArray());
  }

  @Override
  public String toString() {
    return name + " [" + rules + "] " + version;
  }
}
