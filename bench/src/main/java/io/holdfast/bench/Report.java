package io.holdfast.bench;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/// What a run found: for people in a few lines, for scripts in one line of `key=value`.
record Report(Workload workload, Measured measured, Checked checked) {

  /// What happened in the measured time.
  record Measured(Moment start, Moment end, Tally tally) {
    double perSecond(Histogram events) {
      return events.getTotalCount() * 1e9 / (end.nanos() - start.nanos());
    }

    double ownCpuMicros() {
      return perMessageMicros(end.ownCpuNanos() - start.ownCpuNanos());
    }

    /// Not a number where the broker's process is not known.
    double brokerCpuMicros() {
      return end.brokerCpuNanos().isPresent() ? perMessageMicros(brokerCpuNanos()) : Double.NaN;
    }

    /// How many cores worked for neither the broker nor the generator: above a few hundredths, the
    /// figures are not to be trusted. Not a number where the broker's process is not known.
    double otherCores() {
      long all = end.machineCpuNanos() - start.machineCpuNanos();
      long known = end.ownCpuNanos() - start.ownCpuNanos() + brokerCpuNanos();
      return end.brokerCpuNanos().isPresent()
          ? (double) (all - known) / (end.nanos() - start.nanos())
          : Double.NaN;
    }

    private long brokerCpuNanos() {
      return end.brokerCpuNanos().orElse(0) - start.brokerCpuNanos().orElse(0);
    }

    private double perMessageMicros(long nanos) {
      return nanos / 1e3 / Math.max(1, tally.acknowledged().getTotalCount());
    }
  }

  /// What became of everything that was sent, the warm-up included.
  record Checked(
      long acknowledged, long unacknowledged, long lost, long duplicated, long reordered) {
    boolean isClean() {
      return unacknowledged == 0 && lost == 0 && duplicated == 0 && reordered == 0;
    }
  }

  String forPeople() {
    String idle =
        workload.idleSubscriptions() + workload.idleSessions() == 0
            ? ""
            : ", %,d idle subscriptions, %,d idle sessions"
                .formatted(workload.idleSubscriptions(), workload.idleSessions());
    return String.format(
        Locale.ROOT,
        """
        MQTT %s, %,d publishers with a window of %,d, %,d bytes, %,d durable subscribers%s
        acknowledged  %,9.0f msg/s   %s
        delivered     %,9.0f msg/s   %s
        CPU           %s
        checked       %,d acknowledged: %,d lost, %,d duplicated, %,d reordered%s
        """,
        workload.version(),
        workload.publishers(),
        workload.window(),
        workload.payloadBytes(),
        workload.subscribers(),
        idle,
        measured.perSecond(measured.tally().acknowledged()),
        latencies(measured.tally().acknowledged()),
        measured.perSecond(measured.tally().delivered()),
        latencies(measured.tally().delivered()),
        cpu(),
        checked.acknowledged(),
        checked.lost(),
        checked.duplicated(),
        checked.reordered(),
        checked.unacknowledged() == 0
            ? ""
            : String.format(
                Locale.ROOT, "; %,d were never acknowledged", checked.unacknowledged()));
  }

  String forScripts() {
    Histogram acknowledged = measured.tally().acknowledged();
    Histogram delivered = measured.tally().delivered();
    return String.format(
        Locale.ROOT,
        "result acked_per_s=%.1f delivered_per_s=%.1f %s %s broker_cpu_us=%.3f"
            + " generator_cpu_us=%.3f other_cores=%.3f acked=%d unacked=%d lost=%d duplicated=%d"
            + " reordered=%d",
        measured.perSecond(acknowledged),
        measured.perSecond(delivered),
        micros("ack", acknowledged),
        micros("e2e", delivered),
        measured.brokerCpuMicros(),
        measured.ownCpuMicros(),
        measured.otherCores(),
        checked.acknowledged(),
        checked.unacknowledged(),
        checked.lost(),
        checked.duplicated(),
        checked.reordered());
  }

  private String cpu() {
    String own =
        String.format(Locale.ROOT, "generator %.2f us per message", measured.ownCpuMicros());
    return Double.isNaN(measured.brokerCpuMicros())
        ? own
        : String.format(
            Locale.ROOT,
            "broker %.2f us, %s; others on this machine %.2f cores",
            measured.brokerCpuMicros(),
            own,
            measured.otherCores());
  }

  private static String latencies(Histogram nanos) {
    return String.format(
        Locale.ROOT,
        "p50 %.3f ms   p99 %.3f ms   max %.3f ms",
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(99) / 1e6,
        nanos.getMaxValue() / 1e6);
  }

  private static String micros(String what, Histogram nanos) {
    return String.format(
        Locale.ROOT,
        "%1$s_p50_us=%2$.1f %1$s_p99_us=%3$.1f %1$s_max_us=%4$.1f",
        what,
        nanos.getValueAtPercentile(50) / 1e3,
        nanos.getValueAtPercentile(99) / 1e3,
        nanos.getMaxValue() / 1e3);
  }
}
