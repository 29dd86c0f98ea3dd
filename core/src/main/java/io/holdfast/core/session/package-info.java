/// Sessions: what the broker keeps for one client id.
///
/// Holds the state of a session, durable or transient, and of its connection; what happens to it is
/// decided by the classes of `core`. Start at `Session`. On the broker's thread.
@NullMarked
package io.holdfast.core.session;

import org.jspecify.annotations.NullMarked;
