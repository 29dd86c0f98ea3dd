package io.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The launcher among JDKs and a Maven that only say how they were called.
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher is a shell script")
class LauncherTest {
  private static final Instant BUILT = Instant.parse("2024-01-01T00:00:00Z");
  private static final String TOOLS = "cat find flock grep head mkdir mv readlink rm sed";

  @TempDir Path folder;
  private Path root;
  private Path jvms;
  private Path tools;
  private final Map<String, String> environment = new TreeMap<>();

  private record Run(int status, List<String> output, List<String> errors) {}

  @BeforeEach
  void setUp() throws IOException {
    folder = folder.toRealPath();
    root = Files.createDirectories(folder.resolve("with a blank/holdfast"));
    jvms = Files.createDirectories(folder.resolve("jvm"));
    tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : TOOLS.split(" ", -1)) {
      tool(tool);
    }
    Files.copy(
        Path.of("..", "holdfast"), root.resolve("holdfast"), StandardCopyOption.COPY_ATTRIBUTES);
    old("pom.xml");
    old("core/pom.xml");
    old("core/src/main/java/A.java");
    old("core/src/test/java/ATest.java");
    maven("echo jar > \"$PWD/cli/target/launcher/holdfast-cli.jar\"");
    environment.put("PATH", tools.toString());
    environment.put("HOME", folder.toString());
    environment.put("HOLDFAST_JDK_FOLDERS", jvms.toString());
  }

  /// The tools alone and nothing beside them: the machine's own JDKs and Maven stay out of it.
  private void tool(String tool) throws IOException {
    Path place = Path.of("/usr/bin", tool);
    Path real = Files.exists(place) ? place : Path.of("/bin", tool);
    if (Files.exists(real)) {
      script(tools.resolve(tool), "exec " + real + " \"$@\"");
    }
  }

  private Path old(String name) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, name);
    for (int i = 1; i <= Path.of(name).getNameCount(); i++) {
      touch(root.resolve(Path.of(name).subpath(0, i)), BUILT.minusSeconds(60));
    }
    return file;
  }

  private static void touch(Path path, Instant when) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(when));
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void maven(String does) throws IOException {
    script(tools.resolve("mvn"), "echo \"$JAVA_HOME $*\" >>'" + folder + "/builds'\n" + does);
  }

  private Path jre(String name, String version) throws IOException {
    Path home = jvms.resolve(name);
    script(home.resolve("bin/java"), "printf '%s\\n' \"$0\" \"$@\"");
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nOS=\"y\"\n");
    return home;
  }

  private Path jdk(String name, String version) throws IOException {
    Path home = jre(name, version);
    script(home.resolve("bin/javac"), "");
    return home;
  }

  private void isBuilt() throws IOException {
    Path stamp = root.resolve("cli/target/launcher/built");
    Files.createDirectories(stamp.getParent());
    Files.writeString(stamp, "");
    touch(stamp, BUILT);
  }

  private List<String> builds() throws IOException {
    Path file = folder.resolve("builds");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private Run run(Path launcher, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    Path errors = folder.resolve("errors");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.redirectError(errors.toFile()).start();
    List<String> output = process.inputReader(UTF_8).lines().toList();
    return new Run(process.waitFor(), output, Files.readAllLines(errors));
  }

  private Run run(String... arguments) throws IOException, InterruptedException {
    return run(root.resolve("holdfast"), arguments);
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "a=21.0.1, a",
    "a=17.0.15 b=21.0.1, b",
    "a=21.0.1 b=25 c=22.0.2, b",
    "a=25.0.1 b=26 c=27-ea, a",
    "a=21.0.9 b=21.0.11, a",
    "a=1.8.0_402 b=24.0.1, b",
  })
  void theNewestJdkFrom21To25IsTaken(String jdks, String expected) throws Exception {
    for (String jdk : jdks.split(" ", -1)) {
      jdk(jdk.substring(0, 1), jdk.substring(2));
    }
    isBuilt();
    Run run = run();
    assertEquals(0, run.status(), run::toString);
    assertEquals(jvms.resolve(expected) + "/bin/java", run.output().get(0));
    assertEquals(List.of(), run.errors());
  }

  @Test
  void javaHomeAndThePathAreLookedAtToo() throws Exception {
    isBuilt();
    Path onPath = jdk("on-path", "21");
    Path elsewhere = Files.move(onPath, folder.resolve("elsewhere"));
    Files.createSymbolicLink(tools.resolve("java"), elsewhere.resolve("bin/java"));
    assertEquals(elsewhere + "/bin/java", run().output().get(0));

    Path home = Files.move(jdk("home", "23"), folder.resolve("home"));
    environment.put("JAVA_HOME", home.toString());
    assertEquals(home + "/bin/java", run().output().get(0));

    jdk("newer", "24");
    assertEquals(jvms + "/newer/bin/java", run().output().get(0));
  }

  @Test
  void withoutOneItSaysInOneLineWhatToInstall() throws Exception {
    jdk("a", "17.0.15");
    jdk("b", "26");
    isBuilt();
    Run run = run();
    assertEquals(1, run.status());
    assertEquals(
        List.of(
            "holdfast: a JDK from 21 to 25 is needed (found: 17 in %1$s/a, 26 in %1$s/b). Install one, as with 'apt install openjdk-21-jdk' or from https://adoptium.net, or point JAVA_HOME at it."
                .formatted(jvms)),
        run.errors());
    assertEquals(List.of(), run.output());
  }

  @Test
  void toBuildTakesACompilerAndToRunDoesNot() throws Exception {
    jre("newest", "25");
    jdk("old", "21");
    assertEquals(jvms + "/old/bin/java", run().output().get(0));
    assertEquals(jvms + "/newest/bin/java", run().output().get(0));
    assertEquals(1, builds().size());
  }

  @Test
  void itBuildsOnceOfflineAndQuietly() throws Exception {
    Path home = jdk("a", "25");
    Run first = run("broker");
    assertEquals(
        List.of(
            home
                + " -o -B -q -Dquick -Dmaven.test.skip=true -DbuildFolder=target/launcher -pl cli"
                + " -am package"),
        builds());
    assertEquals(
        List.of(
            "holdfast: building for the first time, which takes a minute ...", "holdfast: built."),
        first.errors());
    assertEquals("broker", first.output().get(first.output().size() - 1));

    assertEquals(List.of(), run("broker").errors());
    assertEquals(1, builds().size());
  }

  @Test
  void itBuildsAgainOnlyWhenASourceIsNewer() throws Exception {
    jdk("a", "25");
    isBuilt();
    touch(root.resolve("core/src/test/java/ATest.java"), BUILT.plusSeconds(1));
    run();
    assertEquals(0, builds().size(), "a test is no source of what runs");

    touch(root.resolve("core/src/main/java/A.java"), BUILT.plusSeconds(1));
    assertTrue(run().errors().contains("holdfast: sources changed, building ..."));
    assertEquals(1, builds().size());

    isBuilt();
    touch(root.resolve("core/src/main/java/A.java"), BUILT.minusSeconds(1));
    touch(root.resolve("core/pom.xml"), BUILT.plusSeconds(1));
    run();
    assertEquals(2, builds().size());

    isBuilt();
    touch(root.resolve("core/pom.xml"), BUILT.minusSeconds(1));
    Files.delete(root.resolve("core/src/main/java/A.java"));
    run();
    assertEquals(3, builds().size(), "what was removed shall not be run any more");
  }

  @Test
  void librariesThatAreMissingAreFetched() throws Exception {
    jdk("a", "25");
    maven("case $1 in -o) echo 'Cannot access central in offline mode'; exit 1 ;; esac");
    Run run = run();
    assertEquals(0, run.status(), run::toString);
    assertEquals(2, builds().size());
    assertTrue(run.errors().contains("holdfast: fetching libraries ..."));
  }

  @Test
  void aBuildThatFailsIsShownAndNothingIsStarted() throws Exception {
    jdk("a", "25");
    maven("echo 'A.java: ; expected'; exit 1");
    Run run = run();
    assertEquals(1, run.status());
    assertTrue(run.errors().contains("A.java: ; expected"), run::toString);
    assertEquals(List.of(), run.output());
    assertEquals(1, builds().size(), "what does not compile offline does not compile online");

    maven("true");
    assertEquals(0, run().status(), "the next start tries again");
  }

  @Test
  void withoutMavenItSaysSo() throws Exception {
    jdk("a", "25");
    Files.delete(tools.resolve("mvn"));
    Run run = run();
    assertEquals(1, run.status());
    assertEquals(
        List.of("holdfast: Maven is needed to build it. Install it, as with 'apt install maven'."),
        run.errors());
  }

  @Test
  void itWorksThroughLinksAndFromAnywhere() throws Exception {
    jdk("a", "25");
    isBuilt();
    Path link = Files.createSymbolicLink(folder.resolve("link"), root.resolve("holdfast"));
    Files.createDirectories(folder.resolve("bin"));
    Path second = Files.createSymbolicLink(folder.resolve("bin/holdfast"), Path.of("..", "link"));
    assertTrue(Files.exists(second, LinkOption.NOFOLLOW_LINKS));
    String classPath =
        "%1$s/cli/target/launcher/holdfast-cli.jar:%1$s/cli/target/launcher/lib/*".formatted(root);
    for (Path launcher : List.of(link, second)) {
      Run run = run(launcher, "broker", "-c", "a b");
      assertEquals(
          List.of("-cp", classPath, "io.holdfast.cli.Main", "broker", "-c", "a b"),
          run.output().subList(run.output().size() - 6, run.output().size()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "21, false, false",
    "22, false, false",
    "23, true, false",
    "24, true, true",
    "25.0.1, true, true"
  })
  void theFlagsFitTheVersion(String version, boolean hasUnsafeFlag, boolean hasCompactHeaders)
      throws Exception {
    jdk("a", version);
    isBuilt();
    List<String> output = run().output();
    assertEquals(hasUnsafeFlag, output.contains("--sun-misc-unsafe-memory-access=allow"));
    assertEquals(hasCompactHeaders, output.contains("-XX:+UseCompactObjectHeaders"));
    assertTrue(output.contains("-XX:+UseSerialGC"));
    assertFalse(output.stream().anyMatch(flag -> flag.startsWith("-Xmx")));
  }

  @Test
  void flagsOfTheUserComeLast() throws Exception {
    jdk("a", "25");
    isBuilt();
    environment.put("HOLDFAST_JAVA_OPTS", "-Xmx64m -Dx=*");
    List<String> output = run().output();
    int classPath = output.indexOf("-cp");
    assertEquals(List.of("-Xmx64m", "-Dx=*"), output.subList(classPath - 2, classPath));
  }

  /// A Java that makes the file it is asked for, and shows its flags.
  private void jdkThatRemembers(String version) throws IOException {
    script(
        jdk("a", version).resolve("bin/java"),
        """
        for flag; do
          case $flag in -XX:AOTCacheOutput=*) echo cache >"${flag#*=}" ;; esac
          printf '%s\\n' "$flag"
        done\
        """);
  }

  @Test
  void java25RemembersWhatStartsFasterFromTheBuildOn() throws Exception {
    jdkThatRemembers("25.0.1");
    Path cache = root.resolve("cli/target/launcher/java.aot");
    for (int start = 0; start < 2; start++) {
      List<String> output = run("broker").output();
      assertTrue(output.contains("-XX:AOTCache=" + cache), output::toString);
      assertTrue(output.contains("-Xlog:aot=off"), "nothing is said where it is of no use");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Xshare:off", "-XX:SharedArchiveFile=x", "-XX:AOTMode=off"})
  void whatJavaRefusesBesideIsLeftOut(String option) throws Exception {
    jdkThatRemembers("25");
    environment.put("HOLDFAST_JAVA_OPTS", option);
    List<String> output = run("broker").output();
    assertFalse(output.stream().anyMatch(flag -> flag.startsWith("-XX:AOTCache")));
    assertTrue(output.contains(option));
  }

  @Test
  void anOlderJavaRemembersNothing() throws Exception {
    jdkThatRemembers("24");
    Run start = run("broker");
    assertFalse(start.output().stream().anyMatch(flag -> flag.contains("AOT")));
    assertEquals("holdfast: built.", start.errors().getLast());
  }

  @Test
  void aBuildIsOfUseThoughJavaCannotRemember() throws Exception {
    script(
        jdk("a", "25").resolve("bin/java"),
        """
        for flag; do
          case $flag in -XX:AOTCacheOutput=*) echo half >"${flag#*=}"; exit 1 ;; esac
          printf '%s\\n' "$flag"
        done\
        """);
    Run start = run("broker");
    assertTrue(start.errors().get(1).startsWith("holdfast: starts will take longer"));
    assertFalse(start.output().stream().anyMatch(flag -> flag.contains("AOT")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "USR1"})
  void aSignalMeantForMosquittoDoesNotEndIt(String signal) throws Exception {
    Path home = jdk("a", "25");
    script(home.resolve("bin/java"), "kill -%s $$; echo lives".formatted(signal));
    isBuilt();
    assertEquals(List.of("lives"), run().output());
  }
}
