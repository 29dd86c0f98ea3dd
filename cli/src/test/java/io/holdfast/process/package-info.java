/// The whole program in a process of its own, and what becomes of it: killed, run with little
/// memory, told to end.
///
/// The clients are those of `holdfast prove`, which count what they sent and got. Start with
/// `KillTest`.
@NullMarked
package io.holdfast.process;

import org.jspecify.annotations.NullMarked;
