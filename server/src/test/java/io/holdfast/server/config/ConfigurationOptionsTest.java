package io.holdfast.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.server.config.ConfigurationOption.Treatment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfigurationOptionsTest {
  /// The names in the sections of mosquitto.conf(5), version 2.0.
  private static final String MANUAL =
      """
      acl_file allow_anonymous allow_duplicate_messages allow_zero_length_clientid auth_opt_x
      auth_plugin auth_plugin_deny_special_chars auto_id_prefix autosave_interval
      autosave_on_changes check_retain_source clientid_prefixes connection_messages include_dir
      log_dest log_facility log_timestamp log_timestamp_format log_type max_inflight_bytes
      max_inflight_messages max_keepalive max_packet_size max_queued_bytes max_queued_messages
      memory_limit message_size_limit password_file per_listener_settings persistence
      persistence_file persistence_location persistent_client_expiration pid_file psk_file
      queue_qos0_messages retain_available set_tcp_nodelay sys_interval upgrade_outgoing_qos user
      bind_address bind_interface http_dir listener max_connections max_qos max_topic_alias
      mount_point port protocol socket_domain use_username_as_clientid websockets_log_level
      websockets_headers_size cafile capath certfile ciphers ciphers_tls1.3 crlfile dhparamfile
      keyfile require_certificate tls_engine tls_engine_kpass_sha1 tls_keyform tls_version
      use_identity_as_username use_subject_as_username psk_hint address addresses
      bridge_attempt_unsubscribe bridge_bind_address bridge_max_packet_size bridge_outgoing_retain
      bridge_protocol_version cleansession local_cleansession connection keepalive_interval
      idle_timeout local_clientid local_password local_username notifications
      notifications_local_only notification_topic remote_clientid remote_password remote_username
      restart_timeout round_robin start_type threshold topic try_private bridge_alpn bridge_cafile
      bridge_capath bridge_certfile bridge_identity bridge_insecure bridge_keyfile bridge_psk
      bridge_require_ocsp bridge_tls_version plugin plugin_opt_x retained_persistence maximum_qos
      retry_interval clientid username password
      """;

  @Test
  void everyOptionOfTheManualIsInTheTable() {
    for (String name : MANUAL.split("\\s+", -1)) {
      if (!name.isEmpty()) {
        assertTrue(ConfigurationOptions.named(name).isPresent(), name);
      }
    }
  }

  @Test
  void noOptionIsInTheTableTwice() {
    Set<String> names = new HashSet<>();
    for (ConfigurationOption option : ConfigurationOptions.ALL) {
      assertTrue(names.add(option.name()), option.name());
    }
  }

  /// A row of the documentation is "| `option`, `option` | works | ...".
  @Test
  void theDocumentationSaysOfEachOptionWhatTheTableSays() throws Exception {
    Map<String, String> documented = new TreeMap<>();
    Path page = Path.of("..", "docs", "configuration.md");
    Pattern row = Pattern.compile("\\| (`.*?`) \\| (works|accepted|refused)\\b.*");
    for (String line : Files.readAllLines(page)) {
      row.matcher(line)
          .results()
          .forEach(found -> names(found).forEach(name -> documented.put(name, found.group(2))));
    }
    assertEquals(
        ConfigurationOptions.ALL.stream()
            .collect(
                Collectors.toMap(
                    ConfigurationOption::name, option -> word(option), (a, b) -> a, TreeMap::new)),
        documented);
  }

  private static List<String> names(MatchResult row) {
    return Pattern.compile("`([^`]+)`")
        .matcher(row.group(1))
        .results()
        .map(name -> name.group(1))
        .toList();
  }

  private static String word(ConfigurationOption option) {
    return switch (option.treatment()) {
      case Treatment.Works works -> "works";
      case Treatment.Accepted accepted -> "accepted";
      case Treatment.Refused refused -> "refused";
    };
  }
}
