/// The program `holdfast`: one class per command.
///
/// Decides what a command line means, what is said on the terminal and with which status the
/// process ends. Does not decide how a broker starts or stops: `io.holdfast.server.Holdfast` does.
/// Start at `Main`, then `BrokerCommand`. Runs on the main thread; `BrokerEnd` on the one that Java
/// starts when the process is told to stop.
@NullMarked
package io.holdfast.cli;

import org.jspecify.annotations.NullMarked;
