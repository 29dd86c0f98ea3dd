/// Disks that misbehave on demand, for a broker of which nothing is known: one whose power is cut,
/// one that fills up, one that turns read-only. Each is a file system in an image file behind a
/// loop device, mounted over the broker's data folder.
///
/// Start with `PowerCutDisk`. Everything is done with the system's own commands, on Linux and as
/// root; `Machine` says what is missing where that does not work. A disk that is closed leaves
/// nothing behind, and any thread may close it; all else is the trial's thread's.
///
/// What is owed to clients, and what was lost, is not decided here.
@NullMarked
package io.holdfast.cli.prove.disk;

import org.jspecify.annotations.NullMarked;
