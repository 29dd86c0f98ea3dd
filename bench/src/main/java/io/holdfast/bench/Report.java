package io.holdfast.bench;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/// What a run found: for people in a few lines, for scripts in one line of `key=value`.
///
/// @param idleSeconds how long it took to make what only lies there
record Report(Workload workload, double idleSeconds, Measured measured, Checked checked) {

  /// What happened in the measured time.
  record Measured(Moment start, Moment end, Tally tally) {
    double acknowledgedPerSecond() {
      return tally.acknowledged().getTotalCount() / start.secondsUntil(end);
    }

    double deliveredPerSecond() {
      return tally.delivered().getTotalCount() / start.secondsUntil(end);
    }

    double ownCpuMicros() {
      return perMessageMicros((double) (end.ownCpuNanos() - start.ownCpuNanos()));
    }

    /// Not a number where the broker's process is not known.
    double brokerCpuMicros() {
      return perMessageMicros(start.brokerCpuNanosUntil(end));
    }

    /// What the broker wrote to disks for each acknowledged message. Not a number where the
    /// broker's process is not known.
    double writtenBytes() {
      return start.writtenBytesUntil(end) / Math.max(1, tally.acknowledged().getTotalCount());
    }

    double otherCores() {
      return start.otherCoresUntil(end);
    }

    private double perMessageMicros(double nanos) {
      return nanos / 1e3 / Math.max(1, tally.acknowledged().getTotalCount());
    }
  }

  /// What became of everything that was sent, the warm-up included.
  record Checked(
      long acknowledged, long unacknowledged, long lost, long duplicated, long reordered) {
    boolean isClean() {
      return unacknowledged == 0 && lost == 0 && duplicated == 0 && reordered == 0;
    }

    String forScripts() {
      return "acked=%d unacked=%d lost=%d duplicated=%d reordered=%d"
          .formatted(acknowledged, unacknowledged, lost, duplicated, reordered);
    }
  }

  String forPeople() {
    String idle =
        workload.idleSubscriptions() + workload.idleSessions() + workload.retainedMessages() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                ", %,d idle subscriptions, %,d idle sessions, %,d retained messages made in %.1f s",
                workload.idleSubscriptions(),
                workload.idleSessions(),
                workload.retainedMessages(),
                idleSeconds);
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
        measured.acknowledgedPerSecond(),
        latencies(measured.tally().acknowledged()),
        measured.deliveredPerSecond(),
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
            + " generator_cpu_us=%.3f other_cores=%.3f written_bytes=%.1f idle_s=%.3f %s",
        measured.acknowledgedPerSecond(),
        measured.deliveredPerSecond(),
        micros("ack", acknowledged),
        micros("e2e", delivered),
        measured.brokerCpuMicros(),
        measured.ownCpuMicros(),
        measured.otherCores(),
        measured.writtenBytes(),
        idleSeconds,
        checked.forScripts());
  }

  private String cpu() {
    String own =
        String.format(Locale.ROOT, "generator %.2f us per message", measured.ownCpuMicros());
    return Double.isNaN(measured.brokerCpuMicros())
        ? own
        : String.format(
            Locale.ROOT,
            "broker %.2f us, %s; others on this machine %.2f cores; %.0f bytes written per message",
            measured.brokerCpuMicros(),
            own,
            measured.otherCores(),
            measured.writtenBytes());
  }

  private static String latencies(Histogram nanos) {
    return String.format(
        Locale.ROOT,
        "p50 %.3f ms   p99 %.3f ms   max %.3f ms",
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(99) / 1e6,
        nanos.getMaxValue() / 1e6);
  }

  static String micros(String what, Histogram nanos) {
    return String.format(
        Locale.ROOT,
        "%1$s_p50_us=%2$.1f %1$s_p99_us=%3$.1f %1$s_max_us=%4$.1f",
        what,
        nanos.getValueAtPercentile(50) / 1e3,
        nanos.getValueAtPercentile(99) / 1e3,
        nanos.getMaxValue() / 1e3);
  }
}
