package io.holdfast.cli.prove;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.cli.prove.Report.Entry;
import io.holdfast.cli.prove.TrialResult.Row;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// A report as machines read it: one object on one line.
final class ReportJson {
  private final JsonGenerator json;

  private ReportJson(JsonGenerator json) {
    this.json = json;
  }

  static String text(Report report) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      new ReportJson(json).write(report);
    }
    return text.toString();
  }

  private void write(Report report) throws IOException {
    json.writeStartObject();
    json.writeStringField("broker", report.broker());
    json.writeNumberField("seed", report.seed());
    json.writeNumberField("rounds", report.rounds());
    json.writeNumberField("seconds", report.elapsed().toSeconds());
    json.writeStringField("verdict", report.verdict().name().toLowerCase(Locale.ROOT));
    json.writeObjectFieldStart("total");
    write(report.total());
    json.writeEndObject();
    json.writeArrayFieldStart("trials");
    for (Entry entry : report.entries()) {
      write(entry);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void write(Entry entry) throws IOException {
    json.writeStartObject();
    json.writeStringField("trial", entry.trial());
    switch (entry.result()) {
      case TrialResult.Ran ran -> json.writeStringField("result", "ran");
      case TrialResult.Broke broke -> {
        json.writeStringField("result", "broke");
        json.writeStringField("why", broke.why());
      }
      case TrialResult.Skipped skipped -> {
        json.writeStringField("result", "skipped");
        json.writeStringField("why", skipped.why());
      }
    }
    json.writeArrayFieldStart("rows");
    for (Row row : Report.rows(entry.result())) {
      write(row);
    }
    json.writeEndArray();
    write(Report.remarks(entry.result()));
    json.writeEndObject();
  }

  private void write(Row row) throws IOException {
    json.writeStartObject();
    json.writeNumberField("qos", row.qos().level());
    write(row.tally());
    write("restartMillisMedian", row.restarts().median());
    write("restartMillisMax", row.restarts().longest());
    json.writeEndObject();
  }

  private void write(Tally tally) throws IOException {
    json.writeNumberField("acknowledged", tally.acknowledged());
    json.writeNumberField("delivered", tally.delivered());
    json.writeNumberField("lost", tally.lost());
    json.writeNumberField("duplicated", tally.duplicated());
    json.writeNumberField("outOfOrder", tally.outOfOrder());
  }

  private void write(String field, OptionalLong number) throws IOException {
    if (number.isPresent()) {
      json.writeNumberField(field, number.getAsLong());
    }
  }

  private void write(List<String> remarks) throws IOException {
    json.writeArrayFieldStart("remarks");
    for (String remark : remarks) {
      json.writeString(remark);
    }
    json.writeEndArray();
  }
}
