/// The disk as the log sees it: files in one folder, written, synced, renamed, deleted.
///
/// Decides nothing. `Disk` is the interface, `FileDisk` the real one, `MemoryDisk` the one that
/// keeps nothing. Every call may block; the log makes them in its tasks and on start only.
@NullMarked
package io.holdfast.log.disk;

import org.jspecify.annotations.NullMarked;
