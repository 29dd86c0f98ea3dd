package io.holdfast.protocol.codec;

import io.holdfast.protocol.packet.ProtocolVersion;
import io.holdfast.protocol.packet.Subscribe.RetainHandling;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttConnAckVariableHeader;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectVariableHeader;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttProperties.MqttProperty;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttSubscribePayload;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubAckPayload;
import io.netty.handler.codec.mqtt.MqttUnsubscribePayload;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// Netty's decoder, as a second opinion.
final class NettyCodec {
  private static final Map<ProtocolVersion, String> CONNECTS =
      Map.of(
          ProtocolVersion.V3_1, "100f00064d51497364700302003c000161",
          ProtocolVersion.V3_1_1, "100d00044d5154540402003c000161",
          ProtocolVersion.V5, "100e00044d5154540502003c00000161");

  private NettyCodec() {}

  /// What Netty makes of bytes.
  sealed interface Opinion {}

  /// One whole packet, and nothing else.
  record Accepted(Fields fields) implements Opinion {}

  record Refused(String why) implements Opinion {}

  /// Nothing yet: it waits for more.
  record Waiting() implements Opinion {}

  /// @param first whether the bytes open the connection; otherwise a CONNECT of `version` did
  static Opinion decode(byte[] bytes, ProtocolVersion version, boolean first) {
    EmbeddedChannel channel = new EmbeddedChannel(new MqttDecoder(10_000_000, 65535));
    try {
      if (!first) {
        byte[] connect = HexFormat.of().parseHex(CONNECTS.getOrDefault(version, ""));
        channel.writeInbound(Unpooled.wrappedBuffer(connect));
        ReferenceCountUtil.release(channel.readInbound());
      }
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      MqttMessage message = channel.readInbound();
      if (message == null) {
        return new Waiting();
      }
      if (message.decoderResult().isFailure()) {
        return new Refused(message.decoderResult().cause().toString());
      }
      try {
        return new Accepted(fields(message, version));
      } finally {
        ReferenceCountUtil.release(message);
      }
    } catch (MalformedException unknownCode) {
      return new Refused(unknownCode.why());
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  private static Fields fields(MqttMessage message, ProtocolVersion version)
      throws MalformedException {
    MqttFixedHeader header = message.fixedHeader();
    Fields fields = new Fields().put("type", header.messageType());
    switch (header.messageType()) {
      case CONNECT -> connect(message, fields);
      case CONNACK -> {
        MqttConnAckVariableHeader ack = (MqttConnAckVariableHeader) message.variableHeader();
        int code = ack.connectReturnCode().byteValue() & 0xFF;
        fields.put("present", ack.isSessionPresent());
        fields.put("reason", version.isV5() ? code : ReasonCodes.ofReturnCode(code).code());
        properties(ack.properties(), "", fields);
      }
      case PUBLISH -> {
        MqttPublishMessage publish = (MqttPublishMessage) message;
        MqttPublishVariableHeader variable = publish.variableHeader();
        byte[] payload = new byte[publish.payload().readableBytes()];
        publish.payload().getBytes(publish.payload().readerIndex(), payload);
        fields.put("topic", variable.topicName().getBytes(StandardCharsets.UTF_8));
        fields.put("payload", payload).put("dup", header.isDup());
        fields.put("retain", header.isRetain()).put("qos", header.qosLevel().value());
        if (header.qosLevel().value() > 0) {
          fields.put("id", variable.packetId());
        }
        properties(variable.properties(), "", fields);
      }
      case PUBACK, PUBREC, PUBREL, PUBCOMP -> {
        MqttMessageIdVariableHeader variable =
            (MqttMessageIdVariableHeader) message.variableHeader();
        fields.put("id", variable.messageId()).put("reason", 0);
        if (variable instanceof MqttPubReplyMessageVariableHeader reply) {
          fields.put("reason", reply.reasonCode() & 0xFF);
          properties(reply.properties(), "", fields);
        }
      }
      case SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK -> withId(message, version, fields);
      case PINGREQ, PINGRESP -> {}
      case DISCONNECT, AUTH -> {
        fields.put("reason", 0);
        if (message.variableHeader()
            instanceof MqttReasonCodeAndPropertiesVariableHeader variable) {
          fields.put("reason", variable.reasonCode() & 0xFF);
          properties(variable.properties(), "", fields);
        }
      }
    }
    return fields;
  }

  private static void connect(MqttMessage message, Fields fields) throws MalformedException {
    MqttConnectVariableHeader variable = (MqttConnectVariableHeader) message.variableHeader();
    MqttConnectPayload payload = (MqttConnectPayload) message.payload();
    ProtocolVersion version =
        switch (variable.version()) {
          case 3 -> ProtocolVersion.V3_1;
          case 4 -> ProtocolVersion.V3_1_1;
          default -> ProtocolVersion.V5;
        };
    fields.put("version", version).put("client", payload.clientIdentifier());
    fields.put("clean", variable.isCleanSession());
    fields.put("keepAlive", variable.keepAliveTimeSeconds());
    if (variable.hasUserName()) {
      fields.put("username", payload.userName());
    }
    if (variable.hasPassword()) {
      fields.put("password", payload.passwordInBytes());
    }
    properties(variable.properties(), "", fields);
    if (variable.isWillFlag()) {
      if (payload.willTopic() == null) {
        throw MalformedException.malformed("CONNECT: Netty loses a will topic above 32767 bytes");
      }
      fields.put("will.topic", payload.willTopic().getBytes(StandardCharsets.UTF_8));
      fields.put("will.payload", payload.willMessageInBytes());
      fields.put("will.qos", variable.willQos()).put("will.retain", variable.isWillRetain());
      properties(payload.willProperties(), "will.", fields);
    }
  }

  private static void withId(MqttMessage message, ProtocolVersion version, Fields fields)
      throws MalformedException {
    MqttMessageIdVariableHeader variable = (MqttMessageIdVariableHeader) message.variableHeader();
    fields.put("id", variable.messageId());
    if (version.isV5()
        && variable instanceof MqttMessageIdAndPropertiesVariableHeader withProperties) {
      properties(withProperties.properties(), "", fields);
    }
    MqttMessageType type = message.fixedHeader().messageType();
    if (message.payload() instanceof MqttSubscribePayload subscribe) {
      for (MqttTopicSubscription one : subscribe.topicSubscriptions()) {
        boolean v5 = version.isV5();
        fields.requested(
            one.topicFilter(),
            one.option().qos().value(),
            v5 && one.option().isNoLocal(),
            v5 && one.option().isRetainAsPublished(),
            v5 ? handling(one.option().retainHandling().value()) : RetainHandling.SEND);
      }
    } else if (message.payload() instanceof MqttUnsubscribePayload unsubscribe) {
      unsubscribe.topics().forEach(topic -> fields.add("filters", topic));
    } else if (message.payload() instanceof MqttSubAckPayload ack) {
      if (ack.typedReasonCodes().contains(null)) {
        throw MalformedException.protocolError("SUBACK: a code unknown to Netty");
      }
      fields.put("reasons", ack.reasonCodes());
    } else if (message.payload() instanceof MqttUnsubAckPayload ack && version.isV5()) {
      if (ack.typedReasonCodes().contains(null)) {
        throw MalformedException.protocolError("UNSUBACK: a code unknown to Netty");
      }
      List<Integer> codes = new ArrayList<>();
      ack.unsubscribeReasonCodes().forEach(code -> codes.add(code & 0xFF));
      fields.put("reasons", codes);
    } else if (type == MqttMessageType.UNSUBACK) {
      fields.put("reasons", List.of());
    }
  }

  private static RetainHandling handling(int value) {
    return switch (value) {
      case 0 -> RetainHandling.SEND;
      case 1 -> RetainHandling.SEND_IF_NEW;
      default -> RetainHandling.DO_NOT_SEND;
    };
  }

  private static void properties(MqttProperties properties, String prefix, Fields fields) {
    List<Integer> identifiers = new ArrayList<>();
    for (MqttProperty<?> property : properties.listAll()) {
      int identifier = property.propertyId();
      switch (property.value()) {
        case List<?> users -> users.forEach(user -> user(user, prefix, fields));
        case MqttProperties.StringPair user -> user(user, prefix, fields);
        case byte[] bytes -> fields.put(prefix + "p%02x".formatted(identifier), bytes);
        case Integer number when identifier == Properties.SUBSCRIPTION_IDENTIFIER ->
            identifiers.add(number);
        case Integer number -> {
          long value = number & 0xFFFFFFFFL;
          if (!isDefault(identifier, value, fields)) {
            fields.property(prefix, identifier, value);
          }
        }
        case Object text -> fields.property(prefix, identifier, text);
      }
    }
    identifiers.stream().sorted().forEach(one -> fields.add(prefix + "p0b", one));
  }

  private static void user(Object user, String prefix, Fields fields) {
    MqttProperties.StringPair pair = (MqttProperties.StringPair) user;
    fields.user(prefix, pair.key, pair.value);
  }

  /// What our packets do not tell from an absent property.
  private static boolean isDefault(int identifier, long value, Fields fields) {
    boolean inConnect = fields.toString().contains("type=CONNECT");
    return inConnect
        && switch (identifier) {
          case Properties.RECEIVE_MAXIMUM -> value == 65535;
          case Properties.TOPIC_ALIAS_MAXIMUM,
              Properties.REQUEST_RESPONSE_INFORMATION,
              Properties.WILL_DELAY_INTERVAL ->
              value == 0;
          case Properties.REQUEST_PROBLEM_INFORMATION -> value == 1;
          default -> false;
        };
  }
}
