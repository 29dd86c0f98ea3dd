/// `holdfast prove`: puts a real broker through trials, with real clients over real sockets, and
/// counts what came of what it had acknowledged.
///
/// Decides what is lost, duplicated and out of order (`Ledger`), what a trial does to a broker
/// (`Trial`) and what of it is shown. Does not decide how a command line is read: `ProveCommand`
/// does. Knows nothing of the inside of any broker: ours is a process like every other
/// (`BrokerChoice`).
///
/// Start at `Trial`, then `KilledUnderLoad`. Each client is a thread of its own over a blocking
/// socket, and keeps its half of the protocol's state exactly as MQTT asks, over any number of
/// connections; the trial runs on the main thread.
@NullMarked
package io.holdfast.cli.prove;

import org.jspecify.annotations.NullMarked;
