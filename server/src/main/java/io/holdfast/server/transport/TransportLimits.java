package io.holdfast.server.transport;

import io.holdfast.core.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// The bounds of what connections can make grow outside of the core, in bytes unless said
/// otherwise.
///
/// @param packetBytesMax longest packet that is taken in
/// @param connectBytesMax longest packet that is taken in before a CONNECT was. Every field of a
///   CONNECT at its longest fits
/// @param incomingBytesMax of packets that have not come whole yet, over all connections. One
///   packet of the longest kind may come on top of it
/// @param outgoingBytesMax of packets that are not with the operating system yet, over all
///   connections. One packet of the longest kind may come on top of it
/// @param outgoingPerConnectionMax a connection with more than this waiting takes no deliveries
/// @param unsyncedBytesMax publishers are not read from while more than this waits for the disk
/// @param connectionsMax network connections, over all listeners
public record TransportLimits(
    int packetBytesMax,
    int connectBytesMax,
    long incomingBytesMax,
    long outgoingBytesMax,
    int outgoingPerConnectionMax,
    long unsyncedBytesMax,
    int connectionsMax) {

  /// Open files that are not left to connections, at least this many and this part: the log's
  /// segments need some, and must get them.
  private static final int FILES_KEPT = 128;

  private static final int FILES_KEPT_PART = 8;

  private static final Path PROCESS_LIMITS = Path.of("/proc/self/limits");

  /// What this process has room for.
  public static TransportLimits ofProcess() {
    TransportLimits limits = forHeap(Runtime.getRuntime().maxMemory());
    OptionalInt files = openFilesMax();
    return files.isEmpty() ? limits : limits.withOpenFilesMax(files.getAsInt());
  }

  /// How many files and connections the system lets this process have, where it says so.
  private static OptionalInt openFilesMax() {
    if (!Files.isReadable(PROCESS_LIMITS)) {
      return OptionalInt.empty();
    }
    try (Stream<String> lines = Files.lines(PROCESS_LIMITS)) {
      return lines
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.split("\\s{2,}", -1)[1])
          .filter(soft -> soft.chars().allMatch(Character::isDigit))
          .mapToLong(Long::parseLong)
          .mapToInt(soft -> (int) Math.min(soft, Integer.MAX_VALUE))
          .findFirst();
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  /// For a heap of `heapBytes`, and as much memory outside of it, which is where packets wait.
  public static TransportLimits forHeap(long heapBytes) {
    long eighth = Math.clamp(heapBytes / 8, 1L << 20, 512L << 20);
    int packet = (int) Math.min(eighth, Limits.PACKET_BYTES_MAX);
    return new TransportLimits(
        packet,
        Math.min(packet, 512 << 10),
        eighth,
        eighth,
        256 << 10,
        Math.clamp(heapBytes / 16, 4L << 20, 16L << 20),
        Math.clamp(heapBytes / 4096, 1024, 1_000_000));
  }

  TransportLimits withOpenFilesMax(int files) {
    int kept = Math.max(FILES_KEPT, files / FILES_KEPT_PART);
    return new TransportLimits(
        packetBytesMax,
        connectBytesMax,
        incomingBytesMax,
        outgoingBytesMax,
        outgoingPerConnectionMax,
        unsyncedBytesMax,
        Math.min(connectionsMax, Math.max(files - kept, files / 4)));
  }

  public TransportLimits withPacketBytesMax(int bytes) {
    return new TransportLimits(
        bytes,
        Math.min(connectBytesMax, bytes),
        incomingBytesMax,
        outgoingBytesMax,
        outgoingPerConnectionMax,
        unsyncedBytesMax,
        connectionsMax);
  }
}
