/// The clients of a simulated world, and what they do.
///
/// Each keeps its half of MQTT, or breaks it on purpose, over a connection that hands over bytes.
/// What it saw it tells the `checker`s; it decides nothing about right and wrong. Start at
/// `Workload`.
@NullMarked
package io.holdfast.simulator.workload;

import org.jspecify.annotations.NullMarked;
