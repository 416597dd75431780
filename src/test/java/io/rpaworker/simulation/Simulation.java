package io.rpaworker.simulation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rpaworker.queue.deadletter.Operator;
import io.rpaworker.simulation.Actor.Phase;
import io.rpaworker.simulation.Evidence.Multisets;
import io.rpaworker.simulation.Figures.Figure;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.QueueParts;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One run: hosts, faults and a clock, all by one seed. */
final class Simulation implements AutoCloseable {

    private static final int CHECK_INTERVAL = 500;
    private static final int MOST_STEPS_TO_DRAIN = 60_000;
    private static final Duration PAST_PYTHON = Programs.PYTHON_TIMEOUT.plusMinutes(1);

    private final RpaDb db = Postgres.migrated();
    private final TestClock clock = TestClock.of(db);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Figures figures = new Figures();
    private final Trace trace = new Trace();
    private final Journal journal = new Journal();
    private final Evidence evidence = Evidence.in(db, journal);
    private final Programs programs = new Programs(journal, meters);
    private final long seed;
    private final RandomGenerator random;
    private final Stage stage;
    private final List<Host> hosts;
    private final Host python;

    Simulation(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.stage = new Stage(db, random, trace, figures);
        this.python = new Host("py", seed, clock.dataSource(), programs::python);
        this.hosts = List.of(
                new Host("r1", seed, clock.dataSource(), programs::replica),
                new Host("r2", seed, clock.dataSource(), programs::replica),
                new Host("r3", seed, clock.dataSource(), programs::replica),
                new Host("out", seed, clock.dataSource(), programs::outside),
                python);
    }

    Figures figures() {
        return figures;
    }

    /**
     * Runs with faults for so many steps, then heals everything, lets time pass and drains.
     *
     * @throws AssertionError if something is lost, done twice or otherwise wrong; it says what, and what came before
     */
    Multisets run(int steps) {
        hosts.forEach(this::boot);
        int checked = 0;
        while (figures.of(Figure.STEPS) < steps) {
            stepWithFaults();
            if (figures.of(Figure.STEPS) - checked >= CHECK_INTERVAL) {
                checked = figures.of(Figure.STEPS);
                check();
            }
        }
        drain();
        end();
        return verdict();
    }

    /** The same for two runs of a seed. */
    String hash() {
        trace.note(evidence.digest());
        return trace.hash();
    }

    @Override
    public void close() {
        stage.close();
        meters.close();
    }

    private void stepWithFaults() {
        switch (random.nextInt(400)) {
            case 0, 1 -> crash(hosts.get(random.nextInt(hosts.size())));
            case 2, 3 -> freeze(hosts.get(random.nextInt(3)));
            case 4 -> advance(Duration.ofSeconds(10 + random.nextInt(30)));
            case 5 -> skipHours();
            case 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 ->
                advance(Duration.ofMillis(500L * (1 + random.nextInt(6))));
            default -> {}
        }
        List<Actor> ghosts = stage.ghosts();
        if (!ghosts.isEmpty() && random.nextInt(8) == 0) {
            Actor ghost = ghosts.get(random.nextInt(ghosts.size()));
            if (random.nextInt(4) == 0) {
                stage.exorcise(ghost);
            } else if (ghost.phase() == Phase.PARKED) {
                stage.step(ghost, Order.RUN);
            }
        }
        Actor next = next();
        if (next != null) {
            step(next, order(next));
            dawdle(next);
        }
    }

    // A handler takes its time; or a settler stops right before it completes, and the heart of its process with it.
    private void dawdle(Actor actor) {
        String what = actor.isReady(0) ? actor.next().what() : "";
        long now = figures.of(Figure.STEPS);
        if (what.startsWith("handles") && random.nextInt(6) == 0) {
            actor.stayAway(now + 20 + random.nextInt(100));
        } else if (what.contains("set status = 'completed'") && actor.host() != python && random.nextInt(8) == 0) {
            long until = now + 100 + random.nextInt(200);
            actor.stayAway(until);
            stopHeart(actor.host(), until);
        }
    }

    private void stopHeart(Host host, long until) {
        figures.count(Figure.PAUSES);
        trace.note(host.name() + "'s heart stops");
        host.actors().stream().filter(it -> it.name().endsWith("beat")).forEach(it -> it.stayAway(until));
    }

    // A commit is where most can go wrong.
    private Order order(Actor actor) {
        boolean commit = actor.next().what().equals("commit");
        int lot = random.nextInt(commit ? 30 : 120);
        return switch (lot) {
            case 0 -> Order.CUT;
            case 1, 2 -> Order.LOSE_ANSWER;
            case 3 -> actor.host() == python ? Order.CUT : Order.ARRIVE_LATE;
            case 4 -> random.nextInt(3) == 0 ? Order.DIE_AFTER : Order.RUN;
            default -> Order.RUN;
        };
    }

