package io.holdfast.core;

import io.holdfast.protocol.Bytes;

/// Takes in what a restart would bring back, field by field; see `Broker.tellState`.
///
/// Things come in no order; the fields of one thing in one and the same.
public interface StateSink {
  /// A session, shared subscription, will or retained topic: the fields that follow are its.
  void thing(String kind, String name);

  void number(String field, long value);

  /// The place of a record in the log: another one once recovery has written it anew.
  void position(String field, long position);

  void text(String field, String value);

  /// Borrowed until the call returns.
  void bytes(String field, Bytes value);
}
