package io.holdfast.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import io.holdfast.core.record.LogRecord;
import io.holdfast.core.record.RecordCodec;
import io.holdfast.log.RecordBody;
import io.holdfast.log.RecordView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Data folders of each release are kept under `src/test/formats`, and every later build reads them
/// all. `docs/storage.md` describes them.
///
/// `mvn test -Dformats=write` fills the folders of the release that is being made anew: until it is
/// out. From then on its files stay as they are, and what changes goes into the folders of the next
/// one. `-Dformats=tell` leaves all files and writes down what is recovered from them now: for when
/// a record has got a field that the old ones do not say. Review the difference line by line.
class KeptFormatsTest {
  private static final String RELEASE = "0.1.0";
  private static final Path ROOT = Path.of("src/test/formats");
  private static final Path DOCUMENT = Path.of("../docs/storage.md");
  private static final String MODE = System.getProperty("formats", "");
  private static final Pattern KIND = Pattern.compile("\\| (\\d+) \\| `([A-Z]\\w+)` \\|.*");

  @TempDir Path temporary;

  @BeforeAll
  static void writeThemAnew() throws IOException {
    if (MODE.equals("write")) {
      for (KeptFolder folder : ofThisRelease()) {
        folder.write();
      }
    }
  }

  private static List<KeptFolder> ofThisRelease() throws IOException {
    return KeptFolder.all(ROOT).stream()
        .filter(folder -> folder.release().equals(RELEASE))
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> keptFoldersAreReadAsTheyWereWritten() throws IOException {
    List<KeptFolder> folders = KeptFolder.all(ROOT);
    assertFalse(folders.isEmpty(), "there are kept folders");
    return folders.stream()
        .map(folder ->
            DynamicTest.dynamicTest(
                folder.release() + ", " + folder.name(),
                folder.recoveredText().toUri(),
                () -> {
                  String now = read(folder, new RecordFields(), view -> {});
                  if (MODE.isEmpty()) {
                    assertEquals(Files.readString(folder.recoveredText()), now);
                  } else {
                    Files.writeString(folder.recoveredText(), now);
                  }
                }));
  }

  private String read(KeptFolder folder, RecordFields fields, RecoveredText.Shown shown)
      throws IOException {
    Path copy = Files.createTempDirectory(temporary, "kept");
    folder.copyTo(copy);
    return RecoveredText.of(copy, fields, shown);
  }

  @Test
  void everythingThatARecordCanSayIsKept() throws IOException {
    RecordFields fields = new RecordFields();
    for (KeptFolder folder : KeptFolder.all(ROOT)) {
      read(folder, fields, view -> {});
    }
    SortedSet<String> missing = new TreeSet<>(RecordFields.all());
    missing.removeAll(fields.seen());
    if (!missing.isEmpty()) {
      fail(
          "no kept folder holds "
              + missing
              + ": let the story in %s/%s say it, run with -Dformats=write, and describe it in docs/storage.md"
                  .formatted(ROOT, RELEASE));
    }
  }

  /// A format that has changed changes the release's own folders too, so that it is kept and
  /// described.
  @Test
  void recordsAreWrittenAsThoseOfThisReleaseAreKept() throws IOException {
    RecordCodec codec = new RecordCodec();
    for (KeptFolder folder : ofThisRelease()) {
      read(
          folder,
          new RecordFields(),
          view -> {
            LogRecord record = RecordCodec.decode(view);
            assertEquals(hex(view), hex(codec.encode(record)), record.toString());
          });
    }
  }

  private static String hex(RecordView view) {
    byte[] bytes = new byte[view.length()];
    view.buffer().get(view.offset(), bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String hex(RecordBody body) {
    ByteBuffer bytes = ByteBuffer.allocate(body.length());
    body.writeTo(bytes);
    return HexFormat.of().formatHex(bytes.array());
  }

  @Test
  void theDocumentHasTheNumberOfEachKindOfRecord() throws IOException {
    Map<String, Integer> kept = new TreeMap<>();
    for (KeptFolder folder : ofThisRelease()) {
      read(
          folder,
          new RecordFields(),
          view ->
              kept.put(
                  RecordCodec.decode(view).getClass().getSimpleName(),
                  (int) view.buffer().get(view.offset())));
    }
    Map<String, Integer> described = new TreeMap<>();
    for (String line : Files.readAllLines(DOCUMENT)) {
      Matcher row = KIND.matcher(line);
      if (row.matches()) {
        described.put(row.group(2), Integer.parseInt(row.group(1)));
      }
    }
    assertEquals(kept, described);
  }

  /// Its example is a segment that is kept.
  @Test
  void theDocumentShowsARealSegment() throws IOException {
    KeptFolder example = new KeptFolder(ROOT, RELEASE, "closed");
    String before = Files.readString(DOCUMENT);
    int from = before.indexOf("    00000000  ");
    int until = before.indexOf("\n\n", from);
    String after =
        before.substring(0, from)
            + HexDump.of(example.file("0000000001.log")).indent(4).stripTrailing()
            + before.substring(until);
    if (MODE.equals("write")) {
      Files.writeString(DOCUMENT, after);
    } else {
      assertEquals(after, before);
    }
  }
}
