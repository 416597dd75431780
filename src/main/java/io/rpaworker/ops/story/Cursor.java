package io.rpaworker.ops.story;

import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import io.rpaworker.queue.deadletter.DeadLetters.DeadLetter;
import io.rpaworker.queue.deadletter.DeadLetters.Place;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/** Where a page of dead letters ended, as a text that only says something to us. */
final class Cursor {

    private static final String SEPARATOR = " ";

    private Cursor() {}

    static String behind(DeadLetter last) {
        String place = last.failedAt() + SEPARATOR + last.id();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.UTF_8));
    }

    static Place read(String cursor) {
        try {
            String[] place =
                    new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(SEPARATOR, -1);
            if (place.length == 2) {
                return new Place(Instant.parse(place[0]), Long.parseLong(place[1]));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw unknown();
        }
        throw unknown();
    }

    private static Problem unknown() {
        return Parameters.invalid("after", "Parameter after is what another page said is next, and nothing else");
    }
}
