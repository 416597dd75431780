package io.rpaworker.ops.cli;

import java.util.Objects;

/** Which version this is, as its jar says. */
final class Version {

    private Version() {}

    static String text() {
        return "rpa-worker "
                + Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "of no version");
    }
}
