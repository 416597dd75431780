package io.rpaworker.queue.intake;

import io.rpaworker.queue.PayloadLimit;
import io.rpaworker.text.PostgresText;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/** Refuses payloads that PostgreSQL could not hold, or that no worker could read again. */
final class PayloadCheck {

    // As many digits as the worker reads of a number; PostgreSQL writes each of them out.
    private static final int MOST_EXPONENT = 1_000;

    // Instead of the index of a record.
    private static final int PARAMETERS = -1;

    private final JsonMapper json;
    private final PayloadLimit limit;

    PayloadCheck(JsonMapper json, PayloadLimit limit) {
        this.json = json;
        this.limit = limit;
    }

    /**
     * Looks at one payload.
     *
     * @param index of its record, for the message
     * @throws IllegalArgumentException if it is not one JSON object, or too large
     */
    void refuseMalformed(int index, String payload) {
        long bytes = refuseTooLarge(index, bytes(payload));
        try (JsonParser parser = json.createParser(payload)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw refusal(index, subject(index) + " not a JSON object");
            }
            int depth = 1;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (depth == 0) {
                    throw refusal(index, "something follows the JSON object");
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                boolean text = token == JsonToken.VALUE_STRING || token == JsonToken.PROPERTY_NAME;
                if (text && !PostgresText.canHold(parser.getString())) {
                    throw refusal(index, "PostgreSQL cannot hold NUL or half a surrogate pair");
                }
                if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                    bytes = refuseTooLarge(index, bytes + zeros(index, parser.getString()));
                }
            }
        } catch (JacksonException e) {
            IllegalArgumentException refusal = refusal(index, subject(index) + " not JSON: " + e.getOriginalMessage());
            refusal.initCause(e);
            throw refusal;
        }
    }

    /** The same of a run's parameters. */
    void refuseMalformedParameters(String parameters) {
        refuseMalformed(PARAMETERS, parameters);
    }

    private long refuseTooLarge(int index, long bytes) {
        if (bytes > limit.bytes()) {
            throw refusal(
                    index,
                    "%s %d bytes or more as PostgreSQL writes it, at most %d are allowed"
                            .formatted(subject(index), bytes, limit.bytes()));
        }
        return bytes;
    }

    // At most three bytes a character; mostly there is nothing to count.
    private long bytes(String payload) {
        return payload.length() <= limit.bytes() / 3
                ? payload.length()
                : payload.getBytes(StandardCharsets.UTF_8).length;
    }

    // What an exponent becomes when PostgreSQL writes the number out.
    private static int zeros(int index, String number) {
        int e = Math.max(number.indexOf('e'), number.indexOf('E'));
        if (e < 0) {
            return 0;
        }
        String digits = number.substring(e + 1).replaceFirst("^[+-]?0*", "");
        if (digits.length() > 4 || (!digits.isEmpty() && Integer.parseInt(digits) > MOST_EXPONENT)) {
            throw refusal(
                    index, "a number has more than %d digits, written out: %.20s".formatted(MOST_EXPONENT, number));
        }
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    private static IllegalArgumentException refusal(int index, String reason) {
        return new IllegalArgumentException(
                index == PARAMETERS
                        ? "The parameters do not fit: " + reason
                        : "Record %d: %s".formatted(index, reason));
    }

    private static String subject(int index) {
        return index == PARAMETERS ? "they are" : "its payload is";
    }
}
