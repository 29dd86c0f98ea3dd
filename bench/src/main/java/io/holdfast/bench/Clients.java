package io.holdfast.bench;

import io.netty.channel.Channel;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The publishers and subscribers of one run, and all that they did taken together.
///
/// Topics are numbered: publisher p has every topic whose number leaves p when it is divided by the
/// count of publishers, and subscriber s those that leave s. Each topic has a ledger.
///
/// Who comes and goes may be said by any thread; the rest happens on the event loop.
final class Clients {
  private final Stage stage;
  private final Workload workload;
  private final Topics topics;
  private final long runId = ThreadLocalRandom.current().nextLong();
  private final Tally tally;
  private final Ledger[] ledgers;
  private final Publisher[] publishers;
  private final Subscriber[] subscribers;
  private boolean isPaced;

  Clients(Stage stage, Workload workload, Topics topics, Tally tally) {
    this.stage = stage;
    this.workload = workload;
    this.topics = topics;
    this.tally = tally;
    this.publishers = new Publisher[workload.publishers()];
    this.subscribers = new Subscriber[workload.subscribers()];
    this.ledgers = Stream.generate(Ledger::new).limit(workload.topics()).toArray(Ledger[]::new);
  }

  CompletableFuture<Void> publishersCome() {
    return stage.bring(publishers.length, this::publisher);
  }

  CompletableFuture<Void> subscribersCome() {
    return stage.bring(subscribers.length, this::subscriber);
  }

  /// Their sessions are made, and nobody stays.
  CompletableFuture<Void> subscribersStayAway() {
    return stage.bring(
        subscribers.length,
        (index, channel, watcher) ->
            new IdleSession(
                channel, workload.version(), subscriberId(index), topics.taken(index), watcher));
  }

  /// @return done when no connection of theirs is left
  CompletableFuture<Void> subscribersLeave() {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    AtomicInteger here = new AtomicInteger(subscribers.length);
    stage.soon(() -> {
      for (Subscriber subscriber : subscribers) {
        subscriber
            .channel()
            .closeFuture()
            .addListener(ignored -> {
              if (here.decrementAndGet() == 0) {
                gone.complete(null);
              }
            });
        subscriber.leave();
      }
    });
    return gone;
  }

  /// They come back to their sessions, take what waited when `waiting` was counted, and leave.
  ///
  /// @param waiting what was acknowledged, by topic
  CompletableFuture<Void> subscribersReturn(long[] waiting) {
    long[] shares = new long[subscribers.length];
    for (int topic = 0; topic < waiting.length; topic++) {
      shares[topic % shares.length] += waiting[topic] - ledgers[topic].arrived();
    }
    return stage.bring(
        subscribers.length,
        (index, channel, watcher) -> {
          Subscriber subscriber =
              new ReturningSubscriber(
                  channel,
                  workload.version(),
                  subscriberId(index),
                  watcher,
                  topics.taken(index),
                  runId,
                  workload.payloadBytes(),
                  ledgers,
                  tally,
                  shares[index]);
          subscribers[index] = subscriber;
          return subscriber;
        });
  }

  /// Nothing is kept of what they were.
  CompletableFuture<Void> sessionsEnd() {
    return stage.bring(
        subscribers.length,
        (index, channel, watcher) ->
            new SessionEnd(channel, workload.version(), subscriberId(index), watcher));
  }

  void leave() {
    Arrays.stream(publishers).forEach(Client::leave);
    Arrays.stream(subscribers).forEach(Client::leave);
  }

  /// They publish until they are stopped.
  ///
  /// @param perSecond of all of them together; infinite is as fast as they may
  void startPublishing(double perSecond) {
    Pace pace = new Pace(perSecond / publishers.length, System.nanoTime());
    isPaced = !pace.isUnlimited();
    if (isPaced) {
      tick();
    }
    Arrays.stream(publishers).forEach(publisher -> publisher.start(pace));
  }

  void stopPublishing() {
    isPaced = false;
    Arrays.stream(publishers).forEach(Publisher::stop);
  }

  /// They publish so many messages more, which may be none, each its share, as fast as they may.
  ///
  /// @return how many nanoseconds it took until everything that was sent was acknowledged
  CompletableFuture<Long> publish(long count) {
    CompletableFuture<Long> all = new CompletableFuture<>();
    stage.soon(() -> {
      isPaced = false;
      long start = System.nanoTime();
      AtomicInteger busy = new AtomicInteger(publishers.length);
      Runnable done =
          () -> {
            if (busy.decrementAndGet() == 0) {
              all.complete(System.nanoTime() - start);
            }
          };
      for (int i = 0; i < publishers.length; i++) {
        publishers[i].publish(share(count, i, publishers.length), Pace.UNLIMITED, done);
      }
    });
    return all;
  }

  long sent() {
    return Arrays.stream(publishers).mapToLong(Publisher::sent).sum();
  }

  long acknowledged() {
    return Arrays.stream(publishers).mapToLong(Publisher::acknowledged).sum();
  }

  long delivered() {
    return Arrays.stream(subscribers).mapToLong(Subscriber::delivered).sum();
  }

  /// How many messages of each topic were acknowledged.
  long[] acknowledgedByTopic() {
    return IntStream.range(0, ledgers.length)
        .mapToLong(topic ->
            share(
                publishers[topic % publishers.length].acknowledged(),
                topic / publishers.length,
                workload.topicsPerPublisher()))
        .toArray();
  }

  /// What became of so many messages of each topic, and of whatever else arrived.
  Report.Checked checked(long[] due) {
    long lost = 0;
    long duplicated = 0;
    long reordered = 0;
    for (int i = 0; i < ledgers.length; i++) {
      lost += ledgers[i].lost(due[i]);
      duplicated += ledgers[i].duplicated();
      reordered += ledgers[i].reordered();
    }
    return new Report.Checked(acknowledged(), sent() - acknowledged(), lost, duplicated, reordered);
  }

  /// How many of `count` go to the one with that index when `takers` take turns.
  private static long share(long count, int index, int takers) {
    return count / takers + (index < count % takers ? 1 : 0);
  }

  private void tick() {
    if (isPaced) {
      Arrays.stream(publishers).forEach(Publisher::tick);
      stage.later(Pace.TICK_MILLIS, this::tick);
    }
  }

  private Client publisher(int index, Channel channel, Client.Watcher watcher) {
    PublishTemplate[] templates = new PublishTemplate[workload.topicsPerPublisher()];
    for (int i = 0; i < templates.length; i++) {
      int topic = index + i * publishers.length;
      templates[i] =
          new PublishTemplate(
              workload.version(),
              topics.published(topic, topic % subscribers.length),
              workload.payloadBytes(),
              runId,
              topic);
    }
    Publisher publisher =
        new Publisher(
            channel,
            workload.version(),
            topics.prefix() + "-p" + index,
            watcher,
            templates,
            workload.window(),
            tally);
    publishers[index] = publisher;
    return publisher;
  }

  private Client subscriber(int index, Channel channel, Client.Watcher watcher) {
    Subscriber subscriber =
        new Subscriber(
            channel,
            workload.version(),
            subscriberId(index),
            watcher,
            topics.taken(index),
            runId,
            workload.payloadBytes(),
            ledgers,
            tally);
    subscribers[index] = subscriber;
    return subscriber;
  }

  private String subscriberId(int index) {
    return topics.prefix() + "-s" + index;
  }
}
