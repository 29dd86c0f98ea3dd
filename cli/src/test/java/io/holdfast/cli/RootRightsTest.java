package io.holdfast.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// A broker that root starts with `user nobody`, as the system sees it.
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks into /proc")
@Timeout(60)
class RootRightsTest {
  @TempDir Path folder;
  private Path configuration;
  private int nobody;

  @BeforeEach
  void setUp() throws IOException {
    assumeTrue(new UnixSystem().getUid() == 0, "only root can give up root's rights");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    configuration = folder.resolve("mosquitto.conf");
    Path own = Files.createDirectory(folder.resolve("own"));
    Files.setOwner(
        own, own.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    nobody = owner(own);
  }

  private static int owner(Path file) {
    try {
      return (int) Files.getAttribute(file, "unix:uid");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void configure(String text) throws IOException {
    Files.writeString(configuration, text.replace("OWN", folder + "/own"));
  }

  /// A copy of the program where anybody may read it: a build need not be such a place, and root's
  /// own Maven repository never is.
  private List<String> program() throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path from = Path.of(entry);
      if (Files.exists(from)) {
        Path to = folder.resolve("program").resolve(entries.size() + "-" + from.getFileName());
        copy(from, to);
        entries.add(to.toString());
      }
    }
    return RunningBroker.command(String.join(File.pathSeparator, entries));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
    }
  }

  @Test
  void itRunsAsTheNamedUserWhoOwnsAllThatItMakes() throws Exception {
    configure(
        """
        user nobody
        listener 0 127.0.0.1
        allow_anonymous true
        pid_file OWN/run/holdfast.pid
        log_dest file OWN/log/holdfast.log
        persistence_location OWN/data
        """);
    try (RunningBroker broker =
        RunningBroker.run(program(), "broker", "-c", configuration.toString())) {
      broker.awaitLine("The data are in " + folder + "/own/data");
      List<Path> threads = children(Path.of("/proc/" + broker.pid() + "/task"));
      assertTrue(threads.size() > 5, threads::toString);
      for (Path thread : threads) {
        List<String> status = Files.readAllLines(thread.resolve("status"));
        assertEquals(("Uid:" + ("\t" + nobody).repeat(4)), line(status, "Uid:"));
        assertFalse(line(status, "Gid:").contains("\t0"), status::toString);
        assertFalse((line(status, "Groups:") + " ").contains("\t0 "), status::toString);
        assertTrue(line(status, "CapPrm:").endsWith("\t0000000000000000"), status::toString);
      }
      try (Stream<Path> made = Files.walk(folder.resolve("own"))) {
        List<Path> files = made.toList();
        assertEquals(List.of(), files.stream().filter(file -> owner(file) != nobody).toList());
        for (String name : List.of("run/holdfast.pid", "log/holdfast.log", "data/holdfast.lock")) {
          assertTrue(files.contains(folder.resolve("own").resolve(name)), files::toString);
        }
      }
      broker.terminate();
      assertEquals(0, broker.status());
    }
    assertFalse(Files.exists(folder.resolve("own/run/holdfast.pid")));
    assertTrue(
        Files.readString(folder.resolve("own/log/holdfast.log"))
            .contains("Root's rights are given up: running as nobody."));
  }

  private static List<Path> children(Path parent) throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children.toList();
    }
  }

  private static String line(List<String> status, String key) {
    return status.stream().filter(line -> line.startsWith(key)).findFirst().orElseThrow();
  }

  private void refusesInOneLine(List<String> command, String line) throws Exception {
    try (RunningBroker broker = RunningBroker.run(command, "broker", "-c", "" + configuration)) {
      assertEquals(List.of("holdfast: " + line), broker.awaitEnd());
      assertEquals(1, broker.status());
    }
    assertEquals(List.of(), children(folder.resolve("own")));
  }

  @Test
  void aUserWhoDoesNotExistRefusesTheStart() throws Exception {
    configure("user no-such-user\nlog_dest file OWN/log\npersistence_location OWN/data");
    refusesInOneLine(program(), "user no-such-user: there is no such user.");
  }

  @Test
  void rightsThatCannotBeGivenUpRefuseTheStart() throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
    configure("user nobody\nlog_dest file OWN/log\npersistence_location OWN/data");
    List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set", "-setuid"));
    command.addAll(program());
    refusesInOneLine(
        command, "user nobody: root's rights cannot be given up: setuid: Operation not permitted.");
  }

  @Test
  void aProgramThatTheUserMayNotReadRefusesTheStart() throws Exception {
    configure("user nobody\nlog_dest file OWN/log\npersistence_location OWN/data");
    List<String> command = program();
    Path hidden =
        children(folder.resolve("program")).stream()
            .filter(entry -> entry.toString().endsWith(".jar"))
            .findFirst()
            .orElseThrow();
    Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rwx------"));
    refusesInOneLine(
        command,
        "user nobody: may not read %s, which the broker needs. Put it where that user may, as in /opt."
            .formatted(hidden));
  }

  @Test
  void aPortOfRootsSaysHowToHaveItAllTheSame() throws Exception {
    Path firstFree = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    assumeTrue(
        !Files.exists(firstFree) || Integer.parseInt(Files.readAllLines(firstFree).getFirst()) > 1,
        "port 1 is everybody's here");
    configure("user nobody\nlistener 1 127.0.0.1\nlog_dest none\npersistence_location OWN/data");
    try (RunningBroker broker =
        RunningBroker.run(program(), "broker", "-c", configuration.toString())) {
      broker.awaitLine(
          "holdfast: cannot listen on 127.0.0.1:1: no permission; a port below 1024 takes root's"
              + " rights, or AmbientCapabilities=CAP_NET_BIND_SERVICE beside User= in a systemd"
              + " unit");
      assertEquals(1, broker.status());
    }
  }
}
