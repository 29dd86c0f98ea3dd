package io.holdfast.core;

/// What the operator chose for one listener.
///
/// @param connectionsMax -1 for any number (`max_connections`)
/// @param autoIdPrefix what client ids start with that the broker chooses (`auto_id_prefix`)
public record ListenerSettings(
    boolean allowAnonymous,
    int connectionsMax,
    boolean allowZeroLengthClientId,
    String autoIdPrefix) {}
