package io.rpaworker.simulation;

import io.rpaworker.simulation.Actor.Phase;
import io.rpaworker.simulation.Actor.Statement;
import io.rpaworker.simulation.Figures.Figure;
import io.rpaworker.testing.RpaDb;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Lets one actor take one step at a time. After each step everybody stands still: before a statement, or inside one
 * that waits for a lock whose holder stands still too.
 */
final class Stage implements AutoCloseable {

    private static final String BLOCKED = """
            select count(*) from unnest(cast(:backends as int[])) backend
            where cardinality(pg_blocking_pids(backend)) > 0
            """;

    private static final String TERMINATE = """
            select pg_terminate_backend(backend) from unnest(cast(:backends as int[])) backend
            """;

    private static final String ALIVE = """
            select count(*) from pg_stat_activity where pid = any (cast(:backends as int[]))
            """;

    private final SingleConnectionDataSource connection;
    private final JdbcClient monitor;
    private final RandomGenerator random;
    private final Trace trace;
    private final Figures figures;
    private final Host limbo;
    private final Map<Actor, Order> waiting = new LinkedHashMap<>();
    private final Set<Actor> noted = new LinkedHashSet<>();

    Stage(RpaDb db, RandomGenerator random, Trace trace, Figures figures) {
        try {
            this.connection = new SingleConnectionDataSource(db.dataSource().getConnection(), true);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        this.monitor = JdbcClient.create(connection);
        this.random = random;
        this.trace = trace;
        this.figures = figures;
        this.limbo = new Host("limbo", 0, db.dataSource(), host -> () -> {});
    }

    /** Statements that are on their way although their client has gone. */
    List<Actor> ghosts() {
        return List.copyOf(limbo.actors());
    }

    /** Waits until a process that was started stands still. */
    void settle(Host host) {
        host.actors().forEach(Stage::settle);
    }

    /** Takes one step. */
    void step(Actor actor, Order order) {
        Statement statement = actor.next();
        if (statement.session() == null) {
            pause(actor, statement);
        } else if (order == Order.CUT || order == Order.ARRIVE_LATE) {
            figures.count(Figure.STEPS);
            cut(actor, statement, statement.session(), order);
        } else {
            figures.count(Figure.STEPS);
            waiting.put(actor, order);
            actor.go();
            for (int i = 0; i < 3 && isInDatabase(actor); i++) {
                actor.settled();
            }
        }
        letGo();
    }

    /** Kills a process. What it has sent to the server may outlive it by some steps. */
    void crash(Host host) {
        figures.count(Figure.CRASHES);
        trace.note(host.name() + " is killed");
        Set<Session> dying = new LinkedHashSet<>(host.gate().sessions());
        if (dying.stream().anyMatch(Session::isInTransaction)) {
            figures.count(Figure.CRASHES_IN_TRANSACTION);
        }
        host.die();
        dying.forEach(Session::lose);
        Set<Actor> outliving = new LinkedHashSet<>();
        for (Actor actor : host.actors()) {
            Session session = actor.phase() == Phase.ENDED ? null : actor.next().session();
            if (session != null && dying.contains(session) && outlives(actor, session)) {
                dying.remove(session);
                if (waiting.containsKey(actor)) {
                    outliving.add(actor);
                } else {
                    bequeath(actor, session);
                }
            }
        }
        host.actors().forEach(Actor::doom);
        kill(dying);
        for (Actor actor : host.actors()) {
            if (!outliving.contains(actor)) {
                actor.awaitEnd();
                waiting.remove(actor);
            }
        }
        letGo();
    }

    private boolean outlives(Actor actor, Session session) {
        boolean sent = actor.phase() == Phase.PARKED && actor.next().commits();
        return (sent || waiting.containsKey(actor) || session.isInTransaction()) && random.nextInt(3) == 0;
    }

    /** A ghost's statement never arrives. */
    void exorcise(Actor ghost) {
        trace.note(ghost.name() + " never arrives");
        ghost.doom();
        kill(List.of(session(ghost)));
        ghost.awaitEnd();
        waiting.remove(ghost);
        limbo.actors().remove(ghost);
        letGo();
    }

    @Override
    public void close() {
        connection.destroy();
    }

    private void pause(Actor actor, Statement statement) {
        trace.note(actor.name() + " " + statement.what());
        if (statement.deadly()) {
            crash(actor.host());
            return;
        }
        actor.go();
        settle(actor);
    }

    private void cut(Actor actor, Statement statement, Session session, Order order) {
        trace.note("%s %s: %s".formatted(actor.name(), statement.what(), order));
        session.lose();
        actor.host().gate().forget(session);
        if (order == Order.ARRIVE_LATE) {
            figures.count(Figure.LATE);
            bequeath(actor, session);
        } else {
            figures.count(Figure.CUT);
            kill(List.of(session));
        }
        actor.go();
        settle(actor);
    }

    // The statement arrives if it stands for itself; of a transaction only the locks stay for a while.
    private void bequeath(Actor actor, Session session) {
        Statement last = actor.next();
        var ghost = new Actor("late " + actor.name(), limbo);
        Session left = session.bequeathed();
        Statement late = last.commits() && actor.phase() == Phase.PARKED
                ? new Statement("late " + last.what(), left, last.call(), false)
                : new Statement("late end", left, () -> "", false);
        limbo.actors().add(ghost);
        ghost.start(() -> ghost.execute(late));
        settle(ghost);
    }

    private void letGo() {
        while (true) {
            List<Actor> inDatabase =
                    waiting.keySet().stream().filter(Stage::isInDatabase).toList();
            Actor answered = waiting.keySet().stream()
                    .filter(it -> !isInDatabase(it))
                    .findFirst()
                    .orElse(null);
            if (inDatabase.isEmpty() && answered == null) {
                return;
            }
            if (!inDatabase.isEmpty() && !areBlocked(inDatabase)) {
                inDatabase.forEach(Actor::settled);
            } else if (answered == null) {
                inDatabase.forEach(this::noteWait);
                return;
            } else {
                Order order = Objects.requireNonNull(waiting.remove(answered));
                answered(answered, order);
            }
        }
    }

    private boolean areBlocked(List<Actor> actors) {
        int[] backends = actors.stream().mapToInt(it -> session(it).backend()).toArray();
        int blocked = monitor.sql(BLOCKED)
                .param("backends", backends)
                .query(Integer.class)
                .single();
        return blocked == backends.length;
    }

    private void noteWait(Actor actor) {
        if (noted.add(actor)) {
            figures.count(Figure.LOCK_WAITS);
            trace.note(actor.name() + " " + actor.next().what() + ": waits");
        }
    }

    private void answered(Actor actor, Order order) {
        noted.remove(actor);
        Statement statement = actor.next();
        Session session = session(actor);
        if (actor.isDoomed()) {
            // Killed inside the statement, which ends only now.
            actor.awaitEnd();
            kill(List.of(session));
            return;
        }
        Throwable failure = actor.failure();
        trace.note("%s %s: %s %s".formatted(actor.name(), statement.what(), order, Sql.state(failure)));
        if (order == Order.DIE_AFTER) {
            crash(actor.host());
            return;
        }
        if (order == Order.LOSE_ANSWER) {
            figures.count(Figure.LOST_ANSWERS);
            if (statement.what().equals("commit")) {
                figures.count(Figure.LOST_COMMITS);
            }
            session.lose();
            actor.host().gate().forget(session);
            kill(List.of(session));
        }
        actor.go();
        if (settle(actor) == Phase.ENDED && actor.host() == limbo) {
            limbo.actors().remove(actor);
            kill(List.of(session));
        }
    }

    private void kill(Collection<Session> sessions) {
        if (sessions.isEmpty()) {
            return;
        }
        int[] backends = sessions.stream().mapToInt(Session::backend).toArray();
        monitor.sql(TERMINATE).param("backends", backends).query(Boolean.class).list();
        while (monitor.sql(ALIVE)
                        .param("backends", backends)
                        .query(Integer.class)
                        .single()
                > 0) {
            Thread.onSpinWait();
        }
        sessions.forEach(Session::close);
    }

    private static Session session(Actor actor) {
        Session session = actor.next().session();
        if (session == null) {
            throw new IllegalStateException(actor.name() + " is not at a statement");
        }
        return session;
    }

    private static boolean isInDatabase(Actor actor) {
        Phase phase = actor.phase();
        return phase == Phase.IN_DATABASE || phase == Phase.RUNNING;
    }

    private static Phase settle(Actor actor) {
        Phase phase = actor.settled();
        while (phase == Phase.RUNNING || phase == Phase.IN_DATABASE) {
            phase = actor.settled();
        }
        return phase;
    }
}
