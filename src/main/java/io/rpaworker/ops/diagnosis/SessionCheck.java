package io.rpaworker.ops.diagnosis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Settings of the worker's sessions that hurt, and poolers that keep them from having any. */
@Component
class SessionCheck implements Check {

    static final Kind STATEMENT_TIMEOUT = Kind.warning("statement-timeout");
    static final Kind LOCK_TIMEOUT = Kind.warning("lock-timeout");
    static final Kind IDLE_TIMEOUT = Kind.warning("idle-in-transaction-timeout");
    static final Kind READ_ONLY = Kind.critical("read-only-role");
    static final Kind ASYNCHRONOUS = Kind.warning("asynchronous-commit");
    static final Kind SEARCH_PATH = Kind.critical("search-path");
    static final Kind POOLER = Kind.warning("connection-pooler");

    // Counting a few million records takes seconds, a chunk with many writes too.
    private static final Duration LEAST_STATEMENT = Duration.ofSeconds(5);
    private static final Duration LEAST_LOCK = Duration.ofMillis(100);
    // A write's transaction waits for what the handler does in between.
    private static final Duration LEAST_IDLE = Duration.ofSeconds(5);

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return scene.facts().session().map(SessionCheck::findings).orElse(List.of());
    }

    private static List<Finding> findings(Session session) {
        var findings = new ArrayList<Finding>();
        Stream.of(
                        timeout(
                                STATEMENT_TIMEOUT,
                                "statement_timeout",
                                session.statementMillis(),
                                LEAST_STATEMENT,
                                "30s"),
                        timeout(LOCK_TIMEOUT, "lock_timeout", session.lockMillis(), LEAST_LOCK, "5s"),
                        timeout(
                                IDLE_TIMEOUT,
                                "idle_in_transaction_session_timeout",
                                session.idleMillis(),
                                LEAST_IDLE,
                                "15s"))
                .flatMap(Optional::stream)
                .forEach(findings::add);
        if (session.readOnly()) {
            findings.add(READ_ONLY.found(
                    "The worker's sessions may only read: default_transaction_read_only is on",
                    "alter role <the worker's> reset default_transaction_read_only; and the same of the database."));
        }
        if (session.asynchronous()) {
            findings.add(ASYNCHRONOUS.found(
                    "synchronous_commit is off for the worker's sessions: a crash of PostgreSQL loses completions, and their"
                            + " records run again",
                    "alter role <the worker's> set synchronous_commit = on; claims switch it off by themselves."));
        }
        if (session.lost()) {
            findings.add(SEARCH_PATH
                    .found(
                            "The worker's sessions do not find their tables: search_path does not name the schema",
                            "alter role <the worker's> set search_path = <the schema>; or currentSchema=<the schema> in"
                                    + " spring.datasource.url.")
                    .with("search_path", session.searchPath()));
        }
        if (session.pooled()) {
            findings.add(POOLER.found(
                    "A pooler is between this replica and PostgreSQL: sessions are not the worker's own",
                    "In transaction mode leave options of spring.datasource.hikari.data-source-properties empty, set the"
                            + " timeouts with alter role, and expect wake_up to be polling; docs/dba.md has more."));
        }
        return findings;
    }

    private static Optional<Finding> timeout(Kind kind, String name, long millis, Duration least, String advised) {
        if (millis >= least.toMillis()) {
            return Optional.empty();
        }
        return Optional.of(kind.found(
                        millis == 0
                                ? "%s is off for the worker's sessions".formatted(name)
                                : "%s is %d ms for the worker's sessions, which is too short".formatted(name, millis),
                        "Set it where the sessions begin, in options of spring.datasource.hikari.data-source-properties,"
                                + " or: alter role <the worker's> set %s = '%s';".formatted(name, advised))
                .with("setting", name)
                .with("millis", millis));
    }
}
