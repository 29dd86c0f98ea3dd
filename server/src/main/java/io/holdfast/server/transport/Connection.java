package io.holdfast.server.transport;

import io.holdfast.protocol.packet.Packet;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;

/// One network connection.
///
/// It is _open_ until the core closes it or it is lost. Once the core closed it, what was sent goes
/// out, our half is shut, and what still comes is thrown away until the other side has heard of it:
/// a socket that is closed with bytes unread makes the system throw away what it was sent last.
final class Connection extends ChannelInboundHandlerAdapter {
  /// Why a connection is not read from: its packet is too large for the memory there is.
  static final int NO_MEMORY = 1;

  /// The disk is behind.
  static final int CONGESTED = 2;

  /// It does not take its answers.
  static final int DOES_NOT_READ = 4;

  /// The broker stops.
  static final int STOPPING = 8;

  /// There is no space for what it has sent.
  static final int WITHHELD = 16;

  /// It publishes, and space runs out.
  static final int SLOWED = 32;

  private static final int BRIDGE = 0x80;
  private static final int THROWN_AWAY_MAX = 1 << 20;
  private static final long LEFT_WITHHELD_NANOS = 5_000_000_000L;

  /// As in `TCP_ESTABLISHED`: neither side has ended its half, and nothing was reset.
  private static final int ESTABLISHED = 1;

  private final Connections connections;
  private final Listener listener;
  private final Channel channel;
  private final Incoming incoming;
  private final Outgoing outgoing;
  private ProtocolVersion version = ProtocolVersion.V5;
  private int id = -1;
  private State state = State.OPEN;
  private boolean cut;

  /// Nothing it is sent would reach it: it is cut, or it has closed its socket. In the second case
  /// what it sent before is read to the end all the same.
  private boolean mute;

  private int paused;
  private long withheldSinceNanos;
  private int thrownAway;
  private long endsAtNanos;
  private long leftAtTick;
  private long leftSinceNanos;
  private String why = "connection closed by the client";

  private enum State {
    OPEN,
    /// The core has closed it; what it was sent goes out.
    ENDING,
    /// All that it was sent is out, and nothing more will come from here.
    SHUT,
    GONE
  }

  Connection(Connections connections, Listener listener, Channel channel) {
    this.connections = connections;
    this.listener = listener;
    this.channel = channel;
    this.incoming = connections.incomingOf(this);
    this.outgoing = connections.outgoingOf(this);
  }

  int id() {
    return id;
  }

  /// The core knows it as `number`.
  void known(int number) {
    id = number;
  }

  Listener listener() {
    return listener;
  }

  boolean isOpen() {
    return state == State.OPEN && !cut;
  }

  boolean isGone() {
    return state == State.GONE;
  }

  /// Whether there is somebody to send messages to.
  boolean isHearing() {
    return state == State.OPEN && !mute;
  }

  Incoming incoming() {
    return incoming;
  }

  Outgoing outgoing() {
    return outgoing;
  }

  /// The version of its CONNECT.
  void speaks(ProtocolVersion spoken) {
    version = spoken;
  }

  /// It asked for a version that nobody here speaks: an older one gets a return code, as 3.1 and
  /// 3.1.1 have it, a newer one a reason code.
  void asked(int level) {
    version = (level & ~BRIDGE) <= 4 ? ProtocolVersion.V3_1_1 : ProtocolVersion.V5;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    connections.add(this, Listener.name(channel.remoteAddress()));
    context.fireChannelActive();
  }

  // Reading

  /// Whether it may be read from now. Where the disk is behind, publishers have to wait, and only
  /// they: a consumer that subscribed last is heard.
  boolean mayBeRead() {
    if (incoming.hasPublished() && isOpen()) {
      connections.pauseIfCongested(this);
    }
    return paused == 0;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf read = (ByteBuf) message;
    int bytes = read.writerIndex();
    try {
      if (isOpen()) {
        incoming.read(connections.bytesRead(bytes));
        hasRead();
      } else {
        throwAway(bytes);
      }
    } finally {
      read.release();
    }
  }

  private void hasRead() {
    if (incoming.isWithheld()) {
      pause(WITHHELD);
      withheldSinceNanos = System.nanoTime();
      connections.withheld(this);
    } else if (incoming.hasAppended() && isOpen()) {
      connections.pauseIfCongested(this);
      if (incoming.hasPublished()) {
        connections.pauseIfShortOfSpace(this);
      }
    }
  }

  /// Tells once more what was withheld, unless something else is in the way. Gives whether some of
  /// it was taken.
  boolean offerAgain() {
    connections.pauseIfCongested(this);
    if ((paused & ~WITHHELD) != 0) {
      return false;
    }
    try {
      boolean taken = incoming.offerAgain();
      if (!incoming.isWithheld()) {
        resume(WITHHELD);
        hasRead();
      } else if (taken) {
        withheldSinceNanos = System.nanoTime();
      }
      return taken;
    } catch (OutOfMemoryError e) {
      connections.warn("no memory for what a client has sent: the connection is cut");
      cut("no memory for what it has sent");
      return false;
    }
  }

