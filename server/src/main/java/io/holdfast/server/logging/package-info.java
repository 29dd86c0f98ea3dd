/// What an operator reads while the broker runs: lines like Mosquitto's, on stdout, stderr or in a
/// file.
///
/// Decides which event is worth a line, at which type, and how it reads. Does not decide what
/// happens: the core says that with `Event`. Start at `BrokerLog`. Lines are made on the thread
/// that has something to say and written on the log's own, so a slow pipe stops nobody.
@NullMarked
package io.holdfast.server.logging;

import org.jspecify.annotations.NullMarked;
