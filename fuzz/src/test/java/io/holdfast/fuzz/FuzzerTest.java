package io.holdfast.fuzz;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Looks for inputs that break a promise, beginning with those that are kept: a short time in every
/// build, as long as wanted with `fuzz/run`.
///
/// `-Dfuzz.target` names one target, `-Dfuzz.seconds` the time for each (0 for none), `-Dfuzz.seed`
/// where chance begins, `-Dfuzz.keep=true` adds to the inputs that are kept those that reach what
/// none of them reached.
@Tag("slow") // A fuzzer starts for each target, and has two seconds.
class FuzzerTest {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 2);
  private static final int LONG_SECONDS = 60;
  private static final int LINES_SHOWN = 60;
  private static final Path FOUND = Path.of("target", "fuzz").toAbsolutePath();

  static Collection<Target> targets() {
    String name = System.getProperty("fuzz.target", "");
    if (SECONDS == 0) {
      return EnumSet.noneOf(Target.class);
    }
    return name.isEmpty()
        ? EnumSet.allOf(Target.class)
        : EnumSet.of(Target.valueOf(name.toUpperCase(Locale.ROOT)));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("targets")
  void noInputThatIsThoughtOfBreaksAPromise(Target target) throws Exception {
    Path found = Files.createDirectories(FOUND.resolve(target.folderName()));
    List<String> options = new ArrayList<>();
    options.add("-max_total_time=" + SECONDS);
    options.add("-seed=" + Integer.getInteger("fuzz.seed", 1));
    options.add("-print_final_stats=1");
    if (Files.exists(target.dictionary())) {
      options.add("-dict=" + target.dictionary());
    }
    run(target, options, found, target.corpus());
    if (Boolean.getBoolean("fuzz.keep")) {
      keep(target, found);
    }
  }

  /// Of what was found, keeps what reaches code that no kept input reached. The fuzzer compares
  /// them and writes down for each which places in the code were new with it.
  private static void keep(Target target, Path found) throws Exception {
    Path known = Files.createTempDirectory(FOUND, target.folderName());
    for (Path input : target.inputs()) {
      Files.copy(input, known.resolve(input.getFileName()));
    }
    Path notes = known.resolveSibling(known.getFileName() + ".notes");
    run(target, List.of("-merge=1", "-merge_control_file=" + notes), known, found);
    List<String> lines = Files.readAllLines(notes);
    for (String line : lines) {
      String[] words = line.split(" ", -1);
      if (words[0].equals("COV") && words.length > 2) {
        Path input = Path.of(lines.get(2 + Integer.parseInt(words[1])));
        if (input.startsWith(found)) {
          Files.copy(input, target.corpus().resolve(input.getFileName()), REPLACE_EXISTING);
        }
      }
    }
  }

  private static void run(Target target, List<String> options, Path... folders) throws Exception {
    List<String> command = new ArrayList<>(java());
    command.addAll(
        List.of(
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + target.className(),
            "--instrumentation_includes=io.holdfast.**",
            // A configuration names files; that is no finding.
            "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.FilePathTraversal",
            "--reproducer_path=" + FOUND,
            "-artifact_prefix=" + FOUND + "/" + target.folderName() + "-",
            "-timeout=20",
            "-rss_limit_mb=0",
            "-max_len=" + target.bytesMax(),
            "-len_control=0"));
    command.addAll(options);
    for (Path folder : folders) {
      command.add(folder.toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = listen(process);
    assertEquals(
        0,
        process.waitFor(),
        () ->
            "broken: keep the input that is named below in %s\n%s"
                .formatted(target.corpus(), said));
  }

  private static List<String> java() {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(
        List.of(
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:+EnableDynamicAgentLoading",
            "--enable-native-access=ALL-UNNAMED"));
    if (SECONDS < LONG_SECONDS) {
      java.add("-XX:TieredStopAtLevel=1");
    }
    java.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return java;
  }

  /// Passes on what the fuzzer says where somebody waits for it, and gives the last of it.
  private static String listen(Process process) throws IOException {
    ArrayDeque<String> last = new ArrayDeque<>();
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("INFO: ")) {
          continue;
        }
        last.addLast(line);
        if (last.size() > LINES_SHOWN) {
          last.removeFirst();
        }
        if (SECONDS >= LONG_SECONDS && line.startsWith("#")) {
          System.out.println(line);
        }
      }
    }
    return String.join("\n", last);
  }
}
