package io.holdfast.server.config;

import io.holdfast.core.BrokerSettings;
import io.holdfast.core.ListenerSettings;
import io.holdfast.server.config.ListenerDraft.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The options about listeners, as far as they were read.
///
/// As in Mosquitto an option belongs to the `listener` above it in the same file, or to the default
/// listener where there is none above it. `per_listener_settings` says whether that holds for
/// `allow_anonymous`, `allow_zero_length_clientid` and `auto_id_prefix` too.
final class ListenersDraft {
  private static final int TOPIC_ALIASES = BrokerSettings.defaults().topicAliasMaximum();

  private final ListenerDraft byDefault = draft(Configuration.DEFAULT_PORT, Optional.empty());
  private final List<ListenerDraft> named = new ArrayList<>();
  private final Access shared = new Access();
  private ListenerDraft current = byDefault;
  private ListenerDraft currentOfMainFile = byDefault;
  private boolean isDefaultAskedFor;
  private boolean isPerListener;
  private boolean isAccessGiven;

  private static ListenerDraft draft(int port, Optional<String> host) {
    return new ListenerDraft(port, host, TOPIC_ALIASES);
  }

  void beginIncludedFile() {
    currentOfMainFile = current;
    current = byDefault;
  }

  void endIncludedFile() {
    current = currentOfMainFile;
  }

  void listener(ConfigurationLine line) throws ConfigurationException {
    List<String> words = line.words();
    if (words.size() > 2) {
      throw line.error("`listener PORT` or `listener PORT ADDRESS` is allowed.");
    }
    int port = line.port(words.get(0));
    Optional<String> host = words.size() > 1 ? Optional.of(words.get(1)) : Optional.empty();
    if (port == 0 && host.isPresent() && looksLikeAPath(host.get())) {
      throw line.error("listening on a Unix socket is not built yet.");
    }
    current = draft(port, host);
    named.add(current);
  }

  private static boolean looksLikeAPath(String host) {
    return host.contains("/") || host.endsWith(".sock") || host.endsWith(".socket");
  }

  void port(ConfigurationLine line) throws ConfigurationException {
    byDefault.port = line.port();
    isDefaultAskedFor = true;
  }

  void bindAddress(ConfigurationLine line) throws ConfigurationException {
    byDefault.host = line.textOnce(byDefault.host);
    isDefaultAskedFor = true;
  }

  void maxConnections(ConfigurationLine line) throws ConfigurationException {
    long limit = line.limit(Integer.MAX_VALUE);
    current.connectionsMax = limit == 0 ? -1 : (int) limit;
    current.callUp(line);
  }

  void maxTopicAlias(ConfigurationLine line) throws ConfigurationException {
    current.topicAliasMaximum = (int) line.number(0, 65535);
    current.topicAliasLine = Optional.of(line);
  }

  void allowAnonymous(ConfigurationLine line) throws ConfigurationException {
    access().allowAnonymous = Optional.of(line.flag());
  }

  void allowZeroLengthClientId(ConfigurationLine line) throws ConfigurationException {
    access().allowZeroLengthClientId = line.flag();
    if (isPerListener) {
      current.callUp(line);
    }
  }

  void autoIdPrefix(ConfigurationLine line) throws ConfigurationException {
    Access access = access();
    access.autoIdPrefix = line.textOnce(access.autoIdPrefix);
  }

  private Access access() {
    isAccessGiven = true;
    return isPerListener ? current.access : shared;
  }

  /// Once on it stays on, and what stood above it would be nobody's.
  void perListenerSettings(ConfigurationLine line) throws ConfigurationException {
    boolean wanted = line.flag();
    if (wanted && !isPerListener && isAccessGiven) {
      throw line.error("it must stand above every option that it makes a listener's own.");
    }
    isPerListener |= wanted;
  }

  /// Whether nobody asked for a port: then only this machine's clients may come, whoever they are.
  private boolean isLocalOnly() {
    return named.isEmpty() && !isDefaultAskedFor;
  }

  private List<ListenerDraft> drafts() {
    List<ListenerDraft> drafts = new ArrayList<>(named);
    if (isDefaultAskedFor || byDefault.calledUpBy.isPresent() || named.isEmpty()) {
      drafts.add(byDefault);
    }
    return drafts;
  }

  /// @param ports from the command line
  List<Listener> finish(List<Integer> ports, Remarks remarks) {
    List<Listener> listeners = new ArrayList<>();
    for (ListenerDraft draft : drafts()) {
      Access access = isPerListener ? draft.access : shared;
      ListenerSettings settings = draft.settings(access, isLocalOnly());
      if (isLocalOnly()) {
        addLocal(listeners, ports.isEmpty() ? List.of(draft.port) : ports, settings);
      } else {
        listeners.add(new Listener(draft.host, draft.port, true, settings));
      }
    }
    remark(ports, remarks);
    warnOfClosedDoors(listeners, remarks);
    return listeners;
  }

  private static void addLocal(
      List<Listener> listeners, List<Integer> ports, ListenerSettings settings) {
    for (int port : ports) {
      listeners.add(new Listener(Optional.of("127.0.0.1"), port, true, settings));
      if (port != 0) {
        listeners.add(new Listener(Optional.of("::1"), port, false, settings));
      }
    }
  }

  /// One for the whole broker, though Mosquitto has one for each listener.
  int topicAliasMaximum() throws ConfigurationException {
    List<ListenerDraft> drafts = drafts();
    int maximum = drafts.get(0).topicAliasMaximum;
    for (ListenerDraft draft : drafts) {
      if (draft.topicAliasMaximum != maximum) {
        ConfigurationLine line =
            draft.topicAliasLine.or(() -> drafts.get(0).topicAliasLine).orElseThrow();
        throw line.error("listeners with different numbers are not built yet; give all the same.");
      }
    }
    return maximum;
  }

  private void remark(List<Integer> ports, Remarks remarks) {
    if (isLocalOnly()) {
      remarks.say(
          "No listener is configured, so only clients on this machine can connect. `listener %d` in"
                  .formatted(Configuration.DEFAULT_PORT)
              + " a configuration file lets others in.");
      return;
    }
    if (!isDefaultAskedFor && byDefault.calledUpBy.isPresent()) {
      ConfigurationLine line = byDefault.calledUpBy.get();
      remarks.say(
          "%s: %s stands above every listener: as in Mosquitto it makes one on port %d."
              .formatted(line.place(), line.option(), Configuration.DEFAULT_PORT));
    }
    if (!ports.isEmpty()) {
      remarks.say("The configuration names its listeners, so -p is passed over.");
    }
  }

  private static void warnOfClosedDoors(List<Listener> listeners, Remarks remarks) {
    for (Listener listener : listeners) {
      if (!listener.settings().allowAnonymous() && listener.isRequired()) {
        remarks.warn(
            "Nobody can connect to %s: `allow_anonymous true` is not set there, and users with"
                    .formatted(listener.shown())
                + " passwords are not built yet.");
      }
    }
  }
}
