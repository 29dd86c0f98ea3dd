package io.holdfast.cli.prove;

/// The broker under test does not do what it has to: it does not start, or it has ended by itself.
public final class BrokerException extends Exception {
  private static final long serialVersionUID = 1;

  BrokerException(String what) {
    super(what);
  }
}
