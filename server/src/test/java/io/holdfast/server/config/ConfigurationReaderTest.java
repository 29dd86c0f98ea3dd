package io.holdfast.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.Limits;
import io.holdfast.core.QueueLimit;
import io.holdfast.core.QueueLimit.Policy;
import io.holdfast.core.QueueLimit.Rule;
import io.holdfast.core.QueueLimit.Scope;
import io.holdfast.protocol.topic.TopicFilter;
import io.holdfast.server.logging.LogDestination;
import io.holdfast.server.logging.LogSettings;
import io.holdfast.server.logging.LogType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationReaderTest {
  private static final String QUEUE_FULL =
      "reject, drop-newest or drop-oldest is allowed, alone or with `client PATTERN` or `topic FILTER` behind"
          + " it.";

  @TempDir Path folder;

  private Path file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Configuration read(String text, Integer... ports)
      throws IOException, ConfigurationException {
    return ConfigurationReader.read(
        Optional.of(file("mosquitto.conf", text)), List.of(ports), false);
  }

  private String refusal(String text) {
    String message = assertThrows(ConfigurationException.class, () -> read(text)).getMessage();
    return message.replace(folder + "/", "");
  }

  @Test
  void aFileMadeOnWindowsIsRead() throws Exception {
    Configuration configuration = read("\uFEFFlistener 1884\r\nallow_anonymous true\r\n");
    assertEquals(List.of("*:1884"), shown(configuration));
  }

  private static List<String> shown(Configuration configuration) {
    return configuration.listeners().stream().map(Listener::shown).toList();
  }

  @Test
  void withoutAFileTheBrokerIsLocalAndOpenAsMosquitto2Is() throws Exception {
    Configuration configuration = ConfigurationReader.read(Optional.empty(), List.of(), false);

    assertEquals(List.of("127.0.0.1:1883", "[::1]:1883"), shown(configuration));
    assertTrue(configuration.listeners().get(0).settings().allowAnonymous());
    assertTrue(configuration.listeners().get(0).isRequired());
    assertFalse(configuration.listeners().get(1).isRequired());
    assertEquals(BrokerSettings.defaults(), configuration.broker());
    assertEquals(LogSettings.defaults(), configuration.log());
    assertTrue(configuration.keepsOnDisk());
    assertEquals(List.of(), configuration.warnings());
    assertEquals(1, configuration.notices().size(), "that it is local is said");
  }

  @Test
  void theLogMayTakeAsMuchOfTheDiskAsIsSaid() throws Exception {
    assertEquals(OptionalLong.empty(), read("listener 1884").persistenceBytesMax());
    assertEquals(
        OptionalLong.of(16 << 20), read("persistence_max_bytes 16777216").persistenceBytesMax());
    assertEquals(
        OptionalLong.of(5_000_000_000_000L),
        read("persistence_max_bytes 5000000000000").persistenceBytesMax());
    assertEquals(OptionalLong.empty(), read("persistence_max_bytes 0").persistenceBytesMax());
  }

  @Test
  void debiansOwnFileStartsUnchanged() throws Exception {
    Files.createDirectories(folder.resolve("conf.d"));
    Configuration configuration =
        read(
            """
            # Place your local configuration in /etc/mosquitto/conf.d/
            #
            # A full description of the configuration file is at
            # /usr/share/doc/mosquitto/examples/mosquitto.conf.example

            pid_file ROOT/run/mosquitto/mosquitto.pid

            persistence true
            persistence_location ROOT/var/lib/mosquitto/

            log_dest file ROOT/var/log/mosquitto/mosquitto.log

            include_dir ROOT/conf.d
            """
                .replace("ROOT", folder.toString()));

    assertEquals(List.of("127.0.0.1:1883", "[::1]:1883"), shown(configuration));
    assertEquals(
        Optional.of(folder.resolve("run/mosquitto/mosquitto.pid")), configuration.pidFile());
    assertEquals(
        Optional.of(folder.resolve("var/lib/mosquitto")), configuration.persistenceLocation());
    assertEquals(
        List.of(new LogDestination.ToFile(folder.resolve("var/log/mosquitto/mosquitto.log"))),
        configuration.log().destinations());
    assertFalse(configuration.log().reachesConsole());
    assertTrue(configuration.keepsOnDisk());
    assertEquals(List.of(), configuration.warnings());
    assertTrue(
        configuration
            .notices()
            .contains("persistence: everything is saved at once, before it is acknowledged"),
        configuration.notices().toString());
  }

  /// What listens where, by file, and who may come in: `*:1883 closed` is everywhere, users only.
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "listener 1884                               | *:1884 closed",
        "listener 1884;allow_anonymous true          | *:1884 open",
        "listener 1884 127.0.0.1                     | 127.0.0.1:1884 closed",
        "listener 1884 # for the gate                | *:1884 closed",
        "'  listener   1884'                         | *:1884 closed",
        "listener 0                                  | *:0 closed",
        "port 1885                                   | *:1885 closed",
        "port 1885;port 1886                         | *:1886 closed",
        "bind_address 127.0.0.1                      | 127.0.0.1:1883 closed",
        "port 1885;bind_address ::1                  | [::1]:1885 closed",
        "listener 1884;port 1885                     | *:1884 closed, *:1885 closed",
        "listener 1884;listener 1885 localhost       | *:1884 closed, localhost:1885 closed",
        "allow_anonymous true                        | 127.0.0.1:1883 open, [::1]:1883 open",
        "allow_anonymous false                       | 127.0.0.1:1883 closed, [::1]:1883 closed",
        "max_connections 5                           | 127.0.0.1:1883 open 5, [::1]:1883 open 5",
        "max_connections 5;listener 1884             | *:1884 closed, *:1883 closed 5",
        "listener 1884;max_connections 5             | *:1884 closed 5",
        "listener 1884;max_connections 0             | *:1884 closed",
        "listener 1884;max_connections -1            | *:1884 closed",
        "listener 1884;max_connections 7;listener 85 | *:1884 closed 7, *:85 closed",
        "listener 1;allow_anonymous true;listener 2  | *:1 open, *:2 open",
        "per_listener_settings true;listener 1;allow_anonymous true;listener 2"
            + " | *:1 open, *:2 closed",
        "per_listener_settings true;allow_anonymous true;listener 2 | *:2 closed",
        "per_listener_settings true;allow_anonymous true;port 1;listener 2"
            + " | *:2 closed, *:1 open",
        "per_listener_settings true;per_listener_settings false;port 1;allow_anonymous true"
            + ";listener 2;allow_anonymous false | *:2 closed, *:1 open",
      })
  void listenersAreAsInMosquitto(String text, String expected) throws Exception {
    Configuration configuration = read(text.replace("'", "").replace(";", "\n"));
    assertEquals(
        expected,
        configuration.listeners().stream()
            .map(listener ->
                listener.shown()
                    + (listener.settings().allowAnonymous() ? " open" : " closed")
                    + (listener.settings().connectionsMax() < 0
                        ? ""
                        : " " + listener.settings().connectionsMax()))
            .collect(Collectors.joining(", ")));
  }

  @Test
  void aListenerThatNobodyCanComeThroughIsWarnedOf() throws Exception {
    assertEquals(
        List.of(
            "Nobody can connect to *:1884: `allow_anonymous true` is not set there, and users with"
                + " passwords are not built yet."),
        read("listener 1884").warnings());
  }

  @Test
  void portsOfTheCommandLineCountOnlyWhereTheFileNamesNone() throws Exception {
    assertEquals(List.of("127.0.0.1:0"), shown(read("sys_interval 5", 0)));
    assertEquals(
        List.of("127.0.0.1:9", "[::1]:9", "127.0.0.1:8", "[::1]:8"), shown(read("", 9, 8)));

    Configuration configuration = read("listener 1884", 9);
    assertEquals(List.of("*:1884"), shown(configuration));
    assertEquals(
        List.of("The configuration names its listeners, so -p is passed over."),
        configuration.notices());
  }

  @Test
  void namesForClientsWithoutOneBelongToTheirListener() throws Exception {
    Configuration configuration =
        read(
            """
            per_listener_settings true
            listener 1
            auto_id_prefix gate-
            listener 2
            allow_zero_length_clientid false
            """);
    assertEquals("gate-", configuration.listeners().get(0).settings().autoIdPrefix());
    assertTrue(configuration.listeners().get(0).settings().allowZeroLengthClientId());
    assertEquals("auto-", configuration.listeners().get(1).settings().autoIdPrefix());
    assertFalse(configuration.listeners().get(1).settings().allowZeroLengthClientId());
  }

  /// Each option that becomes a number, and what Mosquitto makes of the values at the edges.
  @ParameterizedTest(name = "{0} -> {2}")
  @CsvSource({
    "max_inflight_messages 1, receiveMaximum, 1",
    "max_inflight_messages 0, receiveMaximum, 65535",
    "max_inflight_messages -1, receiveMaximum, 65535",
    "max_inflight_messages 65535, receiveMaximum, 65535",
    "max_packet_size 20, maximumPacketSize, 20",
    "max_packet_size 2147483647, maximumPacketSize, 268435460",
    "message_size_limit 0, messageSizeMaximum, 0",
    "message_size_limit 268435455, messageSizeMaximum, 268435455",
    "max_keepalive 0, keepAliveSecondsMaximum, 0",
    "max_keepalive 65535, keepAliveSecondsMaximum, 65535",
    "sys_interval 0, sysIntervalSeconds, 0",
    "sys_interval 65535, sysIntervalSeconds, 65535",
    "max_topic_alias 0, topicAliasMaximum, 0",
    "max_topic_alias 65535, topicAliasMaximum, 65535",
    "persistent_client_expiration 1h, sessionExpirySecondsMaximum, 3600",
    "persistent_client_expiration 2d, sessionExpirySecondsMaximum, 172800",
    "persistent_client_expiration 1w, sessionExpirySecondsMaximum, 604800",
    "persistent_client_expiration 2m, sessionExpirySecondsMaximum, 5184000",
    "persistent_client_expiration 1y, sessionExpirySecondsMaximum, 31536000",
    "persistent_client_expiration 300y, sessionExpirySecondsMaximum, 9460800000",
    "queue_qos0_messages true, queuesQoS0, true",
    "queue_qos0_messages 1, queuesQoS0, true",
    "retain_available false # no, retainAvailable, false",
    "retain_available 0, retainAvailable, false",
  })
  void valuesMeanWhatTheyMeanInMosquitto(String text, String component, String expected)
      throws Exception {
    BrokerSettings settings = read(text).broker();
    assertEquals(
        expected,
        String.valueOf(BrokerSettings.class.getMethod(component).invoke(settings)),
        () -> settings.toString());
  }

  @Test
  void theLastOfSeveralNumbersHolds() throws Exception {
    assertEquals(7, read("max_keepalive 5\nmax_keepalive 7").broker().keepAliveSecondsMaximum());
    assertEquals(Limits.DEFAULT, read("").broker().limits());
  }

  /// What is refused, and how: the file, the line, the option and what is allowed.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "allow_anonymous TRUE | true or false is allowed.",
        "allow_anonymous true yes | true or false is allowed, with nothing behind it.",
        "allow_anonymous | a value is missing.",
        "allow_anonymous # true | a value is missing.",
        "max_inflight_messages 65536 | a whole number up to 65535, or 0 for no limit is allowed.",
        "max_inflight_messages many | a whole number up to 65535, or 0 for no limit is allowed.",
        "max_packet_size 19 | a whole number from 20 to 2147483647 is allowed.",
        "message_size_limit 268435456 | a whole number from 0 to 268435455 is allowed.",
        "message_size_limit -1 | a whole number from 0 to 268435455 is allowed.",
        "max_keepalive 65536 | a whole number from 0 to 65535 is allowed.",
        "sys_interval -1 | a whole number from 0 to 65535 is allowed.",
        "max_topic_alias 65536 | a whole number from 0 to 65535 is allowed.",
        "max_connections none | a whole number up to 2147483647, or 0 for no limit is allowed.",
        "persistent_client_expiration 5 "
            + "| a whole number above 0 with h, d, w, m or y behind it (14d) is allowed.",
        "persistent_client_expiration 0d "
            + "| a whole number above 0 with h, d, w, m or y behind it (14d) is allowed.",
        "persistent_client_expiration d "
            + "| a whole number above 0 with h, d, w, m or y behind it (14d) is allowed.",
        "listener 65536 | a port from 0 to 65535 is allowed; 0 takes any free one.",
        "listener mqtt | a port from 0 to 65535 is allowed; 0 takes any free one.",
        "listener 0 /run/mosquitto.sock | listening on a Unix socket is not built yet.",
        "listener 1 localhost ipv4 | `listener PORT` or `listener PORT ADDRESS` is allowed.",
        "port -1 | a port from 0 to 65535 is allowed; 0 takes any free one.",
        "log_type websocket | error, warning, notice, information, subscribe, unsubscribe, debug,"
            + " all or none is allowed.",
        "log_dest console | stdout, stderr, file FILE or none is allowed.",
        "log_dest file | the file's name is missing.",
        "log_dest syslog " + "| this destination is not built; stdout, stderr, file and none are.",
        "max_inflight_message 5 | there is no such option; was max_inflight_messages meant?",
        "alow_anonymous true | there is no such option; was allow_anonymous meant?",
        "frobnicate true | there is no such option.",
        "Listener 1883 | there is no such option; was listener meant?",
        "password_file /etc/pw | users and access rights are not built yet",
        "acl_file /etc/acl | users and access rights are not built yet",
        "cafile /etc/ca.crt | TLS is not built yet",
        "psk_hint hint | TLS is not built yet",
        "require_certificate true | TLS is not built yet",
        "plugin /usr/lib/x.so | plugins are not built",
        "auth_opt_db_host localhost | plugins are not built",
        "connection cloud | bridges to other brokers are not built yet",
        "bridge_anything_at_all 1 | bridges to other brokers are not built yet",
        "protocol websockets | WebSockets are not built yet",
        "max_qos 1 | a listener with a lower QoS is not built yet",
        "max_queued_bytes 1000 | a limit in bytes is not built; count messages",
        "queue_full reject | no queue is ever full while max_queued_messages is not set. Set it as well.",
        "queue_full drop-oldest | no queue is ever full while max_queued_messages is not set. Set it as well.",
        "queue_full Reject | " + QUEUE_FULL,
        "queue_full reject t/# | " + QUEUE_FULL,
        "queue_full reject topic | " + QUEUE_FULL,
        "queue_full reject topic a b | " + QUEUE_FULL,
        "queue_full reject topic a/#/b | a/#/b is no topic filter.",
        "persistence_max_bytes 16777215 | the log needs at least 16777216 bytes; 0 is for no limit.",
        "persistence_max_bytes 1g | a whole number from 0 to 9223372036854775807 is allowed.",
        "persistence_max_bytes -1 | a whole number from 0 to 9223372036854775807 is allowed.",
      })
  void whatCannotBeHonouredRefusesTheStart(String line, String why) {
    assertEquals("mosquitto.conf:2: %s: %s".formatted(line.strip(), why), refusal("#\n" + line));
  }

  @ParameterizedTest
  @CsvSource({
    "user a, user b, it was set before; to a. It may be set once.",
    "persistence_location /a, persistence_location /b, it was set before; to /a. It may be set"
        + " once.",
    "pid_file /a, pid_file /a, it was set before; to /a. It may be set once.",
    "bind_address ::1, bind_address ::1, it was set before; to ::1. It may be set once.",
    "log_dest file a, log_dest file b, there is a log file already. One is allowed.",
    "allow_anonymous true, per_listener_settings true, it must stand above every option that it"
        + " makes a listener's own.",
  })
  void twoLinesThatDoNotGoTogetherAreRefused(String first, String second, String why) {
    assertEquals(
        "mosquitto.conf:2: %s: %s".formatted(second, why.replace(';', ',')),
        refusal(first + "\n" + second));
  }

  @Test
  void topicAliasesAreTheSameForAllListeners() throws Exception {
    String both = "listener 1\nmax_topic_alias 5\nlistener 2\nmax_topic_alias 5";
    assertEquals(5, read(both).broker().topicAliasMaximum());
    assertEquals(
        "mosquitto.conf:2: max_topic_alias 5: listeners with different numbers are not built yet;"
            + " give all the same.",
        refusal("listener 1\nmax_topic_alias 5\nlistener 2"));
  }

  @ParameterizedTest
  @CsvSource({
    "require_certificate false",
    "protocol mqtt",
    "max_qos 2",
    "max_queued_bytes 0",
    "upgrade_outgoing_qos false",
  })
  void whatAsksForNothingIsNotRefused(String text) throws Exception {
    assertEquals(read("").notices(), read(text).notices());
  }

  @Test
  void optionsThatNeedNothingDoneShareALine() throws Exception {
    Configuration configuration =
        read(
            """
            listener 1
            autosave_interval 300
            persistence true
            autosave_on_changes true
            persistence_file old.db
            set_tcp_nodelay true
            """);
    assertEquals(
        List.of(
            "autosave_interval, autosave_on_changes, persistence_file, persistence: everything is"
                + " saved at once, before it is acknowledged",
            "set_tcp_nodelay: it is always on"),
        configuration.notices());
    assertEquals("old.db", configuration.mosquittoStore());
  }

  @Test
  void persistenceFalseIsHonouredAndSaidLoudly() throws Exception {
    Configuration configuration = read("persistence false");
    assertFalse(configuration.keepsOnDisk());
    assertTrue(configuration.warnings().get(0).startsWith("NOTHING IS KEPT"));
    assertTrue(read("persistence false\npersistence true").keepsOnDisk());
  }

  @Test
  void aQueueLimitIsSaid() throws Exception {
    assertTrue(
        read("max_queued_messages 1000").notices().stream()
            .anyMatch(notice -> notice.startsWith("max_queued_messages 1000:")));
    assertTrue(
        read("max_queued_messages 0").notices().stream()
            .noneMatch(notice -> notice.startsWith("max_queued_messages")));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "-1, 0", "1000, 1000"})
  void aQueueLimitIsOfMessages(String written, long messages) throws Exception {
    assertEquals(
        QueueLimit.of(messages), read("max_queued_messages " + written).broker().queueLimit());
  }

  @Test
  void whatIsDoneWithAFullQueueIsReadInOrder() throws Exception {
    String file =
        """
        queue_full reject topic alarm/#
        queue_full drop-newest client sensor-*
        queue_full drop-oldest topic sensor/#
        queue_full reject # all others
        max_queued_messages 10
        """;
    assertEquals(
        List.of(
            new Rule(Policy.REJECT, new Scope.Topic(TopicFilter.parse("alarm/#").orElseThrow())),
            new Rule(Policy.DROP_NEWEST, new Scope.Owner("sensor-*")),
            new Rule(
                Policy.DROP_OLDEST, new Scope.Topic(TopicFilter.parse("sensor/#").orElseThrow())),
            new Rule(Policy.REJECT, new Scope.Everything())),
        read(file).broker().queueLimit().rules());
  }

  @Test
  void theLogIsChosen() throws Exception {
    LogSettings log =
        read("""
        log_dest none
        log_dest stdout
        log_dest file /tmp/my log
        log_type error
        log_type subscribe
        log_type websockets
        log_timestamp false
        log_timestamp_format %Y-%m-%dT%H:%M:%S
        connection_messages false
        """)
            .log();
    assertEquals(
        List.of(new LogDestination.Stdout(), new LogDestination.ToFile(Path.of("/tmp/my log"))),
        log.destinations());
    assertEquals(EnumSet.of(LogType.ERROR, LogType.SUBSCRIBE), log.types());
    assertFalse(log.hasTimestamp());
    assertTrue(log.timestampFormat().isPresent());
    assertFalse(log.tellsConnections());

    assertEquals(Set.of(), read("log_type all\nlog_type none").log().types());
    assertEquals(List.of(), read("log_dest stderr\nlog_dest none").log().destinations());
    assertTrue(refusal("log_timestamp_format %Q").contains("these conversions are allowed: %a"));
  }

  @Test
  void verboseMeansEveryType() throws Exception {
    Configuration configuration =
        ConfigurationReader.read(
            Optional.of(file("mosquitto.conf", "log_type error")), List.of(), true);
    assertEquals(EnumSet.allOf(LogType.class), configuration.log().types());
  }

  @Test
  void includedFilesAreReadInMosquittosOrder() throws Exception {
    for (String name : List.of(".h", "b", "A", "01", "a", "B", "00", "ab", "aB", "Ab")) {
      file("conf.d/" + name + ".conf", "no_such_option_" + name);
    }
    file("conf.d/.conf", "not read");
    file("conf.d/x.conf.bak", "not read");
    file("conf.d/y.CONF", "not read");
    for (String name : List.of(".h", "00", "01", "A", "Ab", "a", "aB", "ab", "B", "b")) {
      String message = refusal("include_dir " + folder.resolve("conf.d"));
      assertTrue(message.startsWith("conf.d/%s.conf:1: no_such_option_".formatted(name)), message);
      Files.delete(folder.resolve("conf.d/" + name + ".conf"));
    }
    read("include_dir " + folder.resolve("conf.d"));
  }

  @Test
  void anIncludedFileDoesNotSpeakForTheListenerAboveIt() throws Exception {
    file("conf.d/a.conf", "max_connections 3\nlistener 2\nmax_connections 4");
    Configuration configuration =
        read("listener 1\ninclude_dir " + folder.resolve("conf.d") + "\nmax_connections 5");
    assertEquals(List.of("*:1", "*:2", "*:1883"), shown(configuration));
    assertEquals(
        List.of(5, 4, 3),
        configuration.listeners().stream()
            .map(listener -> listener.settings().connectionsMax())
            .toList());
  }

  @Test
  void includesOfIncludedFilesArePassedOverWithAWord() throws Exception {
    file("conf.d/a.conf", "listener 1\ninclude_dir /nowhere");
    assertEquals(
        List.of(
            folder
                + "/conf.d/a.conf:2: include_dir is followed from the main file only, as in"
                + " Mosquitto."),
        read("include_dir " + folder.resolve("conf.d")).notices());
  }

  @Test
  void filesThatCannotBeReadAreNamed() throws Exception {
    assertEquals(
        "mosquitto.conf:1: include_dir /no/such: the folder cannot be read: it does not exist.",
        refusal("include_dir /no/such"));
    Files.createDirectories(folder.resolve("conf.d/x.conf"));
    assertEquals(
        "conf.d/x.conf: a configuration file is needed, not a folder.",
        refusal("include_dir " + folder.resolve("conf.d")));
    Files.write(folder.resolve("latin"), new byte[] {'u', 's', 'e', 'r', ' ', (byte) 0xe4});
    assertEquals(
        folder.resolve("latin") + ": this is not UTF-8 text.",
        assertThrows(
                ConfigurationException.class,
                () ->
                    ConfigurationReader.read(
                        Optional.of(folder.resolve("latin")), List.of(), false))
            .getMessage());
    assertEquals(
        folder.resolve("none") + ": the configuration cannot be read: it does not exist.",
        assertThrows(
                ConfigurationException.class,
                () ->
                    ConfigurationReader.read(Optional.of(folder.resolve("none")), List.of(), false))
            .getMessage());
  }

  @Test
  void linesOfWindowsAndTabsAreRead() throws Exception {
    assertEquals(List.of("*:1884"), shown(read("\r\nlistener\t1884\r\n\r\n# x\r\n")));
  }
}
