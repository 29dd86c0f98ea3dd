/// Queues: ordered messages waiting for someone, as positions in the log.
///
/// Decides what a queue holds and in which state each entry is; when an entry is sent is decided by
/// `core.Delivery`. Start at `Queue`; `Cursors` is what stands before its newest entries while a
/// subscription brings many retained messages. On the broker's thread.
@NullMarked
package io.holdfast.core.queue;

import org.jspecify.annotations.NullMarked;
