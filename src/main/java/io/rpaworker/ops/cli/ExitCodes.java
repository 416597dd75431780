package io.rpaworker.ops.cli;

/** What a command ends with. */
final class ExitCodes {

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOTHING = 3;

    private ExitCodes() {}
}
