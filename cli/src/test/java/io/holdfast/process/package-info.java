/// The whole program in a process of its own, and what becomes of it: killed, run with little
/// memory, told to end.
///
/// The clients here are the tests' own, over blocking sockets: they keep their half of the
/// protocol's state exactly as MQTT asks, over any number of connections, and count what they sent
/// and got. Start with `KillTest`.
@NullMarked
package io.holdfast.process;

import org.jspecify.annotations.NullMarked;
