package io.rpaworker.ops.access;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may log in with a password.
 *
 * @param byName in the order of the file
 * @param problem what is wrong with the file, by the number of the line; null if nothing
 */
record Users(Map<String, User> byName, @Nullable String problem) {

    /** Reads all lines that are right; {@code #} begins a comment. */
    static Users of(List<String> lines) {
        var users = new LinkedHashMap<String, User>();
        String problem = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                User user = User.of(line);
                if (users.putIfAbsent(user.name(), user) != null) {
                    throw new IllegalArgumentException("its name stands above already");
                }
            } catch (IllegalArgumentException wrong) {
                problem = problem == null ? "line %d: %s".formatted(i + 1, wrong.getMessage()) : problem;
            }
        }
        return new Users(users, users.isEmpty() && problem == null ? "it has no user" : problem);
    }

    static Users unreadable(String reason) {
        return new Users(Map.of(), reason);
    }

    Optional<User> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Those of them that stand in another file just as they are. */
    Users stillIn(Users other) {
        var left = new LinkedHashMap<>(byName);
        left.values().removeIf(it -> !it.equals(other.byName.get(it.name())));
        return new Users(left, other.problem);
    }
}
