package io.holdfast.cli.prove;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// A broker that a command starts.
public final class CommandChoice implements BrokerChoice {
  private final CommandTemplate template;
  private final OptionalInt port;
  private final boolean takesData;

  private CommandChoice(CommandTemplate template, OptionalInt port, boolean takesData) {
    this.template = template;
    this.port = port;
    this.takesData = takesData;
  }

  /// @param port where it listens, where the command does not take that
  /// @throws IllegalArgumentException where it cannot be told where such a broker listens, with the
  ///   reason
  public static CommandChoice of(String command, OptionalInt port) throws IOException {
    CommandTemplate template = CommandTemplate.parse(command);
    if (port.isEmpty() == !template.mentions(CommandTemplate.PORT)) {
      throw new IllegalArgumentException(
          port.isEmpty()
              ? "where does it listen? Put {port} into the command or the file that it names, or"
                  + " give --port"
              : "it takes {port}, so that --port says nothing");
    }
    return new CommandChoice(template, port, template.mentions(CommandTemplate.DATA));
  }

  @Override
  public String name() {
    return template.toString();
  }

  @Override
  public Optional<String> whyNotOnDataOfATrial() {
    return takesData
        ? Optional.empty()
        : Optional.of("the broker's command does not take {data}, the folder of its data");
  }

  @Override
  public BrokerUnderTest on(Path data, Cleanup cleanup) {
    return new LaunchedBroker(() -> launch(data), cleanup);
  }

  private BrokerProcess launch(Path data) throws IOException {
    int here = port.isPresent() ? port.getAsInt() : freePort();
    Path copies = data.resolveSibling(data.getFileName() + "-command");
    Files.createDirectories(copies);
    Folders.openToAll(copies);
    return BrokerProcess.launch(template.fill(here, data, copies), here);
  }

  /// Of loopback, and for now.
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
