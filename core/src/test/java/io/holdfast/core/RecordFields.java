package io.holdfast.core;

import io.holdfast.core.record.LogRecord;
import io.holdfast.protocol.Bytes;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeSet;

/// Records field by field, as text, whatever fields there are; and which faces their fields showed.
///
/// A face is what the bytes look different for: each kind of record, each constant of an enum, each
/// boolean both ways, each optional there and not there, each list and array with something in it.
final class RecordFields {
  private final SortedSet<String> seen = new TreeSet<>();

  /// The faces of all records told so far.
  SortedSet<String> seen() {
    return seen;
  }

  String of(LogRecord record) {
    return value(record, "");
  }

  private String value(Object value, String place) {
    return switch (value) {
      case Record record -> fields(record);
      case Bytes bytes -> quoted(bytes.toArray());
      case String text -> quoted(Bytes.utf8(text).toArray());
      case Boolean yes -> {
        seen.add(place + " " + yes);
        yield yes.toString();
      }
      case Enum<?> constant -> {
        seen.add(face(constant));
        yield constant.name();
      }
      case Optional<?> optional -> {
        seen.add(place + (optional.isPresent() ? " there" : " not there"));
        yield optional.isPresent() ? value(optional.get(), place) : "-";
      }
      case List<?> list -> {
        filled(place, list.size());
        StringJoiner items = new StringJoiner(", ", "[", "]");
        list.forEach(item -> items.add(value(item, place)));
        yield items.toString();
      }
      case long[] numbers -> {
        filled(place, numbers.length);
        yield Arrays.toString(numbers);
      }
      case int[] numbers -> {
        filled(place, numbers.length);
        yield Arrays.toString(numbers);
      }
      default -> value.toString();
    };
  }

  private String fields(Record record) {
    Class<?> type = record.getClass();
    seen.add(face(type));
    StringJoiner fields = new StringJoiner(", ", type.getSimpleName() + "(", ")");
    for (RecordComponent component : type.getRecordComponents()) {
      Object value;
      try {
        value = component.getAccessor().invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a record's fields can be read", e);
      }
      fields.add(component.getName() + " " + value(value, place(type, component)));
    }
    return fields.toString();
  }

  private void filled(String place, int count) {
    if (count > 0) {
      seen.add(place + " filled");
    }
  }

  private static String face(Class<?> type) {
    return "record " + type.getSimpleName();
  }

  private static String face(Enum<?> constant) {
    return constant.getDeclaringClass().getSimpleName() + " " + constant.name();
  }

  private static String place(Class<?> type, RecordComponent component) {
    return type.getSimpleName() + "." + component.getName();
  }

  /// Bytes as text, but for what does not print.
  static String quoted(byte[] bytes) {
    StringBuilder text = new StringBuilder("'");
    for (byte next : bytes) {
      if (next < ' ' || next == '\\' || next > '~') {
        text.append("\\%02x".formatted(next & 0xFF));
      } else {
        text.append((char) next);
      }
    }
    return text.append("'").toString();
  }

  /// All faces that records can show.
  static SortedSet<String> all() {
    SortedSet<String> all = new TreeSet<>();
    add(LogRecord.class, "", all);
    return all;
  }

  private static void add(Type type, String place, SortedSet<String> all) {
    if (type instanceof ParameterizedType generic) {
      if (generic.getRawType() == Optional.class) {
        all.addAll(List.of(place + " there", place + " not there"));
      } else {
        all.add(place + " filled");
      }
      add(generic.getActualTypeArguments()[0], place, all);
    } else if (type instanceof Class<?> plain) {
      add(plain, place, all);
    }
  }

  private static void add(Class<?> type, String place, SortedSet<String> all) {
    if (type == boolean.class) {
      all.addAll(List.of(place + " true", place + " false"));
    } else if (type.isArray()) {
      all.add(place + " filled");
    } else if (type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        all.add(face((Enum<?>) constant));
      }
    } else if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        add(permitted, place, all);
      }
    } else if (type.isRecord() && all.add(face(type))) {
      for (RecordComponent component : type.getRecordComponents()) {
        add(component.getGenericType(), place(type, component), all);
      }
    }
  }
}
