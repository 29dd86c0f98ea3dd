package io.holdfast.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What is fuzzed, each by a name that is also that of its folder of inputs.
enum Target {
  PACKET(PacketFuzz.class, 1_000),
  BROKER(BrokerFuzz.class, 1_000),
  LOG(LogFuzz.class, 300),
  SNAPSHOT(SnapshotFuzz.class, 1_000),
  CONFIGURATION(ConfigurationFuzz.class, 3_000);

  private static final Path CORPUS = Path.of("corpus").toAbsolutePath();

  private final Class<?> story;
  private final int bytesMax;

  Target(Class<?> story, int bytesMax) {
    this.story = story;
    this.bytesMax = bytesMax;
  }

  String folderName() {
    return name().toLowerCase(Locale.ROOT);
  }

  String className() {
    return story.getName();
  }

  /// The longest input that is worth a thought.
  int bytesMax() {
    return bytesMax;
  }

  void tell(byte[] input) throws IOException {
    switch (this) {
      case PACKET -> PacketFuzz.fuzzerTestOneInput(input);
      case BROKER -> BrokerFuzz.fuzzerTestOneInput(input);
      case LOG -> LogFuzz.fuzzerTestOneInput(input);
      case SNAPSHOT -> SnapshotFuzz.fuzzerTestOneInput(input);
      case CONFIGURATION -> ConfigurationFuzz.fuzzerTestOneInput(input);
    }
  }

  /// Where the inputs lie that are kept.
  Path corpus() {
    return CORPUS.resolve(folderName());
  }

  /// Words that a fuzzer would be long in finding.
  Path dictionary() {
    return CORPUS.resolve(folderName() + ".dictionary");
  }

  List<Path> inputs() throws IOException {
    try (Stream<Path> files = Files.list(corpus())) {
      return files.sorted().toList();
    }
  }
}
