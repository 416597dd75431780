package io.rpaworker.ops.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** A users' file whose users all have the same password, and one hash. */
public final class Passwords {

    public static final String PASSWORD = "correct horse";
    static final String HASH = new BCryptPasswordEncoder(10).encode(PASSWORD);

    private Passwords() {}

    /** A file of its own with a user of every role, each named like it; for {@code rpa.access.users-file}. */
    public static String fileOfEveryRole() {
        try {
            Path folder = Files.createTempDirectory("rpa-users");
            Path file = fileOfEveryRole(folder);
            // The folder goes last: they are deleted in the reverse order.
            folder.toFile().deleteOnExit();
            file.toFile().deleteOnExit();
            return file.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

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
