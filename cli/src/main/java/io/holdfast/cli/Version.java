package io.holdfast.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// Which Holdfast this is, as the build wrote it down.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"holdfast " + number() + ", Java " + System.getProperty("java.version")};
  }

  static String number() {
    Properties properties = new Properties();
    try (InputStream file = Version.class.getResourceAsStream("version.properties")) {
      if (file != null) {
        properties.load(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "of unknown version");
  }
}
