/// Looks into a data folder that no broker has, and says what its queues account for.
///
/// Reads, and never writes. Does not decide what a queue's account is, nor what differs: that is
/// `Audit`'s in the core, to which the log is told as it is to a broker that starts. Start at
/// `LogAudit`. Runs on the caller's thread.
@NullMarked
package io.holdfast.server.audit;

import org.jspecify.annotations.NullMarked;
