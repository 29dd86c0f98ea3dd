package io.holdfast.cli.prove;

import io.holdfast.cli.prove.disk.PowerCutDisk;
import io.holdfast.cli.prove.disk.PowerCutDisk.Cut;
import java.io.IOException;
import java.util.List;

/// A broker that loses its power when it is killed.
///
/// It stops first, in the middle of whatever it does, and then the disk is looked at. So whatever a
/// client has heard from it was said before the cut, and is owed; and what was written and not
/// synced is gone. The other way round, clients would hear of things that are later than what the
/// disk holds, and be right to miss them.
final class PowerCutBroker implements BrokerUnderTest {
  private final BrokerUnderTest broker;
  private final PowerCutDisk disk;

  PowerCutBroker(BrokerUnderTest broker, PowerCutDisk disk) {
    this.broker = broker;
    this.disk = disk;
  }

  @Override
  public void launch() throws IOException {
    broker.launch();
  }

  @Override
  public Place awaitReady() throws BrokerException, InterruptedException {
    return broker.awaitReady();
  }

  @Override
  public long startMillis() {
    return broker.startMillis();
  }

  @Override
  public void kill() throws IOException, InterruptedException {
    broker.freeze();
    Cut cut = disk.cutPower();
    broker.kill();
    disk.restorePower(cut);
  }

  @Override
  public void freeze() throws IOException, InterruptedException {
    broker.freeze();
  }

  @Override
  public void letRun(long millis) throws BrokerException, InterruptedException {
    broker.letRun(millis);
  }

  @Override
  public List<String> said() {
    return broker.said();
  }

  @Override
  public void close() {
    broker.close();
  }
}
