package io.rpaworker.ops.access;

import java.util.regex.Pattern;

/** Somebody who logs in with a password. */
record User(String name, PasswordHash hash, Role role) {

    /** No name is longer, so that what is remembered of wrong ones is bounded. */
    static final int LONGEST_NAME = 64;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,%d}".formatted(LONGEST_NAME));

    /**
     * Reads {@code name:hash:role}.
     *
     * @throws IllegalArgumentException saying what is wrong, and never the line itself
     */
    static User of(String line) {
        String[] fields = line.split(":", -1);
        if (fields.length != 3) {
            throw new IllegalArgumentException("it must be name:hash:role");
        }
        if (!NAME.matcher(fields[0]).matches()) {
            throw new IllegalArgumentException(
                    "a name has 1 to %d letters, digits, dots, dashes, _ or @".formatted(LONGEST_NAME));
        }
        Role role = Role.named(fields[2])
                .orElseThrow(() -> new IllegalArgumentException("the role must be viewer, operator or admin"));
        return new User(fields[0], PasswordHash.of(fields[1]), role);
    }
}
