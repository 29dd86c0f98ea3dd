/// Who wants a topic: the tree of subscriptions, target sets, shared subscriptions, retained
/// messages.
///
/// Decides which queues match, not what is done with them. Start at `Router`. On the broker's
/// thread.
@NullMarked
package io.holdfast.core.routing;

import org.jspecify.annotations.NullMarked;
