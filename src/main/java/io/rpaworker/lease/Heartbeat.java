package io.rpaworker.lease;

import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.HandledBy;
import io.rpaworker.loop.FailureStreak;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Loops;
import io.rpaworker.loop.Role;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * Keeps this process's lease alive, from a platform thread of its own over a connection of its own, so that nothing
 * that handlers do can starve it. A lease that has ended is never renewed: the process drops what it held and takes a
 * new identity.
 */
@Component
@EnableConfigurationProperties(LeaseProperties.class)
public class Heartbeat {

    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);
    private static final String BEATS = "Heartbeats";

    private final WorkerInstances instances;
    private final LeaseProperties properties;
    private final Map<String, HandledBy> handlers;
    private final Loop loop;
    private final FailureStreak beats = new FailureStreak(BEATS, "nothing is claimed once the lease has run out");
    private final Identities identities;
    private final LongSupplier nanoTime;

    private volatile @Nullable Lease lease;
    private volatile long lastBeatNanos;
    private volatile long healthySinceNanos;
    private volatile boolean stopped;
    private volatile boolean held;
    private volatile @Nullable String problem;

    @Autowired
    Heartbeat(
            WorkerInstances instances,
            LeaseProperties properties,
            FlowRegistry flows,
            Identities identities,
            Loops loops) {
        this(instances, properties, flows.handledBy(), identities, System::nanoTime, loops);
    }

    Heartbeat(
            WorkerInstances instances,
            LeaseProperties properties,
            Map<String, HandledBy> handlers,
            Identities identities,
            LongSupplier nanoTime,
            Loops loops) {
        this.instances = instances;
        this.properties = properties;
        this.handlers = handlers;
        this.identities = identities;
        this.nanoTime = nanoTime;
        this.lastBeatNanos = nanoTime.getAsLong();
        this.loop = loops.of(Role.vital("heartbeat", BEATS), this::comeRound);
    }

    public void start() {
        stopped = false;
        loop.start();
    }

    /** Ends the lease in good order, so that what is still held is free at once. */
    public void stop() {
        Lease ending = endLease();
        if (ending != null) {
            try {
                instances.end(ending.instance());
            } catch (RuntimeException e) {
                log.warn(
                        "Could not end the lease of {}; it runs out by itself",
                        ending.instance().id(),
                        e);
            }
        }
    }

    /** Leaves the lease to run out, as if the process had died: what is still held is to blame for its end. */
    public void abandon() {
        endLease();
    }

    private @Nullable Lease endLease() {
        stopped = true;
        loop.stop();
        Lease ending = lease;
        lease = null;
        if (ending != null) {
            ending.end();
        }
        return ending;
    }

    /** The lease under which work may start; empty while there is no lease to be trusted. */
    public Optional<Lease> lease() {
        return Optional.ofNullable(lease).filter(Lease::isTrusted);
    }

    /** This process's identity; empty while it has no lease. */
    public Optional<WorkerInstance> instance() {
        return lease().map(Lease::instance);
    }

    /** Whether this process has ever held a lease. */
    public boolean wasHeld() {
        return held;
    }

    /** Why the last heartbeat failed; empty if it succeeded, and before the first. */
    public Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** The machine's or pod's name, lease or no lease. */
    public String host() {
        return identities.host();
    }

    /** How long ago the last successful heartbeat was, by the monotonic clock. */
    public Duration heartbeatLag() {
        return Duration.ofNanos(nanoTime.getAsLong() - lastBeatNanos);
    }

    /**
     * Whether every heartbeat of a whole lease time has succeeded. Only then may this replica call another one dead:
     * after an outage of the database every lease looks run out.
     */
    public boolean isEstablished() {
        return lease().isPresent()
                && nanoTime.getAsLong() - healthySinceNanos > properties.lease().toNanos();
    }

    private Duration comeRound() {
        boolean healthy = beatOnce();
        Duration pause = properties.heartbeatInterval();
        // After a failure several more tries fit into what is left of the lease.
        long millis = healthy ? pause.toMillis() : Math.min(1_000, pause.toMillis() / 4);
        return Duration.ofMillis(Math.max(10, millis));
    }

    /** Sends one heartbeat; never throws. */
    public boolean beatOnce() {
        long askedAt = nanoTime.getAsLong();
        try {
            Lease current = lease;
            if (current == null || !renewed(current, askedAt)) {
                begin(askedAt);
            }
            lastBeatNanos = nanoTime.getAsLong();
            held = true;
            problem = null;
            beats.succeeded();
            return true;
        } catch (Throwable e) {
            healthySinceNanos = nanoTime.getAsLong();
            problem = FailureReason.of(e);
            if (!stopped) {
                beats.failed(e);
            }
            return false;
        }
    }

    private boolean renewed(Lease current, long askedAt) {
        if (instances.renew(current.instance(), properties.lease()) && current.renewed(askedAt)) {
            return true;
        }
        current.end();
        // Until it is told, others take this process for dead and its records for the cause: tried again if it fails.
        instances.end(current.instance());
        lease = null;
        log.warn(
                "The lease of {} has ended; dropping its work and taking a new identity",
                current.instance().id());
        return false;
    }

    private void begin(long askedAt) {
        WorkerInstance instance = identities.next();
        instances.register(instance, properties.lease(), handlers);
        if (stopped) {
            instances.end(instance);
            return;
        }
        healthySinceNanos = nanoTime.getAsLong();
        lease = new Lease(instance, properties.lease(), nanoTime, askedAt);
        log.info("Working as {}", instance.id());
    }
}
