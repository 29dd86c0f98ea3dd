package io.holdfast.simulator;

import io.holdfast.simulator.workload.Caller;
import io.holdfast.simulator.workload.ClientEnd;
import io.holdfast.simulator.workload.Reached;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One connection of the simulated network, with both its ends.
///
/// What a client sends waits in `up` and arrives in `inbox`, where the broker reads it when it
/// likes; what the broker sends waits in `down` until the client is handed it.
final class SimConnection implements ClientEnd {
  private static final byte STALE = 0x55;

  private final SimNetwork network;
  private final int number;
  private final Caller caller;
  private final Pipe up = new Pipe();
  private final Pipe inbox = new Pipe();
  private final Pipe down = new Pipe();
  private @Nullable ServerEnd server;
  private boolean opened;
  private boolean reads = true;

  /// The client has ended it, or was told that it is over.
  private boolean clientGone;

  /// Nothing more comes from the client, behind what is on its way.
  private boolean upEnds;

  /// Nothing more comes from the broker, behind what is on its way.
  private boolean downEnds;

  /// Nothing passes any more, and maybe nobody knows.
  private boolean cut;

  private boolean upIsDue;
  private boolean downIsDue;

  /// The broker was not taken all from.
  private boolean wantsRoom;

  SimConnection(SimNetwork network, int number, Caller caller) {
    this.network = network;
    this.number = number;
    this.caller = caller;
  }

  int number() {
    return number;
  }

  boolean isClientGone() {
    return clientGone;
  }

  // How it begins

  void accepted(ServerEnd end) {
    server = end;
  }

  void refused() {
    network.forget(this);
    if (!clientGone) {
      clientGone = true;
      network.note("refused", this, 0);
      caller.closed();
    }
  }

  void opened() {
    if (!clientGone) {
      opened = true;
      network.note("opened", this, 0);
      caller.opened();
      goOnDown();
    }
  }

  // From the client

  @Override
  public void send(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (clientGone || upEnds) {
      return;
    }
    if (server == null) {
      // Whoever was there does not know of this connection any more, and says so.
      if (opened && !downEnds && network.isPowered()) {
        network.after(network.latency(), this::toldClosed);
      }
    } else if (!cut) {
      up.put(bytes.duplicate(), length);
      goOnUp();
    }
  }

  private void goOnUp() {
    if (!upIsDue && server != null && !cut && (!up.isEmpty() || upEnds) && hasRoomAbove()) {
      upIsDue = true;
      network.after(network.latency(), this::deliverUp);
    }
  }

  private boolean hasRoomAbove() {
    return inbox.length() < network.bufferBytes();
  }

  private void deliverUp() {
    upIsDue = false;
    ServerEnd end = server;
    if (cut || end == null) {
      return;
    }
    if (!up.isEmpty()) {
      int length = network.segmentOf(up.length());
      if (network.cutsNow()) {
        up.keep(network.random().nextInt(length + 1));
        length = up.length();
        cut();
      }
      network.note("up", this, up.hash(length));
      up.moveTo(inbox, length);
    }
    end.readable();
    if (!up.isEmpty()) {
      goOnUp();
    }
  }

  @Override
  public void close() {
    if (!clientGone) {
      clientGone = true;
      upEnds = true;
      goOnUp();
    }
  }

  @Override
  public void abort() {
    if (clientGone) {
      return;
    }
    clientGone = true;
    down.keep(0);
    if (server == null) {
      network.forget(this);
      return;
    }
    int how = network.random().nextInt(10);
    if (how < 4) {
      upEnds = true;
      goOnUp();
    } else if (how < 8 || !network.isFaulty()) {
      up.keep(network.random().nextInt(up.length() + 1));
      network.after(network.latency(), () -> toldGone("connection reset by the client"));
    } else {
      network.reached(Reached.CONNECTION_HALF_OPEN);
      cut = true;
    }
  }

  @Override
  public void reads(boolean whether) {
    reads = whether;
    goOnDown();
  }

  // For the broker

  /// How many bytes wait to be read.
  int available() {
    return inbox.length();
  }

  /// Whether all that the client sent was read, and nothing more will come.
  boolean isAtEnd() {
    return inbox.isEmpty() && up.isEmpty() && upEnds && !cut;
  }

