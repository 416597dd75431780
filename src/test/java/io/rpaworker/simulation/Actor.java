package io.rpaworker.simulation;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/**
 * One thread of a simulated process. It stops before each statement and again when the statement is answered, until the
 * {@link Stage} lets it go on, so that no two actors ever run at once outside PostgreSQL.
 */
final class Actor {

    /** Where it stands. */
    enum Phase {
        RUNNING,
        PARKED,
        IN_DATABASE,
        ANSWERED,
        ENDED
    }

    /** What an actor does until it is killed. */
    interface Script {
        void run() throws Exception;
    }

    /** A statement that is to come. A pause without a session stands for work outside PostgreSQL. */
    record Statement(String what, @Nullable Session session, Callable<?> call, boolean deadly) {

        /** Whether its effect is committed by itself: a commit, or a statement outside a transaction. */
        boolean commits() {
            return session != null && (!session.isInTransaction() || what.equals("commit"));
        }
    }

    private static final Duration FOREVER = Duration.ofDays(1);
    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final ScopedValue<Actor> CURRENT = ScopedValue.newInstance();

    private final String name;
    private final Host host;
    private Phase phase = Phase.RUNNING;
    private boolean doomed;
    private long awayUntil;
    private @Nullable Statement next;
    private @Nullable Throwable failure;

    Actor(String name, Host host) {
        this.name = name;
        this.host = host;
    }

    static Actor current() {
        return CURRENT.get();
    }

    String name() {
        return name;
    }

    Host host() {
        return host;
    }

    void start(Script script) {
        Thread.ofPlatform()
                .daemon()
                .name("sim-" + name)
                .start(() -> ScopedValue.where(CURRENT, this).run(() -> live(script)));
    }

    private void live(Script script) {
        try {
            script.run();
        } catch (Crashed killed) {
            // As it was to be.
        } catch (Throwable e) {
            failure = e;
        } finally {
            enter(Phase.ENDED);
        }
    }

    /** Executes a statement once the stage lets it; called by the actor itself. */
    @Nullable
    Object execute(Statement statement) throws Exception {
        next = statement;
        await(Phase.PARKED);
        if (statement.session() == null) {
            return null;
        }
        refuseLost(statement);
        Object answer = null;
        Exception thrown = null;
        enter(Phase.IN_DATABASE);
        try {
            answer = statement.call().call();
        } catch (Exception e) {
            thrown = e;
        }
        failure = thrown;
        await(Phase.ANSWERED);
        failure = null;
        refuseLost(statement);
        if (thrown != null) {
            throw thrown;
        }
        return answer;
    }

    /** Stops for once, as if working outside PostgreSQL; a deadly work kills its process. */
    static void work(String what, boolean deadly) throws Exception {
        current().execute(new Statement(what, null, () -> "", deadly));
    }

    private static void refuseLost(Statement statement) throws SQLException {
        Session session = statement.session();
        if (session != null && session.isLost()) {
            throw new PSQLException("The simulation cut the connection", PSQLState.CONNECTION_FAILURE);
        }
    }

    private synchronized void enter(Phase entered) {
        phase = entered;
        notifyAll();
    }

    private synchronized void await(Phase at) {
        enter(at);
        awaitWhile(() -> phase == at && !doomed, FOREVER);
        if (doomed) {
            throw new Crashed();
        }
    }

    private void awaitWhile(BooleanSupplier notYet, Duration most) {
        long until = System.nanoTime() + most.toNanos();
        synchronized (this) {
            while (notYet.getAsBoolean() && System.nanoTime() - until < 0) {
                try {
                    wait(most.toMillis());
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /** Lets it go on; called by the stage. */
    synchronized void go() {
        enter(Phase.RUNNING);
    }

    /** Whatever it does next ends it; called by the stage. */
    synchronized void doom() {
        doomed = true;
        notifyAll();
    }

    /** It does not run before this step. */
    void stayAway(long untilStep) {
        awayUntil = untilStep;
    }

    /** Whether it stands before a statement and may take it. */
    boolean isReady(long step) {
        return phase() == Phase.PARKED && step >= awayUntil;
    }

    boolean isDoomed() {
        return doomed;
    }

    synchronized Phase phase() {
        return phase;
    }

    /** Waits until it stands still, or, if it does not, for a millisecond or so. */
    synchronized Phase settled() {
        awaitWhile(() -> phase == Phase.RUNNING || phase == Phase.IN_DATABASE, A_MOMENT);
        return phase;
    }

    /** Waits until it has ended. */
    synchronized void awaitEnd() {
        awaitWhile(() -> phase != Phase.ENDED, FOREVER);
    }

    /** The statement that it stands before or is at. */
    Statement next() {
        if (next == null) {
            throw new IllegalStateException(name + " has not come to a statement");
        }
        return next;
    }

    /** How the statement failed, or of what the actor died; null if neither. */
    @Nullable
    Throwable failure() {
        return failure;
    }
}
