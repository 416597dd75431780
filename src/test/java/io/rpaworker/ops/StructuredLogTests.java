package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.lease.Heartbeat;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestWorker;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(OutputCaptureExtension.class)
class StructuredLogTests {

    private static final Logger log = LoggerFactory.getLogger(StructuredLogTests.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RpaDb db = Postgres.migrated();

    record Named(String name) {}

    /** Logs what it is given, whatever it is. */
    private static final class Talkative implements RecordHandler<Named, Integer> {

        @Override
        public String flow() {
            return "talkative";
        }

        @Override
        public Outcome<Integer> handle(WorkRecord<Named> record) {
            log.info("Handling {}", record.payload().name(), new IllegalStateException("for its stack"));
            return Outcome.completed(1);
        }
    }

    /** Boot hands the format to Logback in a system property. */
    @AfterEach
    void forgetFormat() {
        System.clearProperty("CONSOLE_LOG_STRUCTURED_FORMAT");
    }

    @Test
    void everyLineIsOneJsonObjectAndAHandlersLineNamesItsRecord(CapturedOutput output) {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload) values ('talkative', :payload::jsonb)")
                .param("payload", "{\"name\": \"two\\nlines \\u001b[31m \\u2028 \\\"quoted\\\"\"}")
                .update();
        String instance;
        try (var worker = TestWorker.on(db)
                .property("logging.structured.format.console", "ecs")
                .property("logging.config", "classpath:logback-structured.xml")
                .property("logging.level.io.rpaworker", "info")
                .flow("talkative")
                .bean(new Talkative())
                .start()) {
            worker.until(() -> db.count("talkative", "completed") == 1);
            instance = worker.bean(Heartbeat.class).instance().orElseThrow().id();
        }

        List<JsonNode> lines = output.getOut().lines().map(JSON::readTree).toList();
        assertThat(lines).allMatch(JsonNode::isObject);
        JsonNode line = lines.stream()
                .filter(it -> it.at("/message").asString().startsWith("Handling"))
                .findFirst()
                .orElseThrow();
        assertThat(line.at("/flow").asString()).isEqualTo("talkative");
        assertThat(line.at("/record").asString()).isEqualTo("1");
        assertThat(line.at("/attempt").asString()).isEqualTo("1");
        assertThat(line.at("/instance").asString()).isEqualTo(instance);
        assertThat(line.at("/message").asString()).isEqualTo("Handling two\nlines \u001b[31m \u2028 \"quoted\"");
        assertThat(line.at("/error/stack_trace").asString()).contains("for its stack");
    }
}