  void read(ByteBuffer target, int length) {
    inbox.moveTo(target, length);
    goOnUp();
  }

  /// Takes as much of `bytes` as there is room for.
  void write(Pipe bytes) {
    if (server == null) {
      bytes.keep(0);
      return;
    }
    int room = Math.max(0, network.bufferBytes() - down.length());
    int length = Math.min(room, bytes.length());
    wantsRoom = length < bytes.length();
    bytes.moveTo(down, length);
    if (clientGone && !cut) {
      // Nobody is there who could take it, and the broker hears of it.
      down.keep(0);
      network.after(network.latency(), () -> toldGone("connection reset by the client"));
    } else {
      goOnDown();
    }
  }

  private void goOnDown() {
    if (!downIsDue && opened && reads && !cut && !clientGone && (!down.isEmpty() || downEnds)) {
      downIsDue = true;
      network.after(network.latency(), this::deliverDown);
    }
  }

  private void deliverDown() {
    downIsDue = false;
    if (cut || clientGone || !reads) {
      return;
    }
    if (!down.isEmpty()) {
      int length = network.segmentOf(down.length());
      if (network.cutsNow()) {
        length = network.random().nextInt(length + 1);
        network.note("down", this, down.hash(length));
        hand(length);
        cut();
        return;
      }
      network.note("down", this, down.hash(length));
      hand(length);
      if (wantsRoom && server != null) {
        wantsRoom = false;
        server.drained();
      }
    }
    if (down.isEmpty() && downEnds) {
      toldClosed();
    } else {
      goOnDown();
    }
  }

  private void hand(int length) {
    if (length == 0) {
      return;
    }
    byte[] bytes = new byte[length];
    down.moveTo(ByteBuffer.wrap(bytes), length);
    caller.received(ByteBuffer.wrap(bytes));
    Arrays.fill(bytes, STALE);
  }

  /// The broker sends nothing more, and does not listen any more. What it sent still arrives.
  void closeByServer() {
    server = null;
    inbox.keep(0);
    up.keep(0);
    downEnds = true;
    if (clientGone) {
      network.forget(this);
    } else {
      goOnDown();
    }
  }

  /// The broker ends it at once: what it sent may be lost.
  void resetByServer() {
    server = null;
    down.keep(network.random().nextInt(down.length() + 1));
    network.after(network.latency(), this::toldClosed);
  }

  // How it ends

  private void toldClosed() {
    if (!clientGone) {
      clientGone = true;
      network.note("closed", this, 0);
      caller.closed();
    }
    if (server == null) {
      network.forget(this);
    }
  }

  private void toldGone(String why) {
    ServerEnd end = server;
    if (end != null) {
      server = null;
      network.note("gone", this, 0);
      end.gone(why);
    }
    if (clientGone) {
      network.forget(this);
    }
  }

  private void cut() {
    cut = true;
    network.reached(Reached.CONNECTION_CUT);
    network.after(network.noticing(), this::toldClosed);
    if (network.random().nextInt(3) == 0) {
      network.reached(Reached.CONNECTION_HALF_OPEN);
    } else {
      network.after(network.noticing(), () -> toldGone("connection lost"));
    }
  }

  void serverProcessEnded() {
    if (server == null) {
      return;
    }
    if (cut || clientGone) {
      server = null;
      network.forget(this);
    } else if (network.random().nextBoolean()) {
      closeByServer();
    } else {
      resetByServer();
    }
  }

  void serverMachineEnded() {
    if (server == null && !downEnds) {
      return;
    }
    server = null;
    if (clientGone) {
      network.forget(this);
      return;
    }
    int length = down.isEmpty() ? 0 : network.segmentOf(down.length());
    if (opened && reads && !cut && network.random().nextBoolean()) {
      network.note("last", this, down.hash(length));
      hand(length);
    }
    cut = true;
    network.after(network.noticing(), this::toldClosed);
  }

  /// Whoever does not know yet that it is cut hears of it.
  void healed() {
    if (cut) {
      network.after(network.noticing(), this::toldClosed);
      network.after(network.noticing(), () -> toldGone("connection lost"));
    }
  }
}
