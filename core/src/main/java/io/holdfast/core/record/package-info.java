/// What is logged: every change of durable state as a value, and its bytes.
///
/// Decides the format of records, not when they are written or what they do. Start at `LogRecord`,
/// then `RecordCodec`, which leads to `MessageCodec`, `SessionCodec` and `QueueCodec`. Values only.
@NullMarked
package io.holdfast.core.record;

import org.jspecify.annotations.NullMarked;
