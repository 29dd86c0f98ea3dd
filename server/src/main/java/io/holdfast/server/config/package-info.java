/// What the operator wants: a mosquitto.conf read into values, and the folder for the data.
///
/// Decides what each option of Mosquitto means here (one table, `ConfigurationOptions`), refuses
/// what is not built instead of passing over it, and names file and line of every mistake. Does not
/// decide what the broker does with the values. Start at `Configuration`, then
/// `ConfigurationReader`. Runs on the thread that starts the broker, before anything else does.
@NullMarked
package io.holdfast.server.config;

import org.jspecify.annotations.NullMarked;
