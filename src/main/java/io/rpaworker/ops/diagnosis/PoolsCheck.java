package io.rpaworker.ops.diagnosis;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.rpaworker.worker.FlowState;
import io.rpaworker.worker.Worker;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.stereotype.Component;

/** Whether the pools of connections are large enough for what this replica does. */
@Component
class PoolsCheck implements ReplicaCheck {

    static final Kind BUSY = Kind.warning("pool-busy");
    static final Kind EXHAUSTED = Kind.critical("pool-exhausted");
    static final Kind WAITING = Kind.warning("pool-waiting");
    static final Kind SMALL = Kind.warning("pool-small");

    // Two settle at the same time, and a transaction within a transaction of a handler's needs two.
    private static final int CONNECTIONS_PER_FLOW = 4;
    private static final int LOOKS = 3;
    private static final int MILLIS_BETWEEN = 20;

    private final ListableBeanFactory beans;
    private final Worker worker;
    private final DiagnosisProperties properties;

    PoolsCheck(ListableBeanFactory beans, Worker worker, DiagnosisProperties properties) {
        this.beans = beans;
        this.worker = worker;
        this.properties = properties;
    }

    private record Use(HikariDataSource pool, int active, int waiting) {

        int percent() {
            return 100 * active / pool.getMaximumPoolSize();
        }

        private static Use of(HikariDataSource pool) {
            HikariPoolMXBean now = pool.getHikariPoolMXBean();
            return now == null
                    ? new Use(pool, 0, 0)
                    : new Use(pool, now.getActiveConnections(), now.getThreadsAwaitingConnection());
        }

        private Use orLess(Use other) {
            return new Use(pool, Math.min(active, other.active), Math.min(waiting, other.waiting));
        }
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        var findings = new ArrayList<Finding>();
        pools().forEach(pool -> findings.addAll(findings(use(pool))));
        small().ifPresent(findings::add);
        return findings;
    }

    private Optional<Finding> small() {
        DataSource ordinary = beans.getBean(DataSource.class);
        int flows = worker.flows().size();
        if (!isPool(ordinary) || pool(ordinary).getMaximumPoolSize() >= flows * CONNECTIONS_PER_FLOW) {
            return Optional.empty();
        }
        int most = pool(ordinary).getMaximumPoolSize();
        return Optional.of(SMALL.found(
                        "%d flows share %d connections of rpa_db's pool".formatted(flows, most),
                        "Set spring.datasource.hikari.maximum-pool-size to %d at least, or run fewer flows on a replica."
                                .formatted(flows * CONNECTIONS_PER_FLOW))
                .with("pool", pool(ordinary).getPoolName())
                .with("maximum", most)
                .with("flows", flows)
                .with(
                        "concurrency",
                        worker.flows().stream().mapToInt(FlowState::slots).sum()));
    }

    // In use at one moment says little: claims come in bursts.
    private Use use(HikariDataSource pool) {
        Use use = Use.of(pool);
        for (int look = 1;
                look < LOOKS && (use.percent() > properties.poolWarningPercent() || use.waiting > 0);
                look++) {
            try {
                Thread.sleep(MILLIS_BETWEEN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return use;
            }
            use = use.orLess(Use.of(pool));
        }
        return use;
    }

    private List<Finding> findings(Use use) {
        var findings = new ArrayList<Finding>();
        // The one connection of a pool is either in use or not.
        boolean single = use.pool.getMaximumPoolSize() == 1;
        if (!single && use.percent() > properties.poolWarningPercent()) {
            Kind kind = use.percent() > properties.poolCriticalPercent() ? EXHAUSTED : BUSY;
            findings.add(told(
                    kind,
                    "%d of %d connections of pool %s are in use"
                            .formatted(use.active, use.pool.getMaximumPoolSize(), use.pool.getPoolName()),
                    use));
        }
        if (use.waiting > 0) {
            findings.add(told(
                    WAITING,
                    "%d threads wait for a connection of pool %s".formatted(use.waiting, use.pool.getPoolName()),
                    use));
        }
        return findings;
    }

    private static Finding told(Kind kind, String title, Use use) {
        return kind.found(
                        title,
                        "Look for slow statements and locks first: select * from pg_stat_activity where state <> 'idle'."
                                + " Else raise the pool's maximum-pool-size, or lower concurrency.")
                .with("pool", use.pool.getPoolName())
                .with("active", use.active)
                .with("maximum", use.pool.getMaximumPoolSize())
                .with("waiting", use.waiting);
    }

    private Stream<HikariDataSource> pools() {
        return beans.getBeansOfType(DataSource.class).values().stream()
                .filter(PoolsCheck::isPool)
                .map(PoolsCheck::pool)
                .distinct();
    }

    private static boolean isPool(DataSource dataSource) {
        try {
            return dataSource.isWrapperFor(HikariDataSource.class);
        } catch (SQLException e) {
            return false;
        }
    }

    private static HikariDataSource pool(DataSource dataSource) {
        try {
            return dataSource.unwrap(HikariDataSource.class);
        } catch (SQLException e) {
            throw new IllegalStateException("A pool that is none", e);
        }
    }
}
