package io.holdfast.cli.prove;

/// Is told how far a trial is.
interface Progress {
  /// `done` of `all` steps are done, and now it does `what`.
  void step(int done, int all, String what);
}
