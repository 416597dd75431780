package io.rpaworker.history;

import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.migration.MigrationAtStart;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Tells rpa_db every ten seconds, and when the process stops, what this process has settled. */
@Component
class StatisticsFlush implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(StatisticsFlush.class);

    private static final Duration INTERVAL = Duration.ofSeconds(10);
    // One statement, and the wait for a connection.
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(5);

    private final Tallies tallies;
    private final Statistics statistics;
    private final Loop loop;
    private final UUID writer = UUID.randomUUID();
    private long number;
    // What was not answered is sent again as it was: more of it would count twice if it had been made.
    private List<Addition> unanswered = List.of();

    StatisticsFlush(Tallies tallies, Statistics statistics, Loops loops) {
        this.tallies = tallies;
        this.statistics = statistics;
        this.loop = loops.of(Role.of("statistics", "Additions to the statistics"), this::comeRound);
    }

    private Duration comeRound() {
        Loop.comesRound(LONGEST);
        flushOnce();
        return INTERVAL;
    }

    /**
     * Adds what has been settled since the last time.
     *
     * @throws org.springframework.dao.DataAccessException if rpa_db does not answer; nothing is lost
     */
    synchronized void flushOnce() {
        if (!unanswered.isEmpty()) {
            add(unanswered);
        }
        List<Addition> taken = tallies.take();
        if (!taken.isEmpty()) {
            number++;
            add(taken);
        }
    }

    private void add(List<Addition> additions) {
        unanswered = additions;
        statistics.add(writer, number, additions);
        unanswered = List.of();
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
        // A rpa_db that is silent would hold the stop for as long as the driver waits.
        var last = new FutureTask<Void>(this::flushOnce, null);
        Thread.ofPlatform().daemon().name("rpa-statistics-last").start(last);
        try {
            last.get(PATIENCE_AT_STOP.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            lacking(FailureReason.of(e));
        } catch (TimeoutException e) {
            lacking("rpa_db does not answer within %d s".formatted(PATIENCE_AT_STOP.toSeconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lacking("interrupted");
        }
    }

    private static void lacking(String reason) {
        log.warn("The statistics lack what this process has settled last: {}", reason);
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    /** After the migration, and below the worker's: what is settled while it drains counts as well. */
    @Override
    public int getPhase() {
        return MigrationAtStart.PHASE + 1;
    }
}
