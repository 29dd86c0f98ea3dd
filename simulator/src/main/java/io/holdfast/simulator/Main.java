package io.holdfast.simulator;

import io.holdfast.simulator.workload.Workload;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Runs seeds, as many or as long as wanted, or shows what happens in one. The one class here that
/// looks at a real clock.
@Command(
    name = "simulator",
    description = "Runs the broker in a world that lies, seed after seed.",
    mixinStandardHelpOptions = true)
final class Main implements Callable<Integer> {
  private static final int BROKEN = 1;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--first",
      paramLabel = "SEED",
      description = "Begin with this seed (default: ${DEFAULT-VALUE}).")
  private long first = 1;

  @Option(
      names = "--seeds",
      paramLabel = "COUNT",
      description = "Run so many seeds (default: ${DEFAULT-VALUE}).")
  private long seeds = Soak.SEEDS_FOR_ALL;

  @Option(names = "--minutes", paramLabel = "MINUTES", description = "Run for so long instead.")
  private double minutes;

  @Option(names = "--go-on", description = "Go on after a seed that failed.")
  private boolean goesOn;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      description = "Run this seed only, and tell its story line by line.")
  private Optional<Long> seed = Optional.empty();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    return seed.isPresent() ? show(seed.get(), out) : soak(out);
  }

  private static int show(long seed, PrintWriter out) {
    try {
      Outcome outcome = Simulation.show(seed, Workload::new, out::println);
      out.println(outcome);
      return 0;
    } catch (RuntimeException | Error broken) {
      broken.printStackTrace(out);
      return BROKEN;
    } finally {
      out.flush();
    }
  }

  private int soak(PrintWriter out) {
    Soak soak = new Soak(Workload::new, System::nanoTime, out);
    long until = System.nanoTime() + (long) (minutes * TimeUnit.MINUTES.toNanos(1));
    soak.run(
        first,
        () ->
            (goesOn || soak.failed().isEmpty())
                && (minutes > 0 ? System.nanoTime() < until : soak.seeds() < seeds));
    soak.table();
    boolean missed = soak.seeds() >= Soak.SEEDS_FOR_ALL && !soak.unreached().isEmpty();
    if (missed) {
      out.println("never came to: " + soak.unreached());
      out.flush();
    }
    return missed || !soak.failed().isEmpty() ? BROKEN : 0;
  }
}
