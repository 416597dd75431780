package io.rpaworker.ops.cli;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.queue.story.RecordExport.Exported;
import io.rpaworker.queue.story.RecordExport.RunKey;
import java.io.PrintWriter;
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
    private static final String FLOW = "flow";
    private static final String STATUS = "status";
    private static final Set<String> AROUND_PAYLOAD =
            Set.of(PAYLOAD, KEY, AVAILABLE_AT, "id", FLOW, STATUS, "run_id", "run_key");

    private JsonLine() {}

    /** Writes a record. In pieces: a payload may be large, and is not to be in memory once more. */
    static void write(PrintWriter out, Exported record) {
        out.print("{\"id\":%d,\"flow\":%s,\"key\":%s,\"status\":%s,\"available_at\":\"%s\",%s\"payload\":"
                .formatted(
                        record.id(),
                        JSON.writeValueAsString(record.flow()),
                        JSON.writeValueAsString(record.key()),
                        JSON.writeValueAsString(record.status()),
                        record.availableAt(),
                        runKey(record.runKey())));
        out.print(record.payload());
        out.println('}');
    }

    // No key of its own: in another run, or in none, it would be another record.
    private static String runKey(@Nullable RunKey runKey) {
        return runKey == null
                ? ""
                : "\"run_id\":%d,\"run_key\":%s,".formatted(runKey.run(), JSON.writeValueAsString(runKey.key()));
    }

    /**
     * The record that a line of a file means. What run it was of is passed over: it is added to none.
     *
     * @throws IllegalArgumentException if it means none, or not one that is to be added so
     */
    static NewRecord read(String line, AddOptions options) {
        if (options.plain) {
            return payload(line, options.key);
        }
        Map<String, String> members = members(line);
        String inner = members.get(PAYLOAD);
        if (inner == null || !AROUND_PAYLOAD.containsAll(members.keySet())) {
            return new NewRecord(line, options.key == null ? null : key(members, options.key), null);
        }
        refuseAnother(members, options);
        if (!inner.startsWith("{")) {
            throw new IllegalArgumentException(
                    inner.equals("null")
                            ? "it has no payload: null is none, and queue export leaves out what is too large"
                            : "its payload is no JSON object, which alone is processed"
                                    + (members.containsKey(STATUS)
                                            ? ""
                                            : "; say --plain if the whole line is the payload"));
        }
        String key = options.key == null ? text(members.get(KEY)) : key(members(inner), options.key);
        return new NewRecord(inner, key, moment(text(members.get(AVAILABLE_AT))));
    }

    /**
     * The record whose payload all of this is, whatever fields it has.
     *
     * @param keyField the field that is its key; null if there is none
     * @throws IllegalArgumentException if it is none
     */
    static NewRecord payload(String json, @Nullable String keyField) {
        return new NewRecord(json, keyField == null ? null : key(members(json), keyField), null);
    }

    // What would silently become something else: a record of another flow, or work that is done already.
    private static void refuseAnother(Map<String, String> members, AddOptions options) {
        String flow = text(members.get(FLOW));
        if (flow != null && !flow.equals(options.flow)) {
            throw new IllegalArgumentException("it is of flow %s, not %s".formatted(flow, options.flow));
        }
        String status = text(members.get(STATUS));
        if (status != null && !status.equals("pending") && !options.anyStatus) {
            throw new IllegalArgumentException(
                    "it is %s, and would be processed again; say --any-status if that is meant".formatted(status));
        }
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
