package io.holdfast.cli.prove;

/// What came of the messages of one QoS. A message counts once, however many consumers it was for.
///
/// @param acknowledged whose publisher saw PUBACK or PUBREC
/// @param delivered which came to every consumer, acknowledged or not
/// @param lost acknowledged, and missing at a consumer at least
/// @param duplicated how often one came as a new message that may not
/// @param outOfOrder how often one came for the first time after a later one of its publisher
public record Tally(
    long acknowledged, long delivered, long lost, long duplicated, long outOfOrder) {
  public static final Tally NONE = new Tally(0, 0, 0, 0, 0);

  public Tally plus(Tally other) {
    return new Tally(
        acknowledged + other.acknowledged,
        delivered + other.delivered,
        lost + other.lost,
        duplicated + other.duplicated,
        outOfOrder + other.outOfOrder);
  }

  public boolean isClean() {
    return lost == 0 && duplicated == 0 && outOfOrder == 0;
  }
}
