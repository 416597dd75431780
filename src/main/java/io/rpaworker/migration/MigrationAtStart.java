package io.rpaworker.migration;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Waits for rpa_db and migrates it: after flows and settings have been found good and the web servers answer, so that a
 * wait is no reason to restart this process, and before anything that needs the tables is started. What of handlers'
 * jars has a life cycle is started with it.
 */
@Component
public class MigrationAtStart implements SmartLifecycle {

    /** After Boot's web servers, which start 1,536 before the last, and before everything of the worker. */
    public static final int PHASE = DEFAULT_PHASE - 512;

    private final ObjectProvider<Flyway> flyway;
    private final HandlerMigrations handlers;
    private final DatabaseWait database;
    private final ApplicationEventPublisher events;
    private volatile boolean done;

    MigrationAtStart(
            ObjectProvider<Flyway> flyway,
            HandlerMigrations handlers,
            @Qualifier(Migrations.DATA_SOURCE) DataSource migrationDataSource,
            ApplicationEventPublisher events) {
        this.flyway = flyway;
        this.handlers = handlers;
        this.database = new DatabaseWait(migrationDataSource);
        this.events = events;
    }

    /**
     * Blocks until rpa_db has this version's schema; only until it answers, if {@code spring.flyway.enabled} is false.
     *
     * @throws RefusedException if something is in the way; nothing was touched
     * @throws io.rpaworker.handlerjar.HandlerJarException if a migration of a handler's jar fails
     * @throws IllegalStateException if the thread is interrupted while it waits
     */
    @Override
    public void start() {
        // Boot says so only once everything is started.
        AvailabilityChangeEvent.publish(events, this, LivenessState.CORRECT);
        database.await();
        // None where it is switched off, because rpa_db is migrated by other means.
        flyway.ifAvailable(it -> {
            Migrations.runAlone(it);
            handlers.run(it);
        });
        handlers.finish();
        done = true;
    }

    @Override
    public void stop() {
        done = false;
    }

    @Override
    public boolean isRunning() {
        return done;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
