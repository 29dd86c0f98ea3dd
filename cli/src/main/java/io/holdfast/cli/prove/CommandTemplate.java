package io.holdfast.cli.prove;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The command that starts a broker, with `{port}` and `{data}` where each start puts the port and
/// the folder of the data. Both may also stand in a file that the command names as a word of its
/// own, as a configuration: the broker is then given a copy of it with the two filled in.
record CommandTemplate(List<String> words) {
  static final String PORT = "{port}";
  static final String DATA = "{data}";
  private static final long FILE_BYTES_MAX = 1 << 20;

  CommandTemplate {
    words = List.copyOf(words);
  }

  /// @throws IllegalArgumentException where it is no command, with the reason
  static CommandTemplate parse(String command) {
    List<String> words = split(command);
    if (words.isEmpty()) {
      throw new IllegalArgumentException("it is empty");
    }
    return new CommandTemplate(words);
  }

  /// Splits at blanks, as a shell does: quotes of both kinds hold together, and a backslash takes
  /// the next character as it is, but within single quotes. Nothing else of a shell's.
  private static List<String> split(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean isWord = false;
    char quote = 0;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      if (c == '\\' && quote != '\'' && i + 1 < command.length()) {
        word.append(command.charAt(++i));
        isWord = true;
      } else if (quote != 0 ? c == quote : c == '\'' || c == '"') {
        quote = quote == 0 ? c : 0;
        isWord = true;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (isWord) {
          words.add(word.toString());
        }
        word.setLength(0);
        isWord = false;
      } else {
        word.append(c);
        isWord = true;
      }
    }
    if (quote != 0) {
      throw new IllegalArgumentException("a quote is not closed");
    }
    if (isWord) {
      words.add(word.toString());
    }
    return words;
  }

  /// Whether a start fills in `placeholder` anywhere.
  boolean mentions(String placeholder) throws IOException {
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).contains(placeholder)
          || textOf(i).filter(text -> text.contains(placeholder)).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /// The command of one start.
  ///
  /// @param copies where the copies of files go
  List<String> fill(int port, Path data, Path copies) throws IOException {
    List<String> filled = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      Optional<String> text = textOf(i);
      if (text.isPresent()) {
        Path copy = copies.resolve(i + "-" + Path.of(words.get(i)).getFileName());
        Files.writeString(copy, fill(text.get(), port, data), ISO_8859_1);
        filled.add(copy.toString());
      } else {
        filled.add(fill(words.get(i), port, data));
      }
    }
    return filled;
  }

  private static String fill(String text, int port, Path data) {
    return text.replace(PORT, Integer.toString(port)).replace(DATA, data.toString());
  }

  /// What stands in the file that a word names; empty where it is none with a placeholder. The
  /// first word is the program itself. Bytes pass as they are.
  private Optional<String> textOf(int index) throws IOException {
    if (index == 0) {
      return Optional.empty();
    }
    Path file;
    try {
      file = Path.of(words.get(index));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(file) || Files.size(file) > FILE_BYTES_MAX) {
      return Optional.empty();
    }
    String text = Files.readString(file, ISO_8859_1);
    return text.contains(PORT) || text.contains(DATA) ? Optional.of(text) : Optional.empty();
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
