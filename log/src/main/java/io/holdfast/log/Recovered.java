package io.holdfast.log;

/// A log that is open, and how that went.
public record Recovered(SegmentedLog log, Snapshots snapshots, RecoveryReport report) {}
