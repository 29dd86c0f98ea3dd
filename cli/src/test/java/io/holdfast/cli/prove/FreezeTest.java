package io.holdfast.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class FreezeTest {
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "there is no /proc")
  void whatIsFrozenStandsWithAllThatItStarted() throws Exception {
    // The shell counts as fast as it can, and so does the one that it has started.
    String count = "i=0; while :; do i=$((i+1)); done";
    Process process = new ProcessBuilder("sh", "-c", "sh -c '" + count + "' & " + count).start();
    List<ProcessHandle> all = new ArrayList<>();
    try {
      while (all.size() < 2) {
        all = Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
      }
      Freeze.stop(all);
      for (ProcessHandle one : all) {
        assertEquals("T", state(one));
      }
    } finally {
      all.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    assertTrue(process.waitFor() != 0, "it was killed");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "there is no /proc")
  void whatIsGoneNeedsNoFreezing() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    Freeze.stop(List.of(process.toHandle()));
  }

  private static String state(ProcessHandle process) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    return stat.replaceFirst(".*\\) ", "").substring(0, 1);
  }
}
