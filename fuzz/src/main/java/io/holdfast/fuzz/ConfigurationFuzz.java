package io.holdfast.fuzz;

import io.holdfast.server.config.Configuration;
import io.holdfast.server.config.ConfigurationException;
import io.holdfast.server.config.ConfigurationReader;
import io.holdfast.server.config.Listener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Whatever stands in a configuration file and the files that it includes, the reader gives values
/// that a broker can start with, or a line for its operator.
///
/// The input is the file. Behind a zero byte follows a file that it may include, and so on up to
/// `FILES_MAX`; the word `FOLDER` is replaced by the name of the folder where those lie.
public final class ConfigurationFuzz {
  private static final int FILES_MAX = 4;
  private static final long ALLOCATED_MIN = 4 << 20;
  private static final long ALLOCATED_PER_BYTE = 4 << 10;
  private static final String FOLDER = "FOLDER";

  private ConfigurationFuzz() {}

  /// The fuzzer's way in.
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    Path folder = Files.createTempDirectory("holdfast-fuzz");
    Path main = folder.resolve("main");
    try {
      write(input, folder);
      Allocation.check(ALLOCATED_MIN + ALLOCATED_PER_BYTE * input.length, () -> read(main));
    } finally {
      for (int i = 0; i < FILES_MAX; i++) {
        Files.deleteIfExists(file(folder, i));
      }
      Files.delete(folder);
    }
  }

  private static Path file(Path folder, int number) {
    return folder.resolve(number == 0 ? "main" : number + ".conf");
  }

  private static void write(byte[] input, Path folder) throws IOException {
    int from = 0;
    for (int i = 0; i < FILES_MAX && from <= input.length; i++) {
      int until = from;
      while (until < input.length && input[until] != 0) {
        until++;
      }
      // ISO 8859-1 takes every byte there and back.
      String text =
          new String(Arrays.copyOfRange(input, from, until), StandardCharsets.ISO_8859_1)
              .replace(FOLDER, folder.toString());
      Files.write(file(folder, i), text.getBytes(StandardCharsets.ISO_8859_1));
      from = until + 1;
    }
  }

  private static void read(Path file) {
    try {
      check(ConfigurationReader.read(Optional.of(file), List.of(), false));
    } catch (ConfigurationException mistake) {
      if (mistake.getMessage().isBlank()) {
        throw new AssertionError("an operator is told what is wrong", mistake);
      }
    }
  }

  private static void check(Configuration read) {
    if (read.listeners().isEmpty()) {
      throw new AssertionError("there is a listener");
    }
    read.listeners().forEach(Listener::shown);
    if (read.broker().receiveMaximum() < 1 || read.broker().maximumPacketSize() < 20) {
      throw new AssertionError("what is read is in its range: " + read.broker());
    }
  }
}
