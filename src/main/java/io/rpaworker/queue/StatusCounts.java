package io.rpaworker.queue;

/**
 * How many records there are in each status, all seen at one moment.
 *
 * @param pending waiting, whether due or not
 * @param processing claimed
 * @param completed done and not yet purged
 * @param failed due for another attempt, or dead letters
 */
public record StatusCounts(long pending, long processing, long completed, long failed) {

    /** No record at all. */
    public static final StatusCounts NONE = new StatusCounts(0, 0, 0, 0);

    /** All records. */
    public long total() {
        return pending + processing + completed + failed;
    }

    /** The sums of both. */
    public StatusCounts plus(StatusCounts other) {
        return new StatusCounts(
                pending + other.pending,
                processing + other.processing,
                completed + other.completed,
                failed + other.failed);
    }
}
