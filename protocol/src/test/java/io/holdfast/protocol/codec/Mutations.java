package io.holdfast.protocol.codec;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/// Spoils packets from a seed: bits, bytes, pieces; mostly behind the fixed header, which is then
/// made to fit again, so that the spoilt field is reached.
final class Mutations {
  private static final byte[] TELLING = {
    0,
    1,
    2,
    0x7F,
    (byte) 0x80,
    (byte) 0xFF,
    '+',
    '#',
    '/',
    '$',
    (byte) 0xC0,
    (byte) 0xED,
    0x26,
    0x0B
  };

  private final Random random;

  Mutations(long seed) {
    this.random = new Random(seed);
  }

  byte[] spoil(byte[] packet) {
    int headerBytes = headerBytes(packet);
    boolean keepHeader = random.nextInt(4) != 0;
    byte[] spoilt = keepHeader ? Arrays.copyOfRange(packet, headerBytes, packet.length) : packet;
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      spoilt = once(spoilt);
    }
    return keepHeader ? withHeader(first(packet[0]), spoilt) : spoilt;
  }

  private byte first(byte first) {
    return random.nextInt(10) == 0 ? (byte) (first ^ 1 << random.nextInt(8)) : first;
  }

  private byte[] once(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[] {telling()};
    }
    int at = random.nextInt(bytes.length);
    byte[] copy = bytes.clone();
    switch (random.nextInt(7)) {
      case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> copy[at] = telling();
      case 2 -> copy[at]++;
      case 3 -> copy[at]--;
      case 4 -> copy = joined(bytes, 0, at, new byte[] {telling()}, at);
      case 5 -> copy = joined(bytes, 0, at, new byte[0], Math.min(bytes.length, at + 1 + few()));
      default -> copy = joined(bytes, 0, Math.min(bytes.length, at + few()), new byte[0], at);
    }
    return copy;
  }

  private int few() {
    return random.nextInt(6);
  }

  private byte telling() {
    return TELLING[random.nextInt(TELLING.length)];
  }

  private static byte[] joined(byte[] bytes, int from, int until, byte[] middle, int restFrom) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, from, until - from);
    out.writeBytes(middle);
    out.write(bytes, restFrom, bytes.length - restFrom);
    return out.toByteArray();
  }

  private static int headerBytes(byte[] packet) {
    int at = 1;
    while (packet[at] < 0) {
      at++;
    }
    return at + 1;
  }

  private static byte[] withHeader(byte first, byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(first);
    int rest = body.length;
    while (rest >= 0x80) {
      out.write((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
    out.writeBytes(body);
    return out.toByteArray();
  }
}
