/// Tests that the tools measure what they say, and that their checks can fail.
@NullMarked
package io.holdfast.bench;

import org.jspecify.annotations.NullMarked;
