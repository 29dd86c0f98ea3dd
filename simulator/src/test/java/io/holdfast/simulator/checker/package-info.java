/// Checkers that are made to fail: for each a short story that breaks its promise and is caught,
/// and one that keeps it.
@NullMarked
package io.holdfast.simulator.checker;

import org.jspecify.annotations.NullMarked;
