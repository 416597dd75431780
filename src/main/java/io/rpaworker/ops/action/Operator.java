package io.rpaworker.ops.action;

import io.rpaworker.control.Actor;
import io.rpaworker.ops.Parameters;
import io.rpaworker.ops.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Who gives an order.
 *
 * @param name under which it is written down
 * @param mayDelete whether he may delete records, as administrators may
 */
public record Operator(String name, boolean mayDelete) {

    private static final int LONGEST_REASON = 1_000;

    /** Him, with the reason that he gives; null for none. */
    Actor giving(@Nullable String reason) {
        String text = Parameters.text("reason", reason);
        if (text != null && text.length() > LONGEST_REASON) {
            throw Parameters.invalid("reason", "Parameter reason has at most %,d characters".formatted(LONGEST_REASON));
        }
        return new Actor(name, text == null ? "" : text);
    }

    void requireDeleting(String action) {
        if (!mayDelete) {
            throw new Problem(Problem.Kind.FORBIDDEN, "To %s needs the role admin".formatted(action))
                    .with("needs", "admin");
        }
    }
}
