package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/// One client's connection: sends CONNECT, waits for a good CONNACK, and takes any end of the
/// connection that it did not ask for as trouble.
abstract class Client extends PacketHandler {
  private final MqttVersion version;
  private final String clientId;
  private final boolean isDurable;
  private final Watcher watcher;
  private boolean isLeaving;

  Client(
      Channel channel, MqttVersion version, String clientId, boolean isDurable, Watcher watcher) {
    super(channel);
    this.version = version;
    this.clientId = clientId;
    this.isDurable = isDurable;
    this.watcher = watcher;
  }

  /// Who wants to know how a client fares.
  interface Watcher {
    /// The broker answered one of the client's requests.
    void answered();

    /// The client did what had to be done before the next one comes.
    void ready();

    /// The measurement cannot go on.
    void trouble(String what);
  }

  /// The broker took the connection.
  abstract void connected();

  /// One whole packet that is neither CONNACK nor DISCONNECT.
  abstract void received(int first, ByteBuf input, int body, int end);

  /// The connection ended because this client left.
  void left() {}

  final MqttVersion version() {
    return version;
  }

  final void ready() {
    watcher.ready();
  }

  final void trouble(String what) {
    watcher.trouble(clientId + ": " + what);
  }

  final boolean isLeaving() {
    return isLeaving;
  }

  /// Sends DISCONNECT; the broker closes the connection.
  final void leave() {
    isLeaving = true;
    Wire.disconnect(output(2));
    flushOutput();
  }

  @Override
  public final void channelActive(ChannelHandlerContext context) {
    Wire.connect(output(64 + clientId.length()), version, clientId, isDurable);
    flushOutput();
  }

  @Override
  public final void channelInactive(ChannelHandlerContext context) {
    if (isLeaving) {
      left();
    } else {
      trouble("the broker closed the connection");
    }
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!isLeaving) {
      trouble(cause.toString());
    }
  }

  @Override
  final void received(ByteBuf input, int start, int body, int end) {
    int first = input.getUnsignedByte(start);
    switch (first >>> 4) {
      case Wire.CONNACK -> {
        watcher.answered();
        int code = input.getUnsignedByte(body + 1);
        if (code == 0) {
          connected();
        } else {
          trouble("CONNECT was refused with code " + code);
        }
      }
      case Wire.DISCONNECT ->
          trouble(
              "the broker sent DISCONNECT with code "
                  + (end > body ? input.getUnsignedByte(body) : 0));
      default -> received(first, input, body, end);
    }
  }

  @Override
  void receivedAll() {
    flushOutput();
  }

  /// Whether every filter of a SUBACK was granted; says so if not.
  final boolean isGranted(ByteBuf input, int body, int end) {
    watcher.answered();
    int codes = body + 2 + (version.isV5() ? Wire.countedBytes(input, body + 2) : 0);
    for (int i = codes; i < end; i++) {
      if (input.getUnsignedByte(i) != 1) {
        trouble("SUBSCRIBE at QoS 1 was answered with code " + input.getUnsignedByte(i));
        return false;
      }
    }
    return true;
  }
}
