package io.rpaworker.ops;

import io.rpaworker.loop.FailureStreak;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.migration.MigrationAtStart;
import io.rpaworker.worker.FlowState;
import io.rpaworker.worker.FlowStates;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Counts the queue in the background, so that a scrape costs the database nothing, and for those who want to know now:
 * one count at a time, whoever asks. Keeps the last counts it got.
 */
@Component
@EnableConfigurationProperties(MonitoringProperties.class)
public class QueueSnapshots implements SmartLifecycle {

    // Counting reads the index of what waits: 0.2 s for 200,000 records, so every 15 s would be a lot for millions.
    private static final int RESTS_PER_WORK = 20;

    // Two that failed may be an outage's beginning; three are not the present any more.
    private static final int FRESH_RESTS = 3;

    // A handful of statements, each as long as its timeout lets it, and the same again for one who asks meanwhile.
    private static final Duration LONGEST_COUNT = Duration.ofMinutes(6);

    private final QueueLook look;
    private final FlowStates flows;
    private final List<SnapshotListener> listeners;
    private final MonitoringProperties properties;
    private final long createdAtNanos = System.nanoTime();
    private volatile @Nullable QueueSnapshot last;
    private final Loop loop;
    private final FailureStreak counts = new FailureStreak("Counts of the queue", "its meters keep their last values");

    QueueSnapshots(
            QueueLook look,
            FlowStates flows,
            List<SnapshotListener> listeners,
            MonitoringProperties properties,
            Loops loops) {
        this.look = look;
        this.flows = flows;
        this.listeners = listeners;
        this.properties = properties;
        this.loop = loops.of(Role.of("monitoring", "Counts of the queue"), this::comeRound);
    }

    /** What was counted last; empty before the first success. */
    public Optional<QueueSnapshot> last() {
        return Optional.ofNullable(last);
    }

    /** What was counted last, unless a few counts since then have failed. */
    public Optional<QueueSnapshot> fresh() {
        return last().filter(it -> it.age().compareTo(it.took().plus(rest(it).multipliedBy(FRESH_RESTS))) <= 0);
    }

    /** What was counted last, if it took so long that it is to answer for some time. */
    Optional<QueueSnapshot> recent() {
        return last().filter(it -> it.age().compareTo(it.took().multipliedBy(properties.countReuse())) < 0);
    }

    /** How long ago the database last answered; from the start of the process before it first did. */
    public Duration age() {
        QueueSnapshot known = last;
        return known == null ? Duration.ofNanos(System.nanoTime() - createdAtNanos) : known.age();
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    /** After the migration, and below the worker's: the meters are kept up to date while the worker drains. */
    @Override
    public int getPhase() {
        return MigrationAtStart.PHASE + 1;
    }

    private Duration comeRound() {
        Loop.comesRound(LONGEST_COUNT);
        refreshOnce();
        return last().map(this::rest).orElse(properties.refreshInterval());
    }

    /** How long to leave the database alone after a count. */
    private Duration rest(QueueSnapshot snapshot) {
        Duration rest = snapshot.took().multipliedBy(RESTS_PER_WORK);
        Duration interval = properties.refreshInterval();
        return rest.compareTo(interval) > 0 ? rest : interval;
    }

    /** Counts once; never throws. */
    public synchronized void refreshOnce() {
        try {
            count();
            counts.succeeded();
        } catch (Throwable e) {
            if (loop.isRunning()) {
                counts.failed(e);
            }
        }
    }

    /**
     * Counts, once a count that is under way has ended.
     *
     * @throws org.springframework.dao.DataAccessException if rpa_db does not answer; the last counts stay
     */
    public synchronized QueueSnapshot count() {
        Set<String> own = flows.flows().stream().map(FlowState::flow).collect(Collectors.toSet());
        QueueSnapshot snapshot = look.take(own);
        last = snapshot;
        listeners.forEach(it -> it.counted(snapshot, own));
        return snapshot;
    }
}
