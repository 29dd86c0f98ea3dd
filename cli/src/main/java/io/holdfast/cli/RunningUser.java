package io.holdfast.cli;

import com.sun.security.auth.module.UnixSystem;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Whom the broker runs as: whoever started it or, where that was root, the user whom the
/// configuration names, as in Mosquitto.
///
/// @param isRoot whether it runs with root's rights
/// @param became for whom these were given up
record RunningUser(boolean isRoot, Optional<UnixUser> became) {

  /// Gives up root's rights where that is wanted. To be called when the configuration has been
  /// read, and before anything is opened or made: what the broker has shall be that user's, and in
  /// a folder of that user's root would follow any link that was laid out there.
  static RunningUser settle(Optional<String> wanted) throws RunningUserException {
    boolean isRoot = startedAsRoot();
    Optional<String> other = toBecome(isRoot, wanted);
    if (other.isEmpty()) {
      return new RunningUser(isRoot, Optional.empty());
    }
    // Looked up before: what is out of reach later cannot be told from what never was there.
    List<Path> needed = program();
    UnixUser user = RootRights.giveUpFor(other.get());
    checkReadable(needed, user);
    return new RunningUser(user.uid() == 0, Optional.of(user));
  }

  private static boolean startedAsRoot() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return !system.startsWith("windows") && new UnixSystem().getUid() == 0;
  }

  static Optional<String> toBecome(boolean isRoot, Optional<String> wanted) {
    return isRoot ? wanted.filter(name -> !name.equals("root")) : Optional.empty();
  }

  /// Java's own files and ours.
  private static List<Path> program() {
    String[] classPath =
        System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1);
    Path java = Path.of(System.getProperty("java.home"), "lib");
    return Stream.concat(Stream.of(java), Stream.of(classPath).map(Path::of))
        .filter(Files::exists)
        .toList();
  }

  /// Java reads most files when it comes to need them. One that is out of reach would be missed
  /// then, and the broker would end in the middle of its work.
  private static void checkReadable(List<Path> needed, UnixUser user) throws RunningUserException {
    for (Path file : needed) {
      if (!Files.isReadable(file)) {
        throw new RunningUserException(
            user.name(),
            "may not read %s, which the broker needs. Put it where that user may, as in /opt."
                .formatted(file));
      }
    }
  }

  /// @param wanted whom the configuration names
  Optional<String> remark(Optional<String> wanted) {
    if (!isRoot && became.isPresent()) {
      return Optional.of(
          "Root's rights are given up: running as %s.".formatted(became.get().name()));
    }
    return isRoot && wanted.isEmpty()
        ? Optional.of("Running as root. `user NAME` in the configuration gives that up.")
        : Optional.empty();
  }

  /// Below which home the data may be. Java's own property names that of whoever started it.
  Path home() {
    return became.map(UnixUser::home).orElse(Path.of(System.getProperty("user.home")));
  }

  /// The variables that name folders of this user. Those of root are not this user's.
  Map<String, String> environment() {
    return became.isPresent() ? Map.of() : System.getenv();
  }
}
