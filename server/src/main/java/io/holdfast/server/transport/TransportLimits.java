package io.holdfast.server.transport;

import io.holdfast.core.Limits;

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
