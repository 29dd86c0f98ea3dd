package io.holdfast.server.config;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Limits;
import io.holdfast.core.QueueLimit;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What was read so far. Options come in one after the other; for numbers and flags the last one
/// holds.
final class ConfigurationDraft {
  private static final long PERSISTENCE_BYTES_LEAST = 16L << 20;
  private static final BrokerSettings USUAL = BrokerSettings.defaults();

  final ListenersDraft listeners = new ListenersDraft();
  final QueuesDraft queues = new QueuesDraft();
  final LogDraft log = new LogDraft();
  final Remarks remarks = new Remarks();

  private int receiveMaximum = USUAL.receiveMaximum();
  private int maximumPacketSize = USUAL.maximumPacketSize();
  private int messageSizeMaximum = USUAL.messageSizeMaximum();
  private int keepAliveSecondsMaximum = USUAL.keepAliveSecondsMaximum();
  private long sessionExpirySecondsMaximum = USUAL.sessionExpirySecondsMaximum();
  private boolean queuesQoS0 = USUAL.queuesQoS0();
  private boolean retainAvailable = USUAL.retainAvailable();
  private int sysIntervalSeconds = USUAL.sysIntervalSeconds();

  private Optional<Path> persistenceLocation = Optional.empty();
  private Optional<String> persistenceFile = Optional.empty();
  private OptionalLong persistenceMaxBytes = OptionalLong.empty();
  private Optional<Boolean> persistence = Optional.empty();
  private Optional<Path> pidFile = Optional.empty();
  private Optional<String> user = Optional.empty();

  void maxInflightMessages(ConfigurationLine line) throws ConfigurationException {
    int limit = (int) line.limit(65535);
    receiveMaximum = limit == 0 ? 65535 : limit;
  }

  void maxPacketSize(ConfigurationLine line) throws ConfigurationException {
    long bytes = line.number(20, Integer.MAX_VALUE);
    maximumPacketSize = (int) Math.min(bytes, Limits.PACKET_BYTES_MAX);
  }

  void messageSizeLimit(ConfigurationLine line) throws ConfigurationException {
    messageSizeMaximum = (int) line.number(0, 268_435_455);
  }

  void maxKeepalive(ConfigurationLine line) throws ConfigurationException {
    keepAliveSecondsMaximum = (int) line.number(0, 65535);
  }

  void sysInterval(ConfigurationLine line) throws ConfigurationException {
    sysIntervalSeconds = (int) line.number(0, 65535);
  }

  void queueQos0Messages(ConfigurationLine line) throws ConfigurationException {
    queuesQoS0 = line.flag();
  }

  void retainAvailable(ConfigurationLine line) throws ConfigurationException {
    retainAvailable = line.flag();
  }

  void persistentClientExpiration(ConfigurationLine line) throws ConfigurationException {
    String allowed = "a whole number above 0 with h, d, w, m or y behind it (14d)";
    String word = line.word(allowed);
    long unitSeconds =
        switch (word.charAt(word.length() - 1)) {
          case 'h' -> 3600L;
          case 'd' -> 86400L;
          case 'w' -> 7 * 86400L;
          case 'm' -> 30 * 86400L;
          case 'y' -> 365 * 86400L;
          default -> 0;
        };
    try {
      int count = Integer.parseInt(word.substring(0, word.length() - 1));
      if (count > 0 && unitSeconds > 0) {
        sessionExpirySecondsMaximum = count * unitSeconds;
        return;
      }
    } catch (NumberFormatException e) {
      // Said below, in the same words as for a wrong unit.
    }
    throw line.error(allowed + " is allowed.");
  }

  void persistence(ConfigurationLine line) throws ConfigurationException {
    persistence = Optional.of(line.flag());
  }

  void persistenceFile(ConfigurationLine line) throws ConfigurationException {
    persistenceFile = line.textOnce(persistenceFile);
    remarks.accept(line.option(), ConfigurationOptions.SAVED_AT_ONCE);
  }

  void persistenceMaxBytes(ConfigurationLine line) throws ConfigurationException {
    long bytes = line.number(0, Long.MAX_VALUE);
    if (bytes > 0 && bytes < PERSISTENCE_BYTES_LEAST) {
      throw line.error(
          "the log needs at least %d bytes; 0 is for no limit.".formatted(PERSISTENCE_BYTES_LEAST));
    }
    persistenceMaxBytes = bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
  }

  void persistenceLocation(ConfigurationLine line) throws ConfigurationException {
    persistenceLocation = line.pathOnce(persistenceLocation);
  }

  void pidFile(ConfigurationLine line) throws ConfigurationException {
    pidFile = line.pathOnce(pidFile);
  }

  void user(ConfigurationLine line) throws ConfigurationException {
    user = line.textOnce(user);
  }

  /// @param ports from the command line (`-p`)
  /// @param everything whether every type of line is wanted (`-v`)
  Configuration finish(List<Integer> ports, boolean everything) throws ConfigurationException {
    boolean keepsOnDisk = persistence.orElse(true);
    if (!keepsOnDisk) {
      remarks.warn(
          "NOTHING IS KEPT: `persistence false` is set. Every session, subscription and message,"
              + " acknowledged or not, is gone when this process ends.");
    } else if (persistence.isPresent()) {
      remarks.accept("persistence", ConfigurationOptions.SAVED_AT_ONCE);
    }
    List<Listener> open = listeners.finish(ports, remarks);
    return new Configuration(
        open,
        brokerSettings(queues.finish(remarks)),
        persistenceLocation,
        persistenceFile.orElse("mosquitto.db"),
        persistenceMaxBytes,
        keepsOnDisk,
        pidFile,
        log.finish(everything),
        user,
        remarks.warnings(),
        remarks.notices());
  }

  private BrokerSettings brokerSettings(QueueLimit queueLimit) throws ConfigurationException {
    return new BrokerSettings(
        receiveMaximum,
        listeners.topicAliasMaximum(),
        maximumPacketSize,
        messageSizeMaximum,
        keepAliveSecondsMaximum,
        sessionExpirySecondsMaximum,
        queuesQoS0,
        retainAvailable,
        sysIntervalSeconds,
        queueLimit,
        Limits.DEFAULT);
  }
}
