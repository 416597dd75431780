package io.rpaworker.history;

import java.util.List;

/**
 * What became of one flow's attempts within a few seconds on one process.
 *
 * @param retriedError failed attempts after which another is due, by kind
 * @param deadError dead letters by kind
 * @param causes of all failed attempts
 */
record Addition(
        String flow,
        long completed,
        long retriedError,
        long retriedTimeout,
        long deadError,
        long deadTimeout,
        long deadRejected,
        long deadPayload,
        long deadPoison,
        long released,
        Times waits,
        Times runs,
        List<CauseAddition> causes) {

    /** The failed attempts of one cause. */
    record CauseAddition(String kind, String fingerprint, long attempts, long dead, String sample) {}
}
