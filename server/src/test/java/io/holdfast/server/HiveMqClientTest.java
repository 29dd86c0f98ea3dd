package io.holdfast.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class HiveMqClientTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  private static Mqtt5BlockingClient client5(TestBroker broker, String id) {
    return Mqtt5Client.builder()
        .identifier(id)
        .serverHost("127.0.0.1")
        .serverPort(broker.port())
        .buildBlocking();
  }

  private static Mqtt3BlockingClient client3(TestBroker broker, String id) {
    return Mqtt3Client.builder()
        .identifier(id)
        .serverHost("127.0.0.1")
        .serverPort(broker.port())
        .buildBlocking();
  }

  private static Mqtt5Publish next(Mqtt5BlockingClient.Mqtt5Publishes publishes)
      throws InterruptedException {
    return publishes.receive(10, TimeUnit.SECONDS).orElseThrow();
  }

  private static Mqtt3Publish next(Mqtt3BlockingClient.Mqtt3Publishes publishes)
      throws InterruptedException {
    return publishes.receive(10, TimeUnit.SECONDS).orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void version5SendsAndReceivesAtEachQoS(MqttQos qos) throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      Mqtt5BlockingClient client = client5(broker, "client");
      client.connect();
      try (var publishes = client.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
        client.subscribeWith().topicFilter("a/+").qos(qos).send();
        for (int i = 0; i < 100; i++) {
          client.publishWith().topic("a/" + i).qos(qos).payload(HELLO).send();
        }
        for (int i = 0; i < 100; i++) {
          Mqtt5Publish message = next(publishes);
          assertEquals("a/" + i, message.getTopic().toString());
          assertEquals(qos, message.getQos());
          assertArrayEquals(HELLO, message.getPayloadAsBytes());
        }
      }
      client.disconnect();
    }
  }

  @ParameterizedTest
  @EnumSource
  void version311SendsAndReceivesAtEachQoS(MqttQos qos) throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      Mqtt3BlockingClient client = client3(broker, "client");
      client.connect();
      try (var publishes = client.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
        client.subscribeWith().topicFilter("a/#").qos(qos).send();
        for (int i = 0; i < 100; i++) {
          client.publishWith().topic("a/" + i).qos(qos).payload(HELLO).send();
        }
        for (int i = 0; i < 100; i++) {
          Mqtt3Publish message = next(publishes);
          assertEquals("a/" + i, message.getTopic().toString());
          assertEquals(qos, message.getQos());
        }
      }
      client.disconnect();
    }
  }

  @Test
  void aRetainedMessageComesToWhoSubscribesLater() throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      Mqtt5BlockingClient client = client5(broker, "client");
      client.connect();
      client
          .publishWith()
          .topic("state")
          .qos(MqttQos.AT_LEAST_ONCE)
          .retain(true)
          .payload(HELLO)
          .send();
      try (var publishes = client.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
        client.subscribeWith().topicFilter("state").qos(MqttQos.AT_LEAST_ONCE).send();
        Mqtt5Publish message = next(publishes);
        assertTrue(message.isRetain());
        assertArrayEquals(HELLO, message.getPayloadAsBytes());
      }
      client.disconnect();
    }
  }

  @Test
  void aWillIsPublishedWhenItsClientIsTakenOver() throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      Mqtt5BlockingClient watcher = client5(broker, "watcher");
      watcher.connect();
      Mqtt5BlockingClient mortal = client5(broker, "mortal");
      mortal
          .connectWith()
          .willPublish()
          .topic("will")
          .qos(MqttQos.EXACTLY_ONCE)
          .payload(HELLO)
          .applyWillPublish()
          .send();
      try (var publishes = watcher.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
        watcher.subscribeWith().topicFilter("will").qos(MqttQos.EXACTLY_ONCE).send();
        client5(broker, "mortal").connect();
        assertArrayEquals(HELLO, next(publishes).getPayloadAsBytes());
      }
    }
  }

  @Test
  void aSharedSubscriptionGivesEachMessageToOneMember() throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      Mqtt5BlockingClient one = client5(broker, "one");
      Mqtt5BlockingClient two = client5(broker, "two");
      Mqtt5BlockingClient publisher = client5(broker, "publisher");
      one.connect();
      two.connect();
      publisher.connect();
      try (var toOne = one.publishes(MqttGlobalPublishFilter.SUBSCRIBED);
          var toTwo = two.publishes(MqttGlobalPublishFilter.SUBSCRIBED)) {
        one.subscribeWith().topicFilter("$share/g/job/#").qos(MqttQos.AT_LEAST_ONCE).send();
        two.subscribeWith().topicFilter("$share/g/job/#").qos(MqttQos.AT_LEAST_ONCE).send();
        for (int i = 0; i < 20; i++) {
          publisher.publishWith().topic("job/" + i).qos(MqttQos.AT_LEAST_ONCE).send();
        }
        for (int i = 0; i < 10; i++) {
          next(toOne);
          next(toTwo);
        }
        assertEquals(Optional.empty(), toOne.receiveNow());
        assertEquals(Optional.empty(), toTwo.receiveNow());
      }
    }
  }

  @Test
  void aSessionThatIsResumedBringsWhatCameMeanwhile() throws Exception {
    TestBroker broker = TestBroker.start();
    Mqtt5BlockingClient away = client5(broker, "away");
    assertFalse(
        away.connectWith().cleanStart(false).sessionExpiryInterval(3600).send().isSessionPresent());
    away.subscribeWith().topicFilter("news/#").qos(MqttQos.EXACTLY_ONCE).send();
    away.disconnect();
    Mqtt5BlockingClient publisher = client5(broker, "publisher");
    publisher.connect();
    for (int i = 0; i < 50; i++) {
      publisher.publishWith().topic("news/" + i).qos(MqttQos.EXACTLY_ONCE).payload(HELLO).send();
    }
    publisher.disconnect();
    try (TestBroker again = broker.restart()) {
      Mqtt5BlockingClient back = client5(again, "away");
      try (var publishes = back.publishes(MqttGlobalPublishFilter.ALL)) {
        assertTrue(
            back.connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(3600)
                .send()
                .isSessionPresent());
        for (int i = 0; i < 50; i++) {
          assertEquals("news/" + i, next(publishes).getTopic().toString());
        }
      }
      back.disconnect();
    }
  }
}