  /// Whether it is withheld for a while, and the other side has left. The system says so; Netty
  /// would not tell of one that is not read from.
  boolean hasLeftWithheld(long nowNanos) {
    return nowNanos - withheldSinceNanos >= LEFT_WITHHELD_NANOS
        && channel instanceof EpollSocketChannel socket
        && socket.isOpen()
        && socket.tcpInfo().state() != ESTABLISHED;
  }

  private void throwAway(int bytes) {
    thrownAway += bytes;
    if (thrownAway > THROWN_AWAY_MAX && state == State.SHUT) {
      closeChannel();
    }
  }

  boolean isPaused() {
    return paused != 0;
  }

  boolean isPaused(int reason) {
    return (paused & reason) != 0;
  }

  void pause(int reason) {
    if (paused == 0) {
      channel.config().setAutoRead(false);
    }
    paused |= reason;
  }

  void resume(int reason) {
    boolean was = paused != 0;
    paused &= ~reason;
    if (was && paused == 0 && channel.isOpen()) {
      channel.config().setAutoRead(true);
    }
  }

  // Writing

  /// Encodes `packet` for the end of the turn. True where it is the first of the turn.
  boolean send(Packet packet) {
    try {
      return !mute && outgoing.send(packet, version);
    } catch (OutOfMemoryError e) {
      connections.warn("no memory to send a packet: the connection is cut");
      cut("no memory to send a packet");
      return false;
    }
  }

  void flush() {
    outgoing.flush(channel);
    if (isOpen()) {
      watchAnswers();
      connections.lookWhetherWritable(this);
    } else if (state == State.ENDING && !outgoing.isDraining()) {
      shut();
    }
  }

  /// All that it was sent in earlier turns is out, or lost.
  void drained() {
    if (isOutputShut() && isOpen()) {
      // Netty goes on waiting until it may write, and would be told at once, again and again.
      cut(why);
    } else if (isOpen()) {
      watchAnswers();
      connections.lookWhetherWritable(this);
    } else if (state == State.ENDING && !outgoing.isDraining()) {
      shut();
    }
  }

  /// Who does not take answers is not read from.
  private void watchAnswers() {
    if (outgoing.waiting() > connections.answersShare()) {
      pause(DOES_NOT_READ);
    } else if (isPaused(DOES_NOT_READ)) {
      resume(DOES_NOT_READ);
    }
  }

  /// Whether nothing of what it was sent has gone out for `nanos`.
  boolean isStalled(long nowNanos, long nanos) {
    long left = Outgoing.leftIn(channel);
    if (left == 0 || left != leftAtTick) {
      leftAtTick = left;
      leftSinceNanos = nowNanos;
      return false;
    }
    return nowNanos - leftSinceNanos >= nanos;
  }

  // Ending

  /// The core closed it: nothing that comes from it is told any more.
  void closed() {
    state = State.ENDING;
  }

  /// It is cut at that time if it is still there.
  void endBy(long atNanos) {
    endsAtNanos = atNanos;
  }

  /// The core has heard that it is closed. What it was sent goes out with this turn.
  void end(long atNanos) {
    endBy(atNanos);
    if (state == State.ENDING) {
      incoming.forget();
      resume(~0);
    }
  }

  private void shut() {
    state = State.SHUT;
    if (channel instanceof DuplexChannel duplex) {
      var unused = duplex.shutdownOutput();
    } else {
      closeChannel();
    }
  }

  private void closeChannel() {
    var unused = channel.close();
  }

  long endsAtNanos() {
    return endsAtNanos;
  }

  private boolean isOutputShut() {
    return channel instanceof DuplexChannel duplex && duplex.isOutputShutdown();
  }

  /// Writing has failed, mostly because its socket is closed, or our half is shut.
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof ChannelOutputShutdownEvent)) {
      return;
    }
    if (isOpen()) {
      mute = true;
      outgoing.forget();
      watchAnswers();
      connections.readToTheEnd(this);
    } else if (state == State.ENDING) {
      closeChannel();
    }
  }

  /// Ends it at once, whatever it was sent.
  void cut(String reason) {
    if (!cut) {
      cut = true;
      mute = true;
      why = reason;
      outgoing.drop();
      closeChannel();
    }
  }

  String why() {
    return why;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    boolean wasOpen = state == State.OPEN;
    state = State.GONE;
    incoming.forget();
    outgoing.forget();
    connections.gone(this, wasOpen);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof Reads.NotNow) {
      return;
    }
    if (cause instanceof ChannelOutputShutdownException) {
      Throwable failure = cause.getCause() == null ? cause : cause.getCause();
      why = "connection lost: " + failure.getMessage();
      return;
    }
    if (!(cause instanceof IOException)) {
      connections.warn("a connection is cut: " + cause);
    }
    cut("connection lost: " + cause.getMessage());
  }
}
