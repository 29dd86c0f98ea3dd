package io.holdfast.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What is fuzzed, each by a name that is also that of its folder of inputs.
enum Target {
  PACKET(PacketFuzz.class, PacketFuzz::fuzzerTestOneInput, 1_000),
  BROKER(BrokerFuzz.class, BrokerFuzz::fuzzerTestOneInput, 1_000),
  LOG(LogFuzz.class, LogFuzz::fuzzerTestOneInput, 300),
  SNAPSHOT(SnapshotFuzz.class, SnapshotFuzz::fuzzerTestOneInput, 1_000),
  CONFIGURATION(ConfigurationFuzz.class, ConfigurationFuzz::fuzzerTestOneInput, 3_000);

  private static final Path CORPUS = Path.of("corpus").toAbsolutePath();

  private final Class<?> story;
  private final Teller teller;
  private final int bytesMax;

  Target(Class<?> story, Teller teller, int bytesMax) {
    this.story = story;
    this.teller = teller;
    this.bytesMax = bytesMax;
  }

  interface Teller {
    void tell(byte[] input) throws IOException;
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
    teller.tell(input);
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
