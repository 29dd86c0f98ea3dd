package io.holdfast.process;

import io.holdfast.cli.Main;
import io.holdfast.cli.prove.BrokerProcess;
import io.holdfast.cli.prove.JavaCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `holdfast broker` on a free port, in a process that can be killed.
final class HoldfastProcess {
  private HoldfastProcess() {}

  /// Starts it on the data in `folder`, with a heap of `heapMegabytes`. Does not wait for it.
  static BrokerProcess launch(Path folder, int heapMegabytes) throws IOException {
    return BrokerProcess.launch(command(folder, heapMegabytes));
  }

  /// The same with a configuration.
  static BrokerProcess launch(Path folder, Path configuration, int heapMegabytes)
      throws IOException {
    List<String> command = new ArrayList<>(command(folder, heapMegabytes));
    command.addAll(List.of("-c", configuration.toString()));
    return BrokerProcess.launch(command);
  }

  /// The same where no file can be made larger than so much.
  static BrokerProcess launchWithFilesUpTo(long fileBytes, Path folder, int heapMegabytes)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of("sh", "-c", "ulimit -f %d; exec \"$@\"".formatted(fileBytes / 512), "sh"));
    command.addAll(command(folder, heapMegabytes));
    return BrokerProcess.launch(command);
  }

  private static List<String> command(Path folder, int heapMegabytes) {
    return JavaCommand.line(
        List.of("-Xmx" + heapMegabytes + "m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
        Main.class,
        "broker",
        "-p",
        "0",
        "--data",
        folder.toString());
  }
}
