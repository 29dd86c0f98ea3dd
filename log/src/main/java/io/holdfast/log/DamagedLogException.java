package io.holdfast.log;

import java.io.IOException;

/// Something that was durable once cannot be read: recovery cannot go on without guessing.
public final class DamagedLogException extends IOException {
  private static final long serialVersionUID = 1;

  public DamagedLogException(String message) {
    super(message);
  }
}
