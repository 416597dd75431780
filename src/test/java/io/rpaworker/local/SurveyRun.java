package io.rpaworker.local;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RecordIntake;
import io.rpaworker.queue.counts.QueueCounts;
import io.rpaworker.queue.counts.StatusCounts;
import io.rpaworker.surveyhub.SurveyHub;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Puts a record for each of SurveyHub's surveys into the queue, and watches the worker do them. */
final class SurveyRun {

    private static final Logger log = LoggerFactory.getLogger(SurveyRun.class);
    private static final String FLOW = "survey_processor";
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    private final SurveyHub surveyHub;
    private final RecordIntake intake;
    private final QueueCounts counts;
    private final JdbcClient rpaDb;
    private final JsonMapper json;

    SurveyRun(BeanFactory beans) {
        this.surveyHub = beans.getBean(SurveyHub.class);
        this.intake = beans.getBean(RecordIntake.class);
        this.counts = beans.getBean(QueueCounts.class);
        this.rpaDb = beans.getBean(JdbcClient.class);
        this.json = beans.getBean(JsonMapper.class);
    }

    /** What the queue has of the flow; an rpa_db of one's own may have some already. */
    StatusCounts counts() {
        return counts.byFlow().getOrDefault(FLOW, StatusCounts.NONE);
    }

    /**
     * What became of SurveyHub's surveys.
     *
     * @param added how many are in the queue that were not there already
     * @param skipped how many have no customer, so that no record can be made of them
     */
    record Enqueued(int added, int skipped) {

        String text() {
            String text = String.format(Locale.ROOT, "%,d records added to the queue", added);
            return skipped == 0
                    ? text
                    : text + String.format(Locale.ROOT, "; surveys skipped for want of a customer_id: %,d", skipped);
        }
    }

    /** Adds the records, all in one transaction. */
    Enqueued enqueue() {
        List<NewRecord> records = surveyHub
                .jdbc()
                .sql("select survey_id, customer_id from surveys where customer_id is not null order by survey_id")
                .query((row, rowNumber) -> record(row.getString(1), row.getString(2)))
                .list();
        int skipped = surveyHub
                .jdbc()
                .sql("select count(*) from surveys where customer_id is null")
                .query(Integer.class)
                .single();
        return new Enqueued(intake.add(FLOW, records), skipped);
    }

    /**
     * Waits until nothing is left to do.
     *
     * <p>The time that is taken runs from now, when the records have just become visible to the worker, to the first
     * look that finds none of them open.
     *
     * @param before what there was before the records were added
     * @throws InterruptedException if the thread is interrupted; the bar's line is ended
     */
    Summary watch(StatusCounts before, Progress progress) throws InterruptedException {
        try {
            return watchUntilDone(before, progress);
        } finally {
            progress.end();
        }
    }

    private Summary watchUntilDone(StatusCounts before, Progress progress) throws InterruptedException {
        long began = System.nanoTime();
        while (true) {
            Duration pause = LONGEST_PAUSE;
            try {
                StatusCounts now = counts();
                var elapsed = Duration.ofNanos(System.nanoTime() - began);
                long completed = now.completed() - before.completed();
                long failed = now.failed() - before.failed();
                long open = now.pending() + now.processing();
                progress.show(completed, failed, completed + failed + open, elapsed);
                if (open == 0 && !isRetryDue()) {
                    return new Summary(completed, failed, elapsed);
                }
                pause = pause(elapsed, completed + failed, open);
            } catch (DataAccessException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException();
                }
                // The worker itself outlives an rpa_db that does not answer; so does whoever watches it.
                log.warn("Cannot look at the queue, trying again: {}", e.toString());
            }
            Thread.sleep(pause);
        }
    }

    /** What is wrong with the records that failed last, a few of them. */
    List<String> failures() {
        return rpaDb.sql("""
                        select record_key, error_message
                        from processing_queue
                        where flow_name = :flow and failed_at is not null
                        order by failed_at desc
                        limit 5
                        """)
                .param("flow", FLOW)
                .query((row, rowNumber) -> "failed: %s: %s".formatted(row.getString(1), row.getString(2)))
                .list();
    }

    private NewRecord record(String surveyId, String customerId) {
        return NewRecord.of(
                json.writeValueAsString(Map.of("survey_id", surveyId, "customer_id", customerId)), surveyId);
    }

    // Half of what the rest will take: counting costs what is pending, so there are few looks while that is much, and
    // many towards the end, when they are cheap and the time that is taken hangs on them.
    private static Duration pause(Duration elapsed, long done, long open) {
        if (done == 0) {
            return LONGEST_PAUSE;
        }
        long half = elapsed.toNanos() / done * open / 2;
        return Duration.ofNanos(Math.clamp(half, SHORTEST_PAUSE.toNanos(), LONGEST_PAUSE.toNanos()));
    }

    // A failed record that will be tried again is no result yet.
    private boolean isRetryDue() {
        return rpaDb.sql(
                        "select exists (select from processing_queue where flow_name = :flow and next_retry_at is not null)")
                .param("flow", FLOW)
                .query(Boolean.class)
                .single();
    }
}
