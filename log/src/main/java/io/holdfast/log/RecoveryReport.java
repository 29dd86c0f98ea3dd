package io.holdfast.log;

import java.util.Optional;

/// What recovery found.
///
/// @param run the number of the run that starts now
/// @param records how many records were replayed
/// @param copied how many of them were written anew, since nothing said that they were synced
/// @param lastMillis the latest time that a batch carried, milliseconds since 1970; 0 for none
/// @param cut where and why the log was cut; what lay there was never acknowledged
public record RecoveryReport(
    int run, long records, long copied, long lastMillis, Optional<String> cut) {}
