package io.holdfast.cli;

import io.holdfast.server.Holdfast;
import io.holdfast.server.StartException;
import io.holdfast.server.config.Configuration;
import io.holdfast.server.config.ConfigurationException;
import io.holdfast.server.config.ConfigurationReader;
import io.holdfast.server.config.DataFolder;
import io.holdfast.server.config.DataFolderChoice;
import io.holdfast.server.logging.BrokerLog;
import io.holdfast.server.logging.BrokerLogException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `holdfast broker`: runs the broker until it is told to stop.
@Command(
    name = "broker",
    description = "Runs the broker.",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitStatus.USAGE)
final class BrokerCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-c", "--config-file"},
      paramLabel = "FILE",
      description = "Read this mosquitto.conf. docs/configuration.md has its options.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description =
          "Listen on this port of this machine alone (default: 1883), where no configuration names"
              + " a listener. 0 takes any free one. May be given several times.")
  private List<Integer> ports = new ArrayList<>();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Keep the data in this folder. It is made if it does not exist.")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = {"-v", "--verbose"},
      description = "Log every type of line, whatever the configuration says.")
  private boolean isVerbose;

  @Override
  public Integer call() {
    checkPorts();
    checkData();
    Configuration configuration;
    RunningUser user;
    BrokerLog log;
    try {
      configuration = ConfigurationReader.read(file, ports, isVerbose);
      user = RunningUser.settle(configuration.user());
      log = BrokerLog.open(configuration.log());
    } catch (ConfigurationException | RunningUserException | BrokerLogException e) {
      System.err.println("holdfast: " + e.getMessage());
      return ExitStatus.CANNOT_START;
    }
    Console console = new Console(log, configuration.log().reachesConsole());
    BrokerEnd end = new BrokerEnd(log, console);
    Runtime.getRuntime().addShutdownHook(end);
    console.tell("Holdfast %s starts.".formatted(Version.number()));
    user.remark(configuration.user()).ifPresent(log::notice);
    return run(configuration, dataFolder(configuration, user), log, console, end);
  }

  private void checkPorts() {
    for (int port : ports) {
      if (port < 0 || port > 65535) {
        throw new ParameterException(
            spec.commandLine(), "-p %d: a port from 0 to 65535 is allowed.".formatted(port));
      }
    }
  }

  /// An empty name is a variable that was not set, and would lead to the working directory.
  private void checkData() {
    if (data.isPresent() && data.get().toString().isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--data: the name of a folder is needed.");
    }
  }

  private int run(
      Configuration configuration, Path folder, BrokerLog log, Console console, BrokerEnd end) {
    remark(configuration, folder, log, console);
    Holdfast broker;
    try {
      broker = Holdfast.start(configuration, folder, log);
    } catch (StartException e) {
      console.complain(String.valueOf(e.getMessage()));
      return end.failed();
    }
    end.closes(broker);
    try {
      // Not before it started: the file may be another broker's, which has what this one wants.
      if (configuration.pidFile().isPresent()) {
        end.removes(PidFile.write(configuration.pidFile().get()));
      }
    } catch (IOException e) {
      console.complain("The pid file cannot be written: " + e);
      return end.failed();
    }
    tellWhere(broker, configuration, folder, console);
    return broker.awaitStop();
  }

  private Path dataFolder(Configuration configuration, RunningUser user) {
    return new DataFolderChoice(
            user.environment(),
            System.getProperty("os.name"),
            user.home(),
            path -> Files.isDirectory(path) && Files.isWritable(path))
        .choose(data, configuration.persistenceLocation());
  }

  private static void remark(
      Configuration configuration, Path folder, BrokerLog log, Console console) {
    configuration.warnings().forEach(console::warn);
    configuration.notices().forEach(log::notice);
    if (configuration.keepsOnDisk()
        && DataFolder.holdsMosquittoStore(folder, configuration.mosquittoStore())) {
      console.warn(
          "%s is Mosquitto's store. It is not imported, and not touched."
              .formatted(folder.resolve(configuration.mosquittoStore())));
    }
  }

  private static void tellWhere(
      Holdfast broker, Configuration configuration, Path folder, Console console) {
    for (InetSocketAddress address : broker.addresses()) {
      console.tell("Listening on %s.".formatted(shown(address)));
    }
    console.tell(
        configuration.keepsOnDisk()
            ? "The data are in %s.".formatted(folder)
            : "The data are in memory only.");
  }

  private static String shown(InetSocketAddress address) {
    if (address.getAddress().isAnyLocalAddress()) {
      return "port %d of every interface".formatted(address.getPort());
    }
    String host = address.getAddress().getHostAddress().replaceFirst("(^|:)(0(:|$)){2,}", "::");
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
