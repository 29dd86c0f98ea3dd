/// Tests of the disks that misbehave. They need root and loop devices, and are skipped without.
@NullMarked
package io.holdfast.cli.prove.disk;

import org.jspecify.annotations.NullMarked;
