package io.rpaworker.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says which records a run of a flow has: page by page, from SurveyHub or anything else. A bean beside the flow's
 * handler.
 *
 * <p>Each page is read by one replica and added in one transaction, with the place where the next one begins. A page
 * that fails is tried again as a record is; if no attempt succeeds the run fails, so that nothing is missing without a
 * word.
 *
 * @param <A> the run's parameters: a Java record that their JSON is decoded into and that Bean Validation checks
 */
public interface RecordSource<A> {

    /** The flow whose runs this is for: 1 to 96 characters, the same as its handler's. */
    String flow();

    /**
     * Reads one page. No transaction of rpa_db is open. May be asked for the same page again, after a failure or a
     * crash; what is added once is not added twice if the records have keys.
     *
     * @param run which run it is for
     * @param cursor what the page before said of the next one; null for the first
     * @param size how many records the page should have, the flow's {@code run.page-size}; more or fewer are allowed
     * @return the page; its records' keys are those of the run: a key that the run has already is not added, and the
     *     same keys are new to the next run
     * @throws Exception as in {@link RecordHandler#handle}
     */
    Page page(RunContext<A> run, @Nullable String cursor, int size) throws Exception;

    /**
     * The systems besides rpa_db that {@link #page} reads. While one of them is down, no page is read.
     *
     * @return empty if rpa_db is all that is needed
     */
    default List<Source> sources() {
        return List.of();
    }
}
