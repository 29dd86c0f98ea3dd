package io.holdfast.cli.prove;

import io.holdfast.cli.prove.TrialResult.Row;
import io.holdfast.protocol.packet.QoS;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A trial with one broker on fresh data and a cast of clients. What happens in between is its own;
/// how it begins, ends and is counted is the same for all.
abstract class StagedTrial implements Trial {

  abstract Cast cast();

  /// Goes on until the last fault has been done. The consumers have subscribed and are online, and
  /// nothing has been published so far.
  abstract void act(Scene scene) throws BrokerException, IOException, InterruptedException;

  @Override
  public final TrialResult run(TrialContext context) throws IOException, InterruptedException {
    Clients clients = new Clients(cast(), context.prefix(), context.random());
    try (BrokerUnderTest broker = context.freshBroker()) {
      broker.launch();
      Place place;
      try {
        place = broker.awaitReady();
      } catch (BrokerException e) {
        return new TrialResult.Skipped(String.valueOf(e.getMessage()));
      }
      Scene scene = new Scene(context, broker, clients, place);
      Optional<String> why = act(scene, clients);
      clients.end();
      if (why.isEmpty() && context.broker().whyNotOnDataOfATrial().isPresent()) {
        forget(scene, clients);
      }
      return result(scene, why);
    } finally {
      clients.end();
    }
  }

  /// @return why it ended early; empty where it did not
  private Optional<String> act(Scene scene, Clients clients)
      throws IOException, InterruptedException {
    try {
      clients.subscribe(scene.place());
      act(scene);
      clients.settle(scene.place());
      return scene.ledger().acknowledged() > 0
          ? Optional.empty()
          : Optional.of("nothing was acknowledged");
    } catch (BrokerException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static void forget(Scene scene, Clients clients) {
    try {
      clients.forget(scene.place());
    } catch (IOException e) {
      scene.ledger().violation("the sessions could not be removed: " + e);
    }
  }

  private static TrialResult result(Scene scene, Optional<String> why) {
    List<Row> rows = new ArrayList<>();
    for (QoS qos : List.of(QoS.AT_LEAST_ONCE, QoS.EXACTLY_ONCE)) {
      rows.add(new Row(qos, scene.ledger().tally(qos), scene.restarts()));
    }
    List<String> remarks = scene.ledger().remarks();
    return why.isPresent()
        ? new TrialResult.Broke(rows, remarks, why.get())
        : new TrialResult.Ran(rows, remarks);
  }
}
