/// Inputs that a coverage-guided fuzzer thinks out, and what must hold whatever it thinks of.
///
/// Each target turns bytes into a story about one reader of bytes: the packet decoder, a whole
/// broker, the log, the snapshots and the records in them, the configuration. It throws where a
/// promise is broken, and nothing else decides. What an input means is written at the top of its
/// target. The inputs that were worth keeping lie in `fuzz/corpus`; `fuzz/run` looks for more.
/// Start at `PacketFuzz`, the smallest. One thread, no clock, no randomness.
@NullMarked
package io.holdfast.fuzz;

import org.jspecify.annotations.NullMarked;
