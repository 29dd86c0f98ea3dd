/// MQTT control packets as immutable values, one record each under the sealed `Packet`.
///
/// One set of records serves all protocol versions: what a version does not have is absent (an
/// empty list, `-1`, an empty `Optional`), and the encoder leaves it out. No thread of its own.
@NullMarked
package io.holdfast.protocol.packet;

import org.jspecify.annotations.NullMarked;
