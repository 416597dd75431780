package io.rpaworker.ops.cli;

import java.nio.file.Path;

/**
 * Where a command was called from: the image's {@code rpa} runs in the worker's folder, whose configuration it reads.
 */
final class CalledFrom {

    private static final String PROPERTY = "called.from";

    private CalledFrom() {}

    /** A file as whoever calls names it; {@code -} is no file. */
    static Path path(String named) {
        String folder = System.getProperty(PROPERTY);
        return folder == null || named.equals("-")
                ? Path.of(named)
                : Path.of(folder).resolve(named).normalize();
    }
}
