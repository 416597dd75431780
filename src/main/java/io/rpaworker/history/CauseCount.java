package io.rpaworker.history;

import io.rpaworker.history.Addition.CauseAddition;

/** Adds up failures of one cause. */
final class CauseCount {

    private static final int LONGEST_SAMPLE = 500;

    private long attempts;
    private long dead;
    private String sample = "";

    void add(long more, long moreDead, String reason) {
        attempts += more;
        dead += moreDead;
        if (sample.isEmpty()) {
            int end = Math.min(reason.length(), LONGEST_SAMPLE);
            // Half a character is nothing that the table can have.
            sample = reason.substring(0, end > 0 && Character.isHighSurrogate(reason.charAt(end - 1)) ? end - 1 : end);
        }
    }

    CauseAddition of(Cause cause) {
        return new CauseAddition(cause.kind(), cause.fingerprint(), attempts, dead, sample);
    }
}
