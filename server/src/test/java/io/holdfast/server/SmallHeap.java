package io.holdfast.server;

import java.nio.file.Path;

/// A broker as a process of its own: says its port, and ends when its standard input does.
final class SmallHeap {
  private SmallHeap() {}

  public static void main(String[] arguments) throws Exception {
    try (Holdfast broker = Holdfast.start(Path.of(arguments[0]))) {
      System.out.println(broker.port());
      Thread.ofVirtual().start(() -> System.exit(broker.awaitStop()));
      while (System.in.read() >= 0) {}
    }
  }
}
