package io.holdfast.log;

/// Records that `Log.find` came upon, in the order of their positions.
///
/// @param keys what each was found by
/// @param tags the second and third byte of each
/// @param until all before this position was looked at; more may follow behind
public record Found(long[] positions, int[] keys, short[] tags, long until) {
  public int count() {
    return positions.length;
  }
}
