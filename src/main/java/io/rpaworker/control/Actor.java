package io.rpaworker.control;

/**
 * Who orders something, and why.
 *
 * @param name of a user of the endpoints, or of the system; not empty
 * @param reason in his words; empty if he gives none
 */
public record Actor(String name, String reason) {

    /** Refuses a name that says nothing. */
    public Actor {
        if (name.isBlank()) {
            throw new IllegalArgumentException("Whoever orders something has a name");
        }
    }

    /** Somebody who gives no reason. */
    public static Actor named(String name) {
        return new Actor(name, "");
    }
}
