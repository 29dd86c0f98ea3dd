/// Topic names and topic filters: parsed once, valid by construction (MQTT 5.0 section 4.7).
///
/// Decides what is a valid name or filter and which name a filter matches; which queue wants a
/// message is the core's to decide. Values only, shared freely between threads.
@NullMarked
package io.holdfast.protocol.topic;

import org.jspecify.annotations.NullMarked;
