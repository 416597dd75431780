package io.rpaworker.local;

/** Something that whoever started the local run can put right. */
final class LocalRunException extends RuntimeException {

    private final String action;

    /** Says what is wrong, and what to do about it. */
    LocalRunException(String message, String action) {
        super(message);
        this.action = action;
    }

    String action() {
        return action;
    }
}
