/// Queues: ordered messages waiting for someone, as positions in the log.
///
/// Decides what a queue holds and in which state each entry is; when an entry is sent is decided by
/// `core.Delivery`. Start at `Queue`. On the broker's thread.
@NullMarked
package io.holdfast.core.queue;

import org.jspecify.annotations.NullMarked;
