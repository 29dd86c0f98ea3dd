package io.holdfast.server.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.server.Holdfast;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// An audit of a real folder.
@Timeout(60)
class LogAuditTest {
  private @TempDir Path folder;

  /// Alice is away, and two messages wait for her.
  private void fill() throws Exception {
    try (Holdfast broker = Holdfast.start(folder)) {
      String url = "tcp://127.0.0.1:" + broker.addresses().getFirst().getPort();
      try (MqttClient alice = connected(url, "alice")) {
        alice.subscribe("t", 1);
        alice.disconnect();
      }
      try (MqttClient bob = connected(url, "bob")) {
        bob.publish("t", new byte[] {1}, 1, false);
        bob.publish("t", new byte[] {2}, 1, false);
        bob.disconnect();
      }
    }
  }

  private static MqttClient connected(String url, String clientId) throws MqttException {
    MqttClient client = new MqttClient(url, clientId, new MemoryPersistence());
    MqttConnectOptions options = new MqttConnectOptions();
    options.setCleanSession(false);
    client.connect(options);
    return client;
  }

  private String refused() {
    return String.valueOf(
        assertThrows(AuditException.class, () -> LogAudit.of(folder)).getMessage());
  }

  @Test
  void p9WhatABrokerLeavesAddsUp() throws Exception {
    fill();
    LogAudit audit = LogAudit.of(folder);
    assertTrue(audit.holds());
    assertEquals("alice", audit.queues().getFirst().owner());
    assertEquals(2, audit.queues().getFirst().account().accepted());
    assertEquals(2, audit.queues().getFirst().account().waiting());
    assertEquals(0, audit.queues().getFirst().account().handled());
  }

  @Test
  void anAuditChangesNothing() throws Exception {
    fill();
    Map<String, FileTime> before = files();
    LogAudit.of(folder);
    assertEquals(before, files());
  }

  private Map<String, FileTime> files() throws IOException {
    Map<String, FileTime> files = new TreeMap<>();
    try (Stream<Path> found = Files.list(folder)) {
      for (Path file : found.toList()) {
        files.put(file.getFileName() + " " + Files.size(file), Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  @Test
  void aFolderThatABrokerHasIsNotAudited() throws Exception {
    try (Holdfast broker = Holdfast.start(folder)) {
      assertFalse(broker.addresses().isEmpty());
      assertTrue(refused().contains(" is in use by another Holdfast. "), this::refused);
    }
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    folder = folder.resolve("nowhere");
    assertEquals("The data folder %s is not there.".formatted(folder), refused());
    assertFalse(Files.exists(folder));
  }

  @Test
  void aFileIsNoFolder() throws Exception {
    folder = Files.createFile(folder.resolve("file"));
    assertEquals("The data folder %s is a file, and no folder.".formatted(folder), refused());
  }

  @Test
  void aFolderWithoutALogIsNamed() {
    assertEquals("%s holds no log of Holdfast.".formatted(folder), refused());
  }

  /// What was never locked is no less read.
  @Test
  void aCopyWithoutItsLockIsAudited() throws Exception {
    fill();
    Files.delete(folder.resolve("holdfast.lock"));
    assertTrue(LogAudit.of(folder).holds());
  }

  @Test
  void aDamagedLogIsNamedWithFileAndPosition() throws Exception {
    fill();
    Path segment = folder.resolve("0000000001.log");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[new String(bytes, ISO_8859_1).indexOf("alice")] ^= 1;
    Files.write(segment, bytes);
    AuditException damaged = assertThrows(AuditException.class, () -> LogAudit.of(folder));
    assertTrue(damaged.isDamaged(), damaged.getMessage());
    assertTrue(
        damaged
            .getMessage()
            .matches(
                "0000000001\\.log in .* is damaged: the batch at position \\d+ cannot be read, .*"),
        damaged.getMessage());
  }
}
