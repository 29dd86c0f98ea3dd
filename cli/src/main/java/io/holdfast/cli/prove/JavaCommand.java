package io.holdfast.cli.prove;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// How this program is started once more: the same Java and the same classes.
public final class JavaCommand {
  private JavaCommand() {}

  /// @param flags of Java
  public static List<String> line(List<String> flags, Class<?> main, String... arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(flags);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    line.addAll(List.of(arguments));
    return line;
  }

  /// The flags that this process was started with, but for those that no other may have at the same
  /// time, as the port of a debugger.
  static List<String> sameFlags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> Stream.of("-X", "--").anyMatch(flag::startsWith))
        .filter(flag -> Stream.of("-Xrunjdwp", "-Xlog").noneMatch(flag::startsWith))
        .toList();
  }
}
