package io.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunningUserTest {
  @Test
  void onlyRootIsToldThatItStaysRoot() {
    assertEquals(Optional.empty(), RunningUser.remark("ada", Optional.of("mosquitto")));
    assertEquals(Optional.empty(), RunningUser.remark("root", Optional.of("root")));
    assertTrue(RunningUser.remark("root", Optional.of("bob")).orElseThrow().contains("`User=bob`"));
    assertTrue(
        RunningUser.remark("root", Optional.empty()).orElseThrow().contains("`User=mosquitto`"));
  }
}
