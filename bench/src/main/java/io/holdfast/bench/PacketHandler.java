package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/// Cuts what a connection receives into packets, and gathers what is to be sent into one write.
///
/// The cost of the tools is part of what they measure, so there is no object per packet: a packet
/// is a place in the buffer that was read.
abstract class PacketHandler extends ChannelInboundHandlerAdapter {
  private final Channel channel;
  private ByteBuf partial = Unpooled.EMPTY_BUFFER;
  private ByteBuf output = Unpooled.EMPTY_BUFFER;

  PacketHandler(Channel channel) {
    this.channel = channel;
  }

  /// One whole packet.
  ///
  /// @param input borrowed until the return; its reader index is not to be moved
  /// @param start the index of the packet's first byte
  /// @param body the index behind the fixed header
  /// @param end the index behind the packet
  abstract void received(ByteBuf input, int start, int body, int end);

  /// Everything that came with one read was handed over.
  abstract void receivedAll();

  final Channel channel() {
    return channel;
  }

  /// Where to write what is to be sent, with room for that many bytes.
  final ByteBuf output(int bytes) {
    if (output.capacity() == 0) {
      output = channel.alloc().directBuffer(Math.max(bytes, 1024));
    }
    return output.ensureWritable(bytes);
  }

  /// Sends what was written to `output`, if anything, with one call to the system.
  final void flushOutput() {
    if (output.isReadable()) {
      // A write that fails is told to exceptionCaught.
      var unused = channel.writeAndFlush(output, channel.voidPromise());
      output = Unpooled.EMPTY_BUFFER;
    }
  }

  @Override
  public final void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf input = (ByteBuf) message;
    if (partial.isReadable()) {
      partial.writeBytes(input);
      input.release();
      input = partial;
      partial = Unpooled.EMPTY_BUFFER;
    }
    try {
      cut(input);
      if (input.isReadable()) {
        partial = channel.alloc().directBuffer(input.readableBytes() + 1024).writeBytes(input);
      }
    } finally {
      input.release();
    }
  }

  @Override
  public final void channelReadComplete(ChannelHandlerContext context) {
    receivedAll();
  }

  @Override
  public final void handlerRemoved(ChannelHandlerContext context) {
    partial.release();
    partial = Unpooled.EMPTY_BUFFER;
    output.release();
    output = Unpooled.EMPTY_BUFFER;
  }

  private void cut(ByteBuf input) {
    int end = input.writerIndex();
    int start = input.readerIndex();
    while (end - start >= 2) {
      int length = input.getByte(start + 1);
      int body = start + 2;
      if (length < 0) {
        length &= 0x7F;
        int shift = 7;
        int next = -1;
        while (next < 0 && body < end && shift <= 21) {
          next = input.getByte(body++);
          length |= (next & 0x7F) << shift;
          shift += 7;
        }
        if (next < 0) {
          if (shift > 21) {
            throw new IllegalArgumentException("a length of more than four bytes");
          }
          break;
        }
      }
      if (length > end - body) {
        break;
      }
      received(input, start, body, body + length);
      start = body + length;
      input.readerIndex(start);
    }
  }
}
