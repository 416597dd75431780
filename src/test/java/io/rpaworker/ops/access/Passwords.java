package io.rpaworker.ops.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** A users' file whose users all have the same password, and one hash. */
final class Passwords {

    static final String PASSWORD = "correct horse";
    static final String HASH = new BCryptPasswordEncoder(10).encode(PASSWORD);

    private Passwords() {}

    static Path fileOfEveryRole(Path folder) {
        return write(folder.resolve("users"), line("viewer"), line("operator"), line("admin"));
    }

    /** A user whose name is the role's. */
    static String line(String role) {
        return line(role, role);
    }

    static String line(String name, String role) {
        return "%s:%s:%s".formatted(name, HASH, role);
    }

    static Path write(Path file, String... lines) {
        try {
            return Files.writeString(file, String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
