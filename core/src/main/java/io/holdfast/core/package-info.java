/// The broker with everything taken away that is not a decision: no sockets, files, threads, clock,
/// logging or randomness of its own.
///
/// Decides who gets which message, what becomes a record, and which answer waits for which
/// position. Start at `Broker` (the one way in), then `Effects` (the one way out) and
/// `DurabilityGate` between the two. All of it runs on the one thread that drives the broker.
@NullMarked
package io.holdfast.core;

import org.jspecify.annotations.NullMarked;