    private @Nullable Actor next() {
        var ready = new ArrayList<Actor>();
        for (Host host : hosts) {
            if (host.isAway(figures.of(Figure.STEPS))) {
                continue;
            }
            if (host.isDown()) {
                boot(host);
            }
            host.actors().stream()
                    .filter(it -> it.isReady(figures.of(Figure.STEPS)))
                    .forEach(ready::add);
        }
        if (ready.isEmpty()) {
            hosts.forEach(Host::comeBack);
            return null;
        }
        return ready.get(random.nextInt(ready.size()));
    }

    private void step(Actor actor, Order order) {
        stage.step(actor, order);
        Host host = actor.host();
        if (host.isDown()) {
            host.stayAway(figures.of(Figure.STEPS) + random.nextInt(60));
        } else if (actor.phase() == Phase.ENDED && actor.failure() != null) {
            throw failed(List.of(actor.name() + " ended with " + actor.failure()));
        }
    }

    private void boot(Host host) {
        host.boot();
        stage.settle(host);
    }

    private void crash(Host host) {
        if (!host.isDown()) {
            stage.crash(host);
            host.stayAway(figures.of(Figure.STEPS) + random.nextInt(60));
        }
    }

    // All of a process, as a long collection does, or its heartbeat alone.
    private void freeze(Host host) {
        long until = figures.of(Figure.STEPS) + 50L + random.nextInt(400);
        if (host.isDown() || random.nextBoolean()) {
            figures.count(Figure.PAUSES);
            trace.note(host.name() + " freezes");
            host.stayAway(until);
        } else {
            stopHeart(host, until);
        }
    }

    // The old system takes records from a Python worker that is still at them; so none may be.
    private void skipHours() {
        if (random.nextInt(8) == 0) {
            crash(python);
            exorcise();
            advance(Duration.ofHours(1 + random.nextInt(6)));
        }
    }

    private void exorcise() {
        while (!stage.ghosts().isEmpty()) {
            stage.exorcise(stage.ghosts().getFirst());
        }
    }

    private void advance(Duration time) {
        trace.note("clock " + time);
        clock.advance(time);
    }

    private void drain() {
        programs.stopProducing();
        crash(python);
        exorcise();
        hosts.forEach(Host::comeBack);
        advance(PAST_PYTHON);
        int limit = figures.of(Figure.STEPS) + MOST_STEPS_TO_DRAIN;
        while (!isDrained()) {
            if (figures.of(Figure.STEPS) > limit) {
                throw failed(List.of("Not drained"));
            }
            healthySteps(200);
        }
    }

    private boolean isDrained() {
        if (!evidence.isDrained()) {
            return false;
        }
        List<Long> innocent = evidence.innocent();
        var queue = QueueParts.over(clock.dataSource());
        innocent.forEach(new Operator(queue)::retry);
        return innocent.isEmpty();
    }

    private void end() {
        programs.close();
        while (hosts.stream().flatMap(it -> it.actors().stream()).anyMatch(it -> it.phase() != Phase.ENDED)) {
            healthySteps(1);
        }
        var orphans = QueueParts.over(clock.dataSource()).orphans();
        advance(Duration.ofMinutes(1));
        orphans.declareDead();
        while (!orphans.recover(Programs.MAX_CRASHES).isEmpty()) {
            // Until nothing is left.
        }
    }

    private void healthySteps(int steps) {
        for (int i = 0; i < steps; i++) {
            Actor next = next();
            if (next != null) {
                step(next, Order.RUN);
            }
            if (i % 20 == 0) {
                advance(Duration.ofMillis(1_500));
                // Some records still kill their process. In the end the server notices, and drops its locks.
                exorcise();
            }
        }
    }

    private Multisets verdict() {
        check();
        figures.set(Figure.REJECTED_BY_FENCE, counted("rpa.fence.rejected"));
        figures.set(Figure.RECOVERED_FROM_DEAD, counted("rpa.lease.recovered"));
        figures.set(Figure.TERMS, evidence.terms());
        refuse(evidence.litter());
        Multisets multisets = evidence.multisets(figures);
        refuse(multisets.wrong());
        return multisets;
    }

    private int counted(String meter) {
        return (int) meters.find(meter).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private void check() {
        refuse(evidence.violations());
    }

    private void refuse(List<String> wrong) {
        if (!wrong.isEmpty()) {
            throw failed(wrong);
        }
    }

    private AssertionError failed(List<String> why) {
        return new AssertionError("Seed %d, -Drpa.simulation.seed=%d%n%s%n%s%nThe last steps:%n%s"
                .formatted(seed, seed, String.join("\n", why), figures, trace));
    }
}
