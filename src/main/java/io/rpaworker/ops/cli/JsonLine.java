package io.rpaworker.ops.cli;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.queue.story.RecordExport.Exported;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** A line of JSON and the record that it means. Payloads stay as they are written: no number becomes another one. */
final class JsonLine {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String PAYLOAD = "payload";
    private static final String KEY = "key";
    private static final String AVAILABLE_AT = "available_at";
    private static final Set<String> AROUND_PAYLOAD = Set.of(PAYLOAD, KEY, AVAILABLE_AT, "id", "flow", "status");

    private JsonLine() {}

    /** A record as it is written. */
    static String of(Exported record) {
        return "{\"id\":%d,\"flow\":%s,\"key\":%s,\"status\":%s,\"payload\":%s}"
                .formatted(
                        record.id(),
                        JSON.writeValueAsString(record.flow()),
                        JSON.writeValueAsString(record.key()),
                        JSON.writeValueAsString(record.status()),
                        record.payload());
    }

    /**
     * The record that a line means.
     *
     * @param plain whether it is a payload, whatever fields it has
     * @param keyField the payload's field that is its key; null if there is none
     * @throws IllegalArgumentException if it means none
     */
    static NewRecord read(String line, boolean plain, @Nullable String keyField) {
        Map<String, String> members = plain && keyField == null ? Map.of() : members(line);
        String inner = members.getOrDefault(PAYLOAD, "");
        if (plain || !inner.startsWith("{") || !AROUND_PAYLOAD.containsAll(members.keySet())) {
            return new NewRecord(line, keyField == null ? null : key(members, keyField), null);
        }
        String key = keyField == null ? text(members.get(KEY)) : key(members(inner), keyField);
        return new NewRecord(inner, key, moment(text(members.get(AVAILABLE_AT))));
    }

    private static String key(Map<String, String> members, String field) {
        String key = text(members.get(field));
        if (key == null || key.isEmpty()) {
            throw new IllegalArgumentException("it has no field %s that could be its key".formatted(field));
        }
        return key;
    }

    private static @Nullable Instant moment(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("available_at is a time like 2026-11-30T05:00:00Z", e);
        }
    }

    // What a string says, and what else is written.
    private static @Nullable String text(@Nullable String written) {
        if (written == null || written.equals("null")) {
            return null;
        }
        return written.startsWith("\"") ? JSON.readValue(written, String.class) : written;
    }

    /** The outermost members, each as it is written. */
    private static Map<String, String> members(String json) {
        var members = new LinkedHashMap<String, String>();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is not a JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                // Of a string, whose text is read only if somebody asks for it.
                parser.finishToken();
                int to = (int) parser.currentLocation().getCharOffset();
                members.put(name, json.substring(from, to).strip());
            }
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("it is more than one JSON object");
            }
            return members;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
