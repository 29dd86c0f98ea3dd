package io.holdfast.simulator;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.FileAlreadyExistsException;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// All chance and all time in a simulated world come from its seed.
class SimulatorArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.holdfast.simulator");

  @Test
  void noRealTimePassesButInMain() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.holdfast.simulator.Main")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat(resideInAnyPackage("java.time.."))
        .check(CLASSES);
  }

  @Test
  void noChanceComesFromOutside() {
    noClasses()
        .should()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callMethod(System.class, "identityHashCode", Object.class)
        .check(CLASSES);
  }

  @Test
  void nothingRunsBesideIt() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.util.concurrent.atomic..", "java.util.concurrent.locks.."))
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .check(CLASSES);
  }

  @Test
  void noRealFileIsTouched() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..")
                .and(
                    com.tngtech.archunit.base.DescribedPredicate.not(
                        com.tngtech.archunit.core.domain.JavaClass.Predicates.type(
                            FileAlreadyExistsException.class))))
        .check(CLASSES);
  }

  @Test
  void clientsAndCheckersKnowOfTheWorldWhatItsInterfaceSays() {
    noClasses()
        .that()
        .resideInAnyPackage("io.holdfast.simulator.workload", "io.holdfast.simulator.checker")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.holdfast.simulator")
        .check(CLASSES);
  }
}
