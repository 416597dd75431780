package io.rpaworker.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The first process of a PostgreSQL server. */
final class Postmaster {

    private Postmaster() {}

    /** The process that {@code postmaster.pid} in the server's data directory names. */
    static long pid(Path data) {
        try {
            return Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid"))
                    .getFirst()
                    .strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
