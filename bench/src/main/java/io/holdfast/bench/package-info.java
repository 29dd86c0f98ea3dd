/// Measures a broker from outside, over its socket: how fast it acknowledges and delivers, what
/// that costs it, and whether every acknowledged message arrived once and in order.
///
/// The tools take any broker of MQTT 3.1.1 or 5.0 and know nothing of Holdfast, so that two brokers
/// are compared by one ruler. They build and read packets in their own way, because a generator
/// that shared the broker's codec would share its mistakes. `NullBroker` shows what the generator
/// itself can do, `FsyncProbe` what the disk can do.
///
/// Everything that touches a connection runs on one event loop thread; the main thread only waits.
/// Start reading at `LoadRun`; `BacklogRun` and `FanOutRun` measure what waits for clients that are
/// away. `bench/run` puts the tools together into the published figures.
@NullMarked
package io.holdfast.bench;

import org.jspecify.annotations.NullMarked;
