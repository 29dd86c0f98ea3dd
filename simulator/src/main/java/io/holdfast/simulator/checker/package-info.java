/// One checker for each promise of the design, which judges what clients saw and nothing internal.
///
/// Start at `Ledger`: what was sent, acknowledged, subscribed to and received, in the order in
/// which it happened.
@NullMarked
package io.holdfast.simulator.checker;

import org.jspecify.annotations.NullMarked;
