package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.holdfast.protocol.packet.ConnAck;
import io.holdfast.protocol.packet.Disconnect;
import io.holdfast.protocol.packet.PingReq;
import io.holdfast.protocol.packet.PingResp;
import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.PubAck;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import io.holdfast.protocol.packet.ReasonCode;
import io.holdfast.protocol.packet.SubAck;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What clients send must not stop a broker that has little memory.
@Tag("slow") // Ten thousand connections are made.
@Timeout(120)
class SmallHeapTest {
  /// Ten thousand, or as many as this process may have.
  private static final int CONNECTIONS = (int) Math.min(10_000, openFilesMax() - 500);

  private static long openFilesMax() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Integer.MAX_VALUE;
  }

  private static final int PATIENCE_SECONDS = 60;
  private static final int LIFE_SECONDS = 110;

  private final List<RawClient> clients = new ArrayList<>();
  private Process process;
  private int port;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SmallHeap.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    // What another process says cannot be waited for within bounds, but that can be ended.
    CompletableFuture.delayedExecutor(LIFE_SECONDS, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    port = Integer.parseInt(said.readLine());
  }

  @AfterEach
  void end() throws Exception {
    for (RawClient client : clients) {
      client.close();
    }
    process.getOutputStream().close();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertTrue(ended, "the broker ends when its standard input does");
    assertEquals(0, process.exitValue());
  }

  private RawClient client(ProtocolVersion version) throws IOException {
    RawClient client = new RawClient(port, version);
    clients.add(client);
    return client;
  }

  private void assertServes() throws IOException {
    try (RawClient client = new RawClient(port, ProtocolVersion.V3_1_1)) {
      client.connect("somebody", true);
      client.send(new PingReq());
      client.receive(PingResp.class);
    }
  }

  @Test
  void tenThousandHalfSentConnectsDoNotStopTheBroker() throws Exception {
    for (int i = 0; i < CONNECTIONS; i++) {
      RawClient client = client(ProtocolVersion.V3_1_1);
      byte[] connect =
          client.bytesOf(RawClient.connect(ProtocolVersion.V3_1_1, "x".repeat(1000), true));
      client.send(Arrays.copyOf(connect, connect.length / 2));
    }
    assertServes();
  }

  @Test
  void sendersOfTheLargestPacketsDoNotStopTheBroker() throws Exception {
    byte[] start = new byte[100_000];
    start[0] = 0x30;
    start[1] = start[2] = start[3] = (byte) 0xFF;
    start[4] = 0x7F;
    for (int i = 0; i < 100; i++) {
      RawClient client = client(ProtocolVersion.V5);
      client.connect("client" + i, true);
      client.send(start);
      assertEquals(ReasonCode.PACKET_TOO_LARGE, client.receive(Disconnect.class).reasonCode());
    }
    assertServes();
  }

  @Test
  void manyHalfSentLargePacketsWaitForEachOther() throws Exception {
    byte[] message = new byte[4_000_000];
    for (int i = 0; i < 50; i++) {
      RawClient client = client(ProtocolVersion.V3_1_1);
      client.connect("client" + i, true);
      byte[] publish = client.bytesOf(RawClient.publish("t", QoS.AT_LEAST_ONCE, 1, message));
      client.send(Arrays.copyOf(publish, 100_000));
    }
    assertServes();
    RawClient whole = client(ProtocolVersion.V3_1_1);
    whole.connect("whole", false);
    whole.send(RawClient.subscribe(1, "none", QoS.AT_LEAST_ONCE));
    whole.receive(SubAck.class);
    whole.send(RawClient.publish("t", QoS.AT_LEAST_ONCE, 2, new byte[1000]));
    assertEquals(2, whole.receive(PubAck.class).packetId());
  }

  @Test
  void largeMessagesThatWaitedGoToManyConsumersAtOnce() throws Exception {
    int consumers = 6;
    int count = 8;
    for (int i = 0; i < consumers; i++) {
      try (RawClient consumer = new RawClient(port, ProtocolVersion.V3_1_1)) {
        consumer.connect("consumer" + i, false);
        consumer.send(RawClient.subscribe(1, "large", QoS.AT_LEAST_ONCE));
        consumer.receive(SubAck.class);
      }
    }
    RawClient producer = client(ProtocolVersion.V3_1_1);
    producer.connect("producer", true);
    for (int i = 0; i < count; i++) {
      producer.send(RawClient.publish("large", QoS.AT_LEAST_ONCE, i + 1, new byte[6_000_000]));
      producer.receive(PubAck.class);
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> received = new ArrayList<>();
      for (int i = 0; i < consumers; i++) {
        String clientId = "consumer" + i;
        received.add(threads.submit(() -> receiveAll(clientId, count)));
      }
      for (Future<Integer> one : received) {
        assertEquals(count, one.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
      }
    }
  }

  private int receiveAll(String clientId, int count) throws IOException {
    try (RawClient consumer = new RawClient(port, ProtocolVersion.V3_1_1)) {
      consumer.connect(clientId, false);
      for (int i = 0; i < count; i++) {
        Publish message = consumer.receive(Publish.class);
        assertEquals(6_000_000, message.payload().length());
        consumer.send(new PubAck(message.packetId()));
      }
    }
    return count;
  }

  @Test
  void everyConnectionOfMoreThanThereIsRoomForIsClosed() throws Exception {
    int refused = 0;
    for (int i = 0; i < CONNECTIONS; i++) {
      RawClient client = client(ProtocolVersion.V3_1_1);
      client.send(RawClient.connect(ProtocolVersion.V3_1_1, "client" + i, true));
    }
    for (RawClient client : clients) {
      refused += client.receive().filter(ConnAck.class::isInstance).isPresent() ? 0 : 1;
    }
    assertTrue(refused < CONNECTIONS / 2, "most are let in");
  }
}
