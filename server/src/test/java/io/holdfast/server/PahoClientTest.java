package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PahoClientTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private record Came(String topic, MqttMessage message) {}

  /// A client, and what comes to it.
  private static final class Inbox implements MqttCallback {
    private final BlockingQueue<Came> came = new LinkedBlockingQueue<>();

    @Override
    public void connectionLost(Throwable cause) {}

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      came.add(new Came(topic, message));
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}

    Came next() throws InterruptedException {
      Came next = came.poll(10, TimeUnit.SECONDS);
      assertTrue(next != null, "a message comes");
      return next;
    }
  }

  private static MqttClient client(TestBroker broker, String id, Inbox inbox) throws MqttException {
    MqttClient client =
        new MqttClient("tcp://127.0.0.1:" + broker.port(), id, new MemoryPersistence());
    client.setCallback(inbox);
    client.setTimeToWait(10_000);
    return client;
  }

  private static MqttConnectOptions options(int version, boolean clean) {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMqttVersion(version);
    options.setCleanSession(clean);
    // Paho counts a message as in flight for a moment after it said that it is not.
    options.setMaxInflight(1000);
    return options;
  }

  private static void end(MqttClient client) throws MqttException {
    client.disconnect();
    client.close();
  }

  @ParameterizedTest
  @CsvSource({"3,0", "3,1", "3,2", "4,0", "4,1", "4,2"})
  void versions31And311SendAndReceiveAtEachQoS(int version, int qos) throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      Inbox inbox = new Inbox();
      MqttClient client = client(broker, "client", inbox);
      client.connect(options(version, true));
      client.subscribe("a/#", qos);
      for (int i = 0; i < 20; i++) {
        client.publish("a/" + i, HELLO, qos, false);
      }
      for (int i = 0; i < 20; i++) {
        Came came = inbox.next();
        assertEquals("a/" + i, came.topic());
        assertEquals(qos, came.message().getQos());
        assertArrayEquals(HELLO, came.message().getPayload());
      }
      end(client);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void aRetainedMessageComesToWhoSubscribesLaterAndGoesWhenCleared(int version) throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      Inbox inbox = new Inbox();
      MqttClient client = client(broker, "client", inbox);
      client.connect(options(version, true));
      client.publish("state/1", HELLO, 1, true);
      client.publish("state/2", HELLO, 1, true);
      client.publish("state/1", new byte[0], 1, true);
      client.subscribe("state/+", 1);
      Came came = inbox.next();
      assertEquals("state/2", came.topic());
      assertTrue(came.message().isRetained());
      end(client);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void aWillIsPublishedWhenItsClientIsLost(int version) throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      Inbox inbox = new Inbox();
      MqttClient watcher = client(broker, "watcher", inbox);
      watcher.connect(options(version, true));
      watcher.subscribe("will", 2);
      MqttClient mortal = client(broker, "mortal", new Inbox());
      MqttConnectOptions withWill = options(version, true);
      withWill.setWill("will", HELLO, 2, false);
      mortal.connect(withWill);
      MqttClient heir = client(broker, "mortal", new Inbox());
      heir.connect(options(version, true));
      assertArrayEquals(HELLO, inbox.next().message().getPayload());
      end(watcher);
      end(heir);
      mortal.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"3,1", "3,2", "4,1", "4,2"})
  void aSessionThatIsResumedBringsWhatCameMeanwhile(int version, int qos) throws Exception {
    TestBroker broker = TestBroker.start();
    MqttClient away = client(broker, "away", new Inbox());
    away.connect(options(version, false));
    away.subscribe("news/#", qos);
    end(away);
    MqttClient publisher = client(broker, "publisher", new Inbox());
    publisher.connect(options(version, true));
    for (int i = 0; i < 50; i++) {
      publisher.publish("news/" + i, HELLO, qos, false);
    }
    end(publisher);
    try (TestBroker again = broker.restart()) {
      Inbox inbox = new Inbox();
      MqttClient back = client(again, "away", inbox);
      back.connect(options(version, false));
      for (int i = 0; i < 50; i++) {
        assertEquals("news/" + i, inbox.next().topic());
      }
      end(back);
    }
  }

  @Test
  void version5SendsAndReceivesWithTopicAliasesAndProperties() throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      BlockingQueue<org.eclipse.paho.mqttv5.common.MqttMessage> came = new LinkedBlockingQueue<>();
      var client =
          new org.eclipse.paho.mqttv5.client.MqttClient(
              "tcp://127.0.0.1:" + broker.port(),
              "client",
              new org.eclipse.paho.mqttv5.client.persist.MemoryPersistence());
      client.setTimeToWait(10_000);
      client.connect();
      client.subscribe(
          new org.eclipse.paho.mqttv5.common.MqttSubscription[] {
            new org.eclipse.paho.mqttv5.common.MqttSubscription("a/#", 2)
          },
          new org.eclipse.paho.mqttv5.client.IMqttMessageListener[] {
            (topic, message) -> came.add(message)
          });
      for (int i = 0; i < 30; i++) {
        var message = new org.eclipse.paho.mqttv5.common.MqttMessage(HELLO, 2, false, null);
        var properties = new org.eclipse.paho.mqttv5.common.packet.MqttProperties();
        properties
            .getUserProperties()
            .add(new org.eclipse.paho.mqttv5.common.packet.UserProperty("n", "" + i));
        properties.setResponseTopic("answers");
        message.setProperties(properties);
        client.publish("a/b", message);
      }
      for (int i = 0; i < 30; i++) {
        var message = came.poll(10, TimeUnit.SECONDS);
        assertTrue(message != null, "a message comes");
        assertEquals("" + i, message.getProperties().getUserProperties().getFirst().getValue());
        assertEquals("answers", message.getProperties().getResponseTopic());
      }
      client.disconnect();
      client.close();
    }
  }
}
