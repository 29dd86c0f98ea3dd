package io.holdfast.cli.prove;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.protocol.Bytes;
import io.holdfast.protocol.packet.Publish;
import io.holdfast.protocol.packet.QoS;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A message can be told from every other, and from one that is not as it was sent.
class NumberingTest {
  private static final Numbering NUMBERING = new Numbering("prefix", 20);

  @Test
  void whatWasSentIsRead() {
    int large = 0;
    for (int number = 0; number < 1_000; number++) {
      Numbered message = new Numbered(3, number);
      Publish publish = NUMBERING.publish(message, true, 1);
      assertEquals(QoS.EXACTLY_ONCE, publish.qos());
      assertEquals(
          Optional.of(message), NUMBERING.read(publish.topic().toUtf8(), publish.payload()));
      large += publish.payload().length() > 1_000 ? 1 : 0;
    }
    assertTrue(large > 20 && large < 100, "" + large);
  }

  @Test
  void whatIsNotAsItWasSentIsNone() {
    Publish publish = NUMBERING.publish(new Numbered(2, 5), false, 1);
    String topic = publish.topic().toUtf8();
    byte[] bytes = publish.payload().toArray();
    assertEquals(Optional.empty(), NUMBERING.read(topic + "0", publish.payload()));
    bytes[bytes.length - 1]++;
    assertEquals(Optional.empty(), NUMBERING.read(topic, Bytes.own(bytes)));
    assertEquals(Optional.empty(), NUMBERING.read(topic, Bytes.own(new byte[7])));
  }
}
