package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.rpaworker.queue.Notifications.Listener;
import io.rpaworker.queue.Notifications.NotHeardException;
import io.rpaworker.testing.Network;
import io.rpaworker.testing.Postgres;
import io.rpaworker.testing.RpaDb;
import io.rpaworker.testing.WorkerRole;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class NotificationsTests {

    private static final Duration ROUND = Duration.ofMillis(200);

    private final RpaDb db = Postgres.migrated();

    @Test
    @Timeout(30)
    void theListenerHearsFirstItselfAndThenWhatIsInserted() throws SQLException, NotHeardException {
        db.insertReplica("a");
        db.jdbc().sql("update worker_instance set listening = true").update();
        try (Listener listener =
                proven(new Notifications(db.workerDataSource(), db.workerJdbc(), Duration.ofHours(1)))) {
            db.insertPending("f", 2);
            db.insertPending("g", 1);

            var heard = new HashSet<String>();
            while (!heard.containsAll(Set.of("f", "g"))) {
                heard.addAll(listener.await(ROUND));
            }
            assertThat(heard).containsExactlyInAnyOrder("f", "g");
        }
    }

    // Each costs the whole database a lock at its commit.
    @Test
    @Timeout(30)
    void whoeverHearsAnotherOnesEchoNeedsNoneOfItsOwn() throws SQLException, NotHeardException {
        var sending = new AtomicBoolean(true);
        var control = new DelegatingDataSource(db.workerDataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                assertThat(sending).as("whether it may send an echo").isTrue();
                return super.getConnection();
            }
        };
        var silence = Duration.ofSeconds(2);
        try (Listener quiet = proven(new Notifications(db.workerDataSource(), JdbcClient.create(control), silence));
                Listener other = proven(new Notifications(db.workerDataSource(), db.workerJdbc(), Duration.ZERO))) {
            sending.set(false);
            long until = System.nanoTime() + silence.multipliedBy(2).toNanos();
            while (System.nanoTime() < until) {
                other.await(ROUND);
                quiet.await(ROUND);
            }
            assertThat(quiet.isProven()).isTrue();
        }
    }

    // No connection ends, nothing arrives: only an echo that stays away tells it.
    @Test
    @Timeout(60)
    void aConnectionThatTheNetworkSwallowedIsNotHeardAnyMore() throws SQLException, NotHeardException {
        try (var network = new Network(db)) {
            var through = new DriverManagerDataSource(network.url(), WorkerRole.WORKER, "");
            try (Listener listener = proven(new Notifications(through, db.workerJdbc(), Duration.ZERO))) {
                network.whileSilent(() -> assertThatExceptionOfType(NotHeardException.class)
                        .isThrownBy(() -> {
                            for (int round = 0; round < 100; round++) {
                                listener.await(ROUND);
                            }
                        }));
            }
        }
    }

    private static Listener proven(Notifications notifications) throws SQLException, NotHeardException {
        Listener listener = notifications.listen();
        while (!listener.isProven()) {
            listener.await(ROUND);
        }
        return listener;
    }
}
