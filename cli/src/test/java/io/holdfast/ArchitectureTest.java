package io.holdfast;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The rooms and the arrows between them, which point one way only; and a core that never asks.
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.holdfast");

  @Test
  void roomsKnowOnlyTheRoomsThatTheyStandOn() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("protocol")
        .definedBy("io.holdfast.protocol..")
        .layer("log")
        .definedBy("io.holdfast.log..")
        .layer("core")
        .definedBy("io.holdfast.core..")
        .layer("server")
        .definedBy("io.holdfast.server..")
        .layer("cli")
        .definedBy("io.holdfast.cli..")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("server")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("core")
        .mayOnlyBeAccessedByLayers("server", "cli")
        .whereLayer("log")
        .mayOnlyBeAccessedByLayers("core", "server")
        .whereLayer("protocol")
        .mayOnlyBeAccessedByLayers("core", "server", "cli")
        .check(CLASSES);
  }

  @Test
  void packagesOfARoomDoNotGoInCircles() {
    SlicesRuleDefinition.slices()
        .matching("io.holdfast.(protocol|log|server).(*)..")
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void theCoreTouchesNothingThatItIsNotTold() {
    noClasses()
        .that()
        .resideInAPackage("io.holdfast.core..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.io..",
                    "java.net..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "java.util.concurrent..",
                    "java.util.logging..",
                    "org.slf4j..",
                    "io.netty..",
                    "io.holdfast.log.disk..")
                // RoaringBitmap reads itself from memory with a method that declares it
                .and(not(type(IOException.class))))
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage("io.holdfast.core..")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .check(CLASSES);
  }

  @Test
  void protocolAndLogKnowTheJdkOnly() {
    noClasses()
        .that()
        .resideInAnyPackage("io.holdfast.protocol..", "io.holdfast.log..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages(
            "java..", "io.holdfast.protocol..", "io.holdfast.log..", "org.jspecify..")
        .check(CLASSES);
  }
}
