package io.rpaworker.migration;

import io.rpaworker.database.UnpooledConnections;
import io.rpaworker.text.FailureReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** What {@code docs/preflight.sql} answers, for people. Asks when it is made; changes nothing. */
@Component
@Lazy
public class PreflightReport {

    private static final List<String> VERDICTS = List.of("refused", "changed", "kept", "told");

    private final String database;
    private final List<Finding> findings;

    PreflightReport(@Qualifier(Migrations.DATA_SOURCE) DataSource dataSource, Environment environment) {
        this.database = UnpooledConnections.describe(dataSource);
        this.findings =
                findings(dataSource, environment.getProperty("rpa.maintenance.retention.adopted", Duration.class));
    }

    /** Whether the worker would not start. */
    public boolean isRefused() {
        return findings.stream().anyMatch(Finding::isRefused);
    }

    /** What was found, what is refused first. */
    public List<Finding> findings() {
        return findings;
    }

    /** Every finding, what is refused first, and one line that sums them up. */
    public String text() {
        Stream<String> parts = VERDICTS.stream()
                .map(verdict -> findings.stream()
                        .filter(it -> it.verdict().equals(verdict))
                        .map(it -> "    %s%n        %s%n".formatted(it.finding(), it.advice()))
                        .collect(Collectors.collectingAndThen(
                                Collectors.joining(),
                                it -> it.isEmpty() ? "" : verdict.toUpperCase(Locale.ROOT) + "\n" + it + "\n")));
        return "Preflight of rpa_db, %s. Flows and settings are good; nothing was changed.%n%n%s%s"
                .formatted(
                        database,
                        parts.collect(Collectors.joining()),
                        isRefused()
                                ? "The worker would not start: do what is said of each line under REFUSED."
                                : "The worker would start.");
    }

    private static List<Finding> findings(DataSource dataSource, @Nullable Duration adopted) {
        var preflight = new Preflight(JdbcClient.create(dataSource));
        var transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        transaction.setReadOnly(true);
        try {
            var all = new ArrayList<Finding>();
            transaction.executeWithoutResult(status -> all.addAll(preflight.catalogs()));
            transaction.executeWithoutResult(status -> {
                all.addAll(preflight.records(adopted));
                status.setRollbackOnly();
            });
            return List.copyOf(all);
        } catch (DataAccessException | TransactionException e) {
            return List.of(new Finding(
                    "refused",
                    "rpa_db does not answer: " + FailureReason.of(e),
                    "Correct the setting, or the database."));
        }
    }
}
