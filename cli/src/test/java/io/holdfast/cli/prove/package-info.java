/// What `holdfast prove` counts and how it shows that, from values to values. What it does to a
/// broker is tried in `io.holdfast.cli.ProveCommandTest`.
@NullMarked
package io.holdfast.cli.prove;

import org.jspecify.annotations.NullMarked;
