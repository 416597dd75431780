package io.rpaworker.queue.counts;

/**
 * How many records there are in each status, all seen at one moment.
 *
 * @param pending waiting, whether due or not
 * @param processing claimed
 * @param completed done and not yet purged
 * @param failed due for another attempt, or dead letters
 * @param other in a status of somebody's own, which an adopted table may have; the worker leaves them alone
 */
public record StatusCounts(long pending, long processing, long completed, long failed, long other) {

    /** No record at all. */
    public static final StatusCounts NONE = new StatusCounts(0, 0, 0, 0);

    /** Where every record has a status of ours. */
    public StatusCounts(long pending, long processing, long completed, long failed) {
        this(pending, processing, completed, failed, 0);
    }

    /** All records. */
    public long total() {
        return pending + processing + completed + failed + other;
    }

    /** The sums of both. */
    public StatusCounts plus(StatusCounts more) {
        return new StatusCounts(
                pending + more.pending,
                processing + more.processing,
                completed + more.completed,
                failed + more.failed,
                other + more.other);
    }
}
