package io.holdfast.log;

import java.util.stream.IntStream;

/// Records that `Log.find` came upon, in the order of their positions.
///
/// @param keys what each was found by
/// @param tags the second and third byte of each
/// @param until all before this position was looked at; more may follow behind
public record Found(long[] positions, int[] keys, short[] tags, long until) {
  public int count() {
    return positions.length;
  }

  /// The same but for what lies from `from` on and before `to`.
  Found without(long from, long to) {
    int[] kept =
        IntStream.range(0, count())
            .filter(i -> positions[i] < from || positions[i] >= to)
            .toArray();
    short[] keptTags = new short[kept.length];
    for (int i = 0; i < kept.length; i++) {
      keptTags[i] = tags[kept[i]];
    }
    return new Found(
        IntStream.of(kept).mapToLong(i -> positions[i]).toArray(),
        IntStream.of(kept).map(i -> keys[i]).toArray(),
        keptTags,
        until);
  }
}
