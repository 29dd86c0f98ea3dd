package io.holdfast.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PacketHandlerTest {
  private static final String SMALL = "40020007";
  private static final String EMPTY = "d000";
  private static final String LARGE = "30c801" + "61".repeat(200);

  @Test
  void packetsAreFoundHoweverTheirBytesAreSplit() {
    byte[] stream = HexFormat.of().parseHex(SMALL + EMPTY + LARGE + SMALL);
    for (int first = 0; first <= stream.length; first++) {
      for (int second = first; second <= stream.length; second += 7) {
        Recorder recorder = new Recorder();
        recorder.feed(stream, 0, first);
        recorder.feed(stream, first, second);
        recorder.feed(stream, second, stream.length);
        assertEquals(List.of(SMALL, EMPTY, LARGE, SMALL), recorder.packets());
      }
    }
  }

  @Test
  void aLengthOfFiveBytesIsRefused() {
    byte[] stream = HexFormat.of().parseHex("30ffffffff01");
    assertThrows(
        IllegalArgumentException.class, () -> new Recorder().feed(stream, 0, stream.length));
  }

  /// Keeps the hex of every packet that it is handed.
  private static final class Recorder {
    private final List<String> packets = new ArrayList<>();
    private final EmbeddedChannel channel = new EmbeddedChannel();

    Recorder() {
      channel.pipeline().addLast(new Handler(channel, packets));
    }

    void feed(byte[] stream, int from, int until) {
      channel.writeInbound(Unpooled.copiedBuffer(stream, from, until - from));
    }

    List<String> packets() {
      channel.finish();
      return packets;
    }
  }

  private static final class Handler extends PacketHandler {
    private final List<String> packets;

    Handler(Channel channel, List<String> packets) {
      super(channel);
      this.packets = packets;
    }

    @Override
    void received(ByteBuf input, int start, int body, int end) {
      packets.add(ByteBufUtil.hexDump(input, start, end - start));
    }

    @Override
    void receivedAll() {}
  }
}
