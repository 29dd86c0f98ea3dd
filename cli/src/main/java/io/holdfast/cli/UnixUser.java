package io.holdfast.cli;

import java.nio.file.Path;

/// A user of a Unix system.
///
/// @param uid an unsigned number
/// @param gid that of the user's own group, unsigned
/// @param home need not exist
record UnixUser(String name, int uid, int gid, Path home) {}
