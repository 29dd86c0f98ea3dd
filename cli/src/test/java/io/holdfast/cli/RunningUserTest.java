package io.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunningUserTest {
  private static final RunningUser ROOT = new RunningUser(true, Optional.empty());
  private static final RunningUser ADA = new RunningUser(false, Optional.empty());

  @Test
  void onlyRootBecomesSomebodyElseAndOnlyWhenTold() {
    assertEquals(Optional.of("bob"), RunningUser.toBecome(true, Optional.of("bob")));
    assertEquals(Optional.empty(), RunningUser.toBecome(true, Optional.of("root")));
    assertEquals(Optional.empty(), RunningUser.toBecome(true, Optional.empty()));
    assertEquals(Optional.empty(), RunningUser.toBecome(false, Optional.of("bob")));
  }

  @Test
  void rootHearsThatItIsRootUnlessSomebodyWantedThat() {
    assertTrue(ROOT.remark(Optional.empty()).orElseThrow().startsWith("Running as root."));
    assertEquals(Optional.empty(), ROOT.remark(Optional.of("root")));
    assertEquals(Optional.empty(), ADA.remark(Optional.empty()));
    assertEquals(Optional.empty(), ADA.remark(Optional.of("bob")));
  }

  @Test
  void whoGaveUpRootHasNoneOfRootsFolders() {
    Path home = Path.of("/var/lib/bob");
    RunningUser bob = new RunningUser(false, Optional.of(new UnixUser("bob", 7, 7, home)));
    assertEquals(home, bob.home());
    assertEquals(Map.of(), bob.environment());
    assertEquals(Path.of(System.getProperty("user.home")), ADA.home());
    assertEquals(System.getenv(), ADA.environment());
  }
}
