package io.holdfast.bench;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Brings clients to the broker, a bounded number at a time: a broker whose listen queue overflows
/// answers the rest a second later, and that is not what is to be measured.
final class Arrivals {
  private static final int UNDERWAY_MAX = 64;

  private final Transport transport;
  private final SocketAddress broker;
  private final int patienceSeconds;
  private final Consumer<String> trouble;

  /// @param patienceSeconds how long the broker may answer nobody before that is trouble
  Arrivals(
      Transport transport, SocketAddress broker, int patienceSeconds, Consumer<String> trouble) {
    this.transport = transport;
    this.broker = broker;
    this.patienceSeconds = patienceSeconds;
    this.trouble = trouble;
  }

  /// Makes the client of an index.
  interface Arrival {
    Client client(int index, Channel channel, Client.Watcher watcher);
  }

  /// Brings `count` clients. Any thread may ask.
  ///
  /// @return done when all of them were ready
  CompletableFuture<Void> bring(int count, Arrival arrival) {
    Group arrivals = new Group(count, arrival);
    if (count == 0) {
      arrivals.all.complete(null);
    }
    transport.loop().execute(arrivals::begin);
    return arrivals.all;
  }

  private final class Group implements Client.Watcher {
    private final CompletableFuture<Void> all = new CompletableFuture<>();
    private final int count;
    private final Arrival arrival;
    private int begun;
    private int ready;
    private long answers;

    Group(int count, Arrival arrival) {
      this.count = count;
      this.arrival = arrival;
    }

    @Override
    public void answered() {
      answers++;
    }

    @Override
    public void ready() {
      ready++;
      if (begun < count) {
        connectNext();
      } else if (ready == count) {
        all.complete(null);
      }
    }

    @Override
    public void trouble(String what) {
      trouble.accept(what);
    }

    private void begin() {
      for (int i = 0; i < Math.min(count, UNDERWAY_MAX); i++) {
        connectNext();
      }
      watch(-1);
    }

    private void watch(long answersBefore) {
      if (!all.isDone()) {
        if (answers + ready == answersBefore) {
          trouble.accept(
              "no answer for %d s; %d of %d clients were served"
                  .formatted(patienceSeconds, ready, count));
        } else {
          long answersNow = answers + ready;
          var unused =
              transport.loop().schedule(() -> watch(answersNow), patienceSeconds, TimeUnit.SECONDS);
        }
      }
    }

    private void connectNext() {
      int index = begun++;
      ChannelInitializer<Channel> initializer =
          new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
              channel.pipeline().addLast(arrival.client(index, channel, Group.this));
            }
          };
      transport.client().handler(initializer).connect(broker).addListener(this::connected);
    }

    private void connected(Future<? super Void> connect) {
      if (!connect.isSuccess()) {
        trouble.accept("no connection: " + connect.cause().getMessage());
      }
    }
  }
}
