package io.holdfast.core;

import java.util.Arrays;
import java.util.HexFormat;

/// Bytes as `hexdump -C` shows them: sixteen a line, and `*` for lines like the one before.
final class HexDump {
  private static final int LINE_BYTES = 16;
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private HexDump() {}

  static String of(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    byte[] before = new byte[0];
    boolean isLeftOut = false;
    for (int at = 0; at < bytes.length; at += LINE_BYTES) {
      byte[] line = Arrays.copyOfRange(bytes, at, Math.min(at + LINE_BYTES, bytes.length));
      if (!Arrays.equals(line, before)) {
        text.append("%08x  %-48s  |%s|\n".formatted(at, halves(line), printable(line)));
        isLeftOut = false;
      } else if (!isLeftOut) {
        text.append("*\n");
        isLeftOut = true;
      }
      before = line;
    }
    return text.append("%08x\n".formatted(bytes.length)).toString();
  }

  private static String halves(byte[] line) {
    int half = Math.min(LINE_BYTES / 2, line.length);
    return HEX.formatHex(line, 0, half) + "  " + HEX.formatHex(line, half, line.length);
  }

  private static String printable(byte[] line) {
    StringBuilder text = new StringBuilder();
    for (byte next : line) {
      text.append(next >= ' ' && next <= '~' ? (char) next : '.');
    }
    return text.toString();
  }
}
