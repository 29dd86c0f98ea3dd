/// The broker as a running thing: the one thread that drives the core, and what starts and stops
/// it.
///
/// Decides in which order things happen between bytes in and bytes out, what time it is, and what
/// ends the broker. Decides nothing about messages: the core does. Start at `BrokerLoop`, whose
/// body lists the steps; `Holdfast` is the way in for everybody else.
@NullMarked
package io.holdfast.server;

import org.jspecify.annotations.NullMarked;
