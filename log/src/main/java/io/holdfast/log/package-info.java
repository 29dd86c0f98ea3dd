/// The one append-only sequence of records that everything durable is made of.
///
/// Decides how records become batches, segments and snapshots, what of them survives a crash and
/// what is cut. Knows nothing of MQTT, and the JDK only. Start at `Log` (what its user sees), then
/// `SegmentedLog`. All of it runs on one loop thread but the `LogTask`s, which do the blocking work
/// elsewhere.
@NullMarked
package io.holdfast.log;

import org.jspecify.annotations.NullMarked;
