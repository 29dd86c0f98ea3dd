package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.core.AuditedQueue;
import io.holdfast.core.queue.QueueAccount;
import io.holdfast.server.audit.LogAudit;
import io.holdfast.server.audit.LogAudit.Beginning;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;

/// An audit as machines read it: one object on one line.
final class AuditJson {
  private final JsonGenerator json;

  private AuditJson(JsonGenerator json) {
    this.json = json;
  }

  static String text(LogAudit audit) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      new AuditJson(json).write(audit);
    }
    return text.toString();
  }

  private void write(LogAudit audit) throws IOException {
    json.writeStartObject();
    json.writeBooleanField("holds", audit.holds());
    write("from", audit.from());
    write("newest", audit.newest());
    json.writeNumberField("records", audit.records());
    json.writeArrayFieldStart("queues");
    for (AuditedQueue queue : audit.queues()) {
      write(queue);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /// Without a snapshot it is the log's beginning.
  private void write(String field, Beginning beginning) throws IOException {
    json.writeObjectFieldStart(field);
    if (beginning.snapshot().isPresent()) {
      json.writeStringField("snapshot", beginning.snapshot().get());
    }
    json.writeNumberField("position", beginning.position());
    json.writeEndObject();
  }

  private void write(AuditedQueue queue) throws IOException {
    QueueAccount account = queue.account();
    json.writeStartObject();
    json.writeStringField("kind", queue.kind().name().toLowerCase(Locale.ROOT));
    json.writeStringField("owner", queue.owner());
    json.writeNumberField("accepted", account.accepted());
    json.writeNumberField("handled", account.handled());
    json.writeNumberField("waiting", account.waiting());
    json.writeNumberField("expired", account.expired());
    json.writeNumberField("tooLarge", account.tooLarge());
    json.writeNumberField("refused", account.refused());
    json.writeNumberField("sessionEnded", account.sessionEnded());
    json.writeNumberField("returned", account.returned());
    json.writeNumberField("displaced", account.displaced());
    json.writeNumberField("missing", account.missing());
    json.writeNumberField("full", account.full());
    json.writeBooleanField("holds", queue.holds());
    json.writeArrayFieldStart("differences");
    for (String how : queue.differences()) {
      json.writeString(how);
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
