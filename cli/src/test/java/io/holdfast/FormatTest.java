package io.holdfast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every source file reads as google-java-format writes it. `-Dformat=write` writes instead of
/// checking.
///
/// A test and not the Spotless plugin: the plugin runs on Maven's own Java, where that is 17 it
/// cannot load the formatter that knows markdown comments; tests run on the newest JDK found.
class FormatTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  @Test
  void everySourceFileIsFormatted() throws Exception {
    boolean write = "write".equals(System.getProperty("format"));
    List<String> unformatted = new ArrayList<>();
    for (Path file : sources()) {
      String before = Files.readString(file);
      String after = formatted(before);
      if (!after.equals(before)) {
        unformatted.add(ROOT.relativize(file).toString());
        if (write) {
          Files.writeString(file, after);
        }
      }
    }
    if (!write) {
      assertEquals(
          List.of(), unformatted, "run: mvn -pl cli -am test -Dtest=FormatTest -Dformat=write");
    }
  }

  private static String formatted(String source) throws Exception {
    Formatter formatter = new Formatter();
    String imports =
        ImportOrderer.reorderImports(RemoveUnusedImports.removeUnusedImports(source), Style.GOOGLE);
    return formatter.formatSource(imports);
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> ROOT.relativize(file).toString().contains("src/"))
          .sorted()
          .toList();
    }
  }
}
