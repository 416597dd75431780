package io.rpaworker.testing;

import io.rpaworker.flow.Limits;
import io.rpaworker.flow.TestFlows;
import io.rpaworker.handler.RecordIntake;
import io.rpaworker.lease.LiveHandlers;
import io.rpaworker.lease.WorkerInstances;
import io.rpaworker.queue.Claim;
import io.rpaworker.queue.ClaimJournal;
import io.rpaworker.queue.ClaimRequest;
import io.rpaworker.queue.Completions;
import io.rpaworker.queue.DueFlows;
import io.rpaworker.queue.Failures;
import io.rpaworker.queue.LimitedClaims;
import io.rpaworker.queue.PayloadLimit;
import io.rpaworker.queue.Releases;
import io.rpaworker.queue.counts.QueueCounts;
import io.rpaworker.queue.counts.QueueRecount;
import io.rpaworker.queue.counts.TableHealth;
import io.rpaworker.queue.deadletter.CanaryRetries;
import io.rpaworker.queue.recovery.DueRetries;
import io.rpaworker.queue.recovery.Orphans;
import io.rpaworker.queue.recovery.PythonOrphans;
import io.rpaworker.queue.recovery.StrayRecords;
import io.rpaworker.queue.retention.OldRecords;
import io.rpaworker.queue.retention.Retention;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * The real parts of the queue over one data source, put together by Spring as in the worker, but without its pools:
 * whatever pool a part asks for, it gets this one.
 */
public final class QueueParts {

    /** What a payload may be unless a test says otherwise. */
    public static final PayloadLimit LIMIT = new PayloadLimit(64 << 20);

    private static final List<String> PACKAGES = List.of(
            "io.rpaworker.queue",
            "io.rpaworker.control",
            "io.rpaworker.condition",
            "io.rpaworker.lease",
            "io.rpaworker.leader");

    private static final List<Class<?>> PARTS =
            PACKAGES.stream().<Class<?>>flatMap(QueueParts::components).toList();

    private final DefaultListableBeanFactory beans = new DefaultListableBeanFactory();

    private QueueParts(JdbcTemplate jdbc, TransactionTemplate transaction, PayloadLimit limit) {
        beans.registerSingleton("jdbc", jdbc);
        beans.registerSingleton("client", JdbcClient.create(jdbc));
        beans.registerSingleton("transaction", transaction);
        beans.registerSingleton("json", JsonMapper.shared());
        beans.registerSingleton("limit", limit);
        beans.registerSingleton("runs", TestFlows.runs());
        DataSource dataSource = jdbc.getDataSource();
        if (dataSource != null) {
            beans.registerSingleton("dataSource", dataSource);
        }
        // Each is made when it is first asked for.
        PARTS.forEach(type -> beans.registerBeanDefinition(
                type.getName(), new RootBeanDefinition(type, AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR, false)));
    }

    /** Makes them with the rights of the worker's role, and no others. */
    public static QueueParts over(RpaDb db) {
        return over(db.workerDataSource());
    }

    /** Makes them. */
    public static QueueParts over(DataSource dataSource) {
        return over(dataSource, LIMIT);
    }

    /** Makes them with a limit of their own for payloads. */
    public static QueueParts over(DataSource dataSource, PayloadLimit limit) {
        var transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        return new QueueParts(new JdbcTemplate(dataSource), transaction, limit);
    }

    /** Makes them on a connection of a test's own. */
    public static QueueParts over(JdbcTemplate jdbc, TransactionTemplate transaction) {
        return new QueueParts(jdbc, transaction, LIMIT);
    }

    private static Stream<Class<?>> components(String name) {
        var scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.addIncludeFilter(new AnnotationTypeFilter(Component.class));
        return scan.findCandidateComponents(name).stream()
                .map(it -> ClassUtils.resolveClassName(String.valueOf(it.getBeanClassName()), null));
    }

    public TransactionTemplate transaction() {
        return beans.getBean(TransactionTemplate.class);
    }

    public DataSource dataSource() {
        return beans.getBean(DataSource.class);
    }

    /** One that is no other package's business, for the tests of its own. */
    public <T> T part(Class<T> type) {
        return beans.getBean(type);
    }

    /** Claims for a flow without limits. */
    public Claim claim(ClaimRequest request) {
        return limitedClaims().claim(request, Limits.NONE);
    }

    /** Claims a suspect for a flow without limits. */
    public Claim claimSuspect(UUID claimId, String replica, String flow) {
        return limitedClaims().claimSuspect(claimId, replica, flow, flow, Limits.NONE);
    }

    public LimitedClaims limitedClaims() {
        return beans.getBean(LimitedClaims.class);
    }

    public ClaimJournal bookedClaims() {
        return beans.getBean(ClaimJournal.class);
    }

    public Completions completions() {
        return beans.getBean(Completions.class);
    }

    public Failures failures() {
        return beans.getBean(Failures.class);
    }

    public Releases releases() {
        return beans.getBean(Releases.class);
    }

    public DueFlows dueFlows() {
        return beans.getBean(DueFlows.class);
    }

    public WorkerInstances leases() {
        return beans.getBean(WorkerInstances.class);
    }

    public LiveHandlers liveHandlers() {
        return beans.getBean(LiveHandlers.class);
    }

    public Orphans orphans() {
        return beans.getBean(Orphans.class);
    }

    public PythonOrphans unfencedOrphans() {
        return beans.getBean(PythonOrphans.class);
    }

    public DueRetries retries() {
        return beans.getBean(DueRetries.class);
    }

    public StrayRecords strays() {
        return beans.getBean(StrayRecords.class);
    }

    public CanaryRetries canaries() {
        return beans.getBean(CanaryRetries.class);
    }

    public RecordIntake intake() {
        return beans.getBean(RecordIntake.class);
    }

    public QueueCounts counts() {
        return beans.getBean(QueueCounts.class);
    }

    public QueueRecount recount() {
        return beans.getBean(QueueRecount.class);
    }

    public TableHealth tableHealth() {
        return beans.getBean(TableHealth.class);
    }

    public Retention retention() {
        return beans.getBean(Retention.class);
    }

    public OldRecords oldRecords() {
        return beans.getBean(OldRecords.class);
    }
}
