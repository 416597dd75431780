package io.rpaworker.ops.cli;

/** Why a command ends without having done what was asked: one sentence, and a code. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int exitCode;

    private Refusal(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    static Refusal failed(String message) {
        return new Refusal(ExitCodes.FAILED, message);
    }

    static Refusal usage(String message) {
        return new Refusal(ExitCodes.USAGE, message);
    }

    static Refusal nothing(String message) {
        return new Refusal(ExitCodes.NOTHING, message);
    }

    int exitCode() {
        return exitCode;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
