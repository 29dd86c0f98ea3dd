package io.holdfast.server.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Reads mosquitto.conf and the files that it includes.
public final class ConfigurationReader {
  /// What editors on Windows put before UTF-8 text.
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final ConfigurationDraft draft = new ConfigurationDraft();

  private ConfigurationReader() {}

  /// @param file absent for Mosquitto's defaults
  /// @param ports from the command line; they count where the file names no listener
  /// @param everything whether the log shall hold every type of line
  public static Configuration read(Optional<Path> file, List<Integer> ports, boolean everything)
      throws ConfigurationException {
    ConfigurationReader reader = new ConfigurationReader();
    if (file.isPresent()) {
      reader.readMain(file.get());
    }
    return reader.draft.finish(ports, everything);
  }

  private void readMain(Path file) throws ConfigurationException {
    for (ConfigurationLine line : ConfigurationLine.of(file.toString(), linesOf(file))) {
      if (line.option().equals("include_dir")) {
        readFolder(line);
      } else {
        apply(line);
      }
    }
  }

  private void readFolder(ConfigurationLine include) throws ConfigurationException {
    for (Path file : filesOf(include)) {
      draft.listeners.beginIncludedFile();
      for (ConfigurationLine line : ConfigurationLine.of(file.toString(), linesOf(file))) {
        apply(line);
      }
      draft.listeners.endIncludedFile();
    }
  }

  private void apply(ConfigurationLine line) throws ConfigurationException {
    Optional<ConfigurationOption> option = ConfigurationOptions.named(line.option());
    if (option.isEmpty()) {
      throw line.error("there is no such option" + suggestion(line.option()));
    }
    option.get().apply(draft, line);
  }

  private static String suggestion(String wrong) {
    List<String> names = ConfigurationOptions.ALL.stream().map(ConfigurationOption::name).toList();
    return NearestName.to(wrong, names).map(name -> "; was %s meant?".formatted(name)).orElse(".");
  }

  private static List<String> linesOf(Path file) throws ConfigurationException {
    if (Files.isDirectory(file)) {
      throw new ConfigurationException(file + ": a configuration file is needed, not a folder.");
    }
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(file));
      if (!lines.isEmpty() && lines.getFirst().startsWith(BYTE_ORDER_MARK)) {
        lines.set(0, lines.getFirst().substring(BYTE_ORDER_MARK.length()));
      }
      return lines;
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(file + ": this is not UTF-8 text.");
    } catch (IOException e) {
      throw new ConfigurationException(file + ": the configuration cannot be read: " + why(e));
    }
  }

  private static List<Path> filesOf(ConfigurationLine include) throws ConfigurationException {
    List<Path> files = new ArrayList<>();
    Path folder = include.path(include.text());
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
      for (Path file : found) {
        String name = file.getFileName().toString();
        if (name.endsWith(".conf") && name.length() > ".conf".length()) {
          files.add(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw include.error(
          "the folder cannot be read: " + why(Objects.requireNonNull(e.getCause())));
    } catch (IOException e) {
      throw include.error("the folder cannot be read: " + why(e));
    }
    files.sort(Comparator.comparing(file -> file.getFileName().toString(), new IncludeOrder()));
    return files;
  }

  private static String why(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException missing -> "it does not exist.";
      case java.nio.file.AccessDeniedException denied -> "this user may not read it.";
      case java.nio.file.NotDirectoryException file -> "it is not a folder.";
      default -> e.getMessage() + ".";
    };
  }
}
